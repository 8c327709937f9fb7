#include "transport/ca_source.hpp"

#include <algorithm>
#include <cstddef>
#include <filesystem>
#include <string_view>
#include <system_error>

#include <kontext/errors.hpp>

#include "errors/absolute_path.hpp"
#include "platform/environment.hpp"
#include "platform/file.hpp"
#include "transport/libcurl.hpp"

KONTEXT_BEGIN_NAMESPACE
namespace transport {
namespace {

bool isReadable(const std::string& path) { return !path.empty() && !platform::checkReadable(path); }

/// OpenSSL looks certificates up as `<hash>.<number>`.
bool isHashedDirectory(const std::string& path) {
    std::error_code error;
    for (std::filesystem::directory_iterator entry(path, error), end; !error && entry != end; entry.increment(error)) {
        const std::string name = entry->path().filename().string();
        if (name.size() == 10 && name.substr(8) == ".0"
            && name.find_first_not_of("0123456789abcdef.") == std::string::npos)
            return true;
    }
    return false;
}

/// Whether libcurl's TLS library reads such a directory.
bool readsHashedDirectories(std::string_view backend) {
    for (const std::string_view family : {"OpenSSL", "LibreSSL", "BoringSSL", "AWS-LC", "quictls"})
        if (backend.substr(0, family.size()) == family) return true;
    return false;
}

void checkReadable(const std::string& field, const std::string& path) {
    if (path.empty()) return;
    if (const std::error_code error = platform::checkReadable(path))
        throw ConfigError(field, field + " (" + path + ") cannot be read: " + error.message());
}

/// Each path of a list such as SSL_CERT_DIR, which OpenSSL splits as the shell splits PATH.
std::string absolutePaths(const std::string& field, const std::string& list) {
    std::string absolute;
    for (std::size_t begin = 0; begin < list.size();) {
        const std::size_t end = std::min(list.find(platform::pathListSeparator, begin), list.size());
        if (begin < end) {
            if (!absolute.empty()) absolute += platform::pathListSeparator;
            absolute += absolutePath(field, list.substr(begin, end - begin));
        }
        begin = end + 1;
    }
    return absolute;
}

} // namespace

TlsOptions withAbsolutePaths(TlsOptions options) {
    options.caFile = absolutePath("tls.caFile", options.caFile);
    options.caPath = absolutePath("tls.caPath", options.caPath);
    options.clientCertFile = absolutePath("tls.clientCertFile", options.clientCertFile);
    options.clientKeyFile = absolutePath("tls.clientKeyFile", options.clientKeyFile);
    return options;
}

CaSource chooseCaSource(const TlsOptions& options) {
    CaSource source{options.caFile, options.caPath, options.caPem, {}};
    const auto describe = [&source](std::string_view what, const std::string& place) {
        if (place.empty()) return;
        if (!source.description.empty()) source.description += " and ";
        source.description.append(what).append(place);
    };
    if (!source.file.empty() || !source.path.empty() || !source.pem.empty()) {
        if (!source.pem.empty()) source.description = "tls.caPem";
        describe("tls.caFile ", source.file);
        describe("tls.caPath ", source.path);
        return source;
    }
    source.file = absolutePath("SSL_CERT_FILE", platform::environment("SSL_CERT_FILE"));
    source.path = absolutePaths("SSL_CERT_DIR", platform::environment("SSL_CERT_DIR"));
    describe("SSL_CERT_FILE ", source.file);
    describe("SSL_CERT_DIR ", source.path);
    if (!source.description.empty()) return source;
    const Libcurl& curl = libcurl();
    return findSystemTrust({curl.caPath, "/etc/ssl/certs"},
                           {curl.caFile, "/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt",
                            "/etc/pki/ca-source/extracted/pem/tls-ca-bundle.pem", "/etc/ssl/ca-bundle.pem",
                            "/etc/ssl/cert.pem"},
                           readsHashedDirectories(curl.tls));
}

CaSource findSystemTrust(const std::vector<std::string>& directories, const std::vector<std::string>& files,
                         bool readsDirectories) {
    CaSource source;
    std::string tried;
    const auto note = [&tried](const std::string& place) {
        if (!place.empty()) tried.append(tried.empty() ? "" : ", ").append(place);
    };
    for (const std::string& path : directories) {
        if (!readsDirectories) break;
        if (isHashedDirectory(path)) {
            source.path = path;
            source.description = "the directory " + path;
            return source;
        }
        note(path);
    }
    for (const std::string& file : files) {
        if (isReadable(file)) {
            source.file = file;
            source.description = "the file " + file;
            return source;
        }
        note(file);
    }
    source.description = "no certificates: none were found in " + tried + "; install ca-certificates or set tls.caFile";
    return source;
}

void checkTls(const TlsOptions& options) {
    checkReadable("tls.caFile", options.caFile);
    checkReadable("tls.clientCertFile", options.clientCertFile);
    checkReadable("tls.clientKeyFile", options.clientKeyFile);
    std::error_code ignored;
    if (!options.caPath.empty() && !std::filesystem::is_directory(options.caPath, ignored))
        throw ConfigError("tls.caPath", "tls.caPath (" + options.caPath + ") is not a directory");
    if (!options.caPem.empty() && options.caPem.find("-----BEGIN") == std::string::npos)
        throw ConfigError("tls.caPem", "tls.caPem contains no PEM certificate");
    // libcurl would take the text alone.
    if (!options.caPem.empty() && !options.caFile.empty())
        throw ConfigError("tls.caPem", "tls.caPem and tls.caFile cannot both be set");
    if (!options.clientKeyFile.empty() && options.clientCertFile.empty())
        throw ConfigError("tls.clientCertFile", "tls.clientKeyFile is set, so tls.clientCertFile must be set too");
}

} // namespace transport
KONTEXT_END_NAMESPACE
