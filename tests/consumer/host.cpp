// Loads both plugins and catches what they throw: one set of error types serves all.
#include <cstdio>

#include <dlfcn.h>

#include <kontext/errors.hpp>

static bool catches(const char* file, const char* function) {
    void* plugin = dlopen(file, RTLD_NOW | RTLD_LOCAL);
    if (plugin == nullptr) {
        std::printf("%s\n", dlerror());
        return false;
    }
    const auto call = reinterpret_cast<void (*)(const char*)>(dlsym(plugin, function));
    if (call == nullptr) return false;
    try {
        call("7");
    } catch (const kontext::NotFoundError& error) {
        return error.message() == "none" && error.path() == "/api/v1/applications/7";
    } catch (...) {
        std::printf("%s: caught as something else\n", function);
    }
    return false;
}

int main(int argc, char** argv) {
    return argc == 3 && catches(argv[1], "pluginOne") && catches(argv[2], "pluginTwo") ? 0 : 1;
}
