// Which certificates a connection trusts.
#pragma once

#include <string>
#include <vector>

#include <kontext/config.hpp>

KONTEXT_BEGIN_NAMESPACE
namespace transport {

/// Where libcurl shall look. With all of them empty its own default stands.
struct CaSource {
    std::string file{};
    std::string path{};
    std::string pem{};
    std::string description{}; // for an error: what was trusted
};

/// libcurl opens the files with each new connection, whichever directory the process is in by then. Throws ConfigError.
TlsOptions withAbsolutePaths(TlsOptions options);

/// The configured ones, else SSL_CERT_FILE and SSL_CERT_DIR (which libcurl ignores), else the system's hashed directory
/// (a bundle file is parsed anew for each handle, some 20 ms), else libcurl's bundle, else a bundle where systems keep
/// it.
CaSource chooseCaSource(const TlsOptions& options);

/// The first of the directories that holds hashed certificates, else the first of the files that can be read; empty
/// ones are passed over. If there is none, the description names all that were tried.
CaSource findSystemTrust(const std::vector<std::string>& directories, const std::vector<std::string>& files,
                         bool readsDirectories);

/// Throws ConfigError, naming the field, for files that cannot be read and for halves of a pair.
void checkTls(const TlsOptions& options);

} // namespace transport
KONTEXT_END_NAMESPACE
