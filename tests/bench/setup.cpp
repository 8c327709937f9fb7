// setup DIRECTORY: writes the responses that the server serves there, and prints two ports that were free just now.
#include <cstdio>
#include <exception>
#include <fstream>
#include <stdexcept>
#include <string>

#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include "responses.hpp"

namespace {

void write(const std::string& path, const std::string& text) {
    std::ofstream file(path, std::ios::binary);
    file << text;
    if (!file.flush()) throw std::runtime_error("cannot write " + path);
}

/// Both are held at once, so that they differ.
void printPorts() {
    int sockets[2];
    for (int& held : sockets) {
        held = socket(AF_INET, SOCK_STREAM, 0);
        sockaddr_in address{};
        socklen_t size = sizeof address;
        address.sin_family = AF_INET;
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        auto* generic = reinterpret_cast<sockaddr*>(&address);
        if (held < 0 || bind(held, generic, size) != 0 || getsockname(held, generic, &size) != 0)
            throw std::runtime_error("no free port");
        std::printf("%d\n", ntohs(address.sin_port));
    }
    for (const int held : sockets)
        close(held);
}

} // namespace

int main(int count, char** arguments) try {
    if (count != 2) throw std::runtime_error("usage: setup DIRECTORY");
    const std::string directory = arguments[1];
    write(directory + "/token.json", bench::tokenResponse());
    write(directory + "/one.json", bench::applicationResponse());
    write(directory + "/page.json", bench::applications(50));
    printPorts();
    return 0;
} catch (const std::exception& error) {
    std::fprintf(stderr, "setup: %s\n", error.what());
    return 1;
}
