#include "errors/absolute_path.hpp"

#include <filesystem>
#include <system_error>

#include <kontext/errors.hpp>

KONTEXT_BEGIN_NAMESPACE

std::string absolutePath(const std::string& field, const std::string& path) {
    if (path.empty()) return path;
    std::error_code error;
    const std::filesystem::path absolute = std::filesystem::absolute(path, error);
    if (error)
        throw ConfigError(field, field + " (" + path
                                     + ") is a relative path, and the current directory cannot be determined: "
                                     + error.message() + "; set an absolute path");
    return absolute.string();
}

KONTEXT_END_NAMESPACE
