#include "transport/ca_source.hpp"

#include <array>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <string_view>

#include <curl/curl.h>
#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <kontext/errors.hpp>

namespace kontext::transport {
namespace {

struct CloseDirectory {
    void operator()(DIR* directory) const noexcept { closedir(directory); }
};

std::string environment(const char* name) {
    const char* value = std::getenv(name);
    return value != nullptr ? value : std::string();
}

bool isReadable(const std::string& path) { return !path.empty() && access(path.c_str(), R_OK) == 0; }

/// OpenSSL looks certificates up as `<hash>.<number>`.
bool isHashedDirectory(const std::string& path) {
    const std::unique_ptr<DIR, CloseDirectory> directory(path.empty() ? nullptr : opendir(path.c_str()));
    if (directory == nullptr) return false;
    while (const dirent* entry = readdir(directory.get())) { // NOLINT(concurrency-mt-unsafe): the stream is ours alone
        const std::string_view name = entry->d_name;
        if (name.size() == 10 && name.substr(8) == ".0"
            && name.find_first_not_of("0123456789abcdef.") == std::string_view::npos)
            return true;
    }
    return false;
}

/// Whether libcurl's TLS library reads such a directory.
bool readsHashedDirectories(const curl_version_info_data& curl) {
    const std::string_view backend = curl.ssl_version != nullptr ? curl.ssl_version : "";
    for (const std::string_view family : {"OpenSSL", "LibreSSL", "BoringSSL", "AWS-LC", "quictls"})
        if (backend.substr(0, family.size()) == family) return true;
    return false;
}

void checkReadable(const std::string& field, const std::string& path) {
    if (path.empty()) return;
    const int file = open(path.c_str(), O_RDONLY | O_CLOEXEC);
    struct stat status {};
    const bool directory = file >= 0 && fstat(file, &status) == 0 && S_ISDIR(status.st_mode);
    const int error = file < 0 ? errno : directory ? EISDIR : 0;
    if (file >= 0) close(file);
    if (error != 0) {
        char words[128];
        throw ConfigError(field, field + " (" + path + ") cannot be read: " + strerror_r(error, words, sizeof words));
    }
}

} // namespace

Trust chooseTrust(const TlsOptions& options) {
    Trust trust{options.caFile, options.caPath, options.caPem, {}};
    const auto describe = [&trust](std::string_view what, const std::string& place) {
        if (place.empty()) return;
        if (!trust.description.empty()) trust.description += " and ";
        trust.description.append(what).append(place);
    };
    if (!trust.file.empty() || !trust.path.empty() || !trust.pem.empty()) {
        if (!trust.pem.empty()) trust.description = "tls.caPem";
        describe("tls.caFile ", trust.file);
        describe("tls.caPath ", trust.path);
        return trust;
    }
    trust.file = environment("SSL_CERT_FILE");
    trust.path = environment("SSL_CERT_DIR");
    describe("SSL_CERT_FILE ", trust.file);
    describe("SSL_CERT_DIR ", trust.path);
    if (!trust.description.empty()) return trust;
    const curl_version_info_data& curl = *curl_version_info(CURLVERSION_NOW);
    return search({curl.capath != nullptr ? curl.capath : "", "/etc/ssl/certs"},
                  {curl.cainfo != nullptr ? curl.cainfo : "", "/etc/ssl/certs/ca-certificates.crt",
                   "/etc/pki/tls/certs/ca-bundle.crt", "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem",
                   "/etc/ssl/ca-bundle.pem", "/etc/ssl/cert.pem"},
                  readsHashedDirectories(curl));
}

Trust search(const std::vector<std::string>& directories, const std::vector<std::string>& files,
             bool readsDirectories) {
    Trust trust;
    std::string tried;
    const auto note = [&tried](const std::string& place) {
        if (!place.empty()) tried.append(tried.empty() ? "" : ", ").append(place);
    };
    for (const std::string& path : directories) {
        if (!readsDirectories) break;
        if (isHashedDirectory(path)) {
            trust.path = path;
            trust.description = "the directory " + path;
            return trust;
        }
        note(path);
    }
    for (const std::string& file : files) {
        if (isReadable(file)) {
            trust.file = file;
            trust.description = "the file " + file;
            return trust;
        }
        note(file);
    }
    trust.description = "no certificates: none were found in " + tried + "; install ca-certificates or set tls.caFile";
    return trust;
}

void checkTls(const TlsOptions& options) {
    checkReadable("tls.caFile", options.caFile);
    checkReadable("tls.clientCertFile", options.clientCertFile);
    checkReadable("tls.clientKeyFile", options.clientKeyFile);
    struct stat status {};
    if (!options.caPath.empty() && (stat(options.caPath.c_str(), &status) != 0 || !S_ISDIR(status.st_mode)))
        throw ConfigError("tls.caPath", "tls.caPath (" + options.caPath + ") is not a directory");
    if (!options.caPem.empty() && options.caPem.find("-----BEGIN") == std::string::npos)
        throw ConfigError("tls.caPem", "tls.caPem holds no PEM certificate");
    // libcurl would take the text alone.
    if (!options.caPem.empty() && !options.caFile.empty())
        throw ConfigError("tls.caPem", "tls.caPem and tls.caFile exclude each other: set one of them");
    if (!options.clientKeyFile.empty() && options.clientCertFile.empty())
        throw ConfigError("tls.clientCertFile", "tls.clientKeyFile is set, so tls.clientCertFile must be too");
}

} // namespace kontext::transport
