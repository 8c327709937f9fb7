// Certificates for tests, made on the spot.
#pragma once

#include <string>

namespace kontext_test {

struct KeyPair {
    std::string certificate{}; // PEM
    std::string key{};         // PEM
};

struct CertificateOptions {
    std::string name = "localhost";                              // the subject's common name
    std::string alternativeNames = "DNS:localhost,IP:127.0.0.1"; // "" for a CA
    int daysValid = 1;                                           // negative: it is over
};

/// A certificate authority that signs itself.
KeyPair makeAuthority(const std::string& name = "Kontext test CA");
/// Signed by the authority; without one, by itself.
KeyPair makeCertificate(const CertificateOptions& options, const KeyPair* authority);
/// A private key in PEM, encrypted with a password.
std::string encryptKey(const std::string& key, const std::string& password);
/// The name under which OpenSSL looks a certificate up in a directory: `<hash>.0`.
std::string hashedName(const std::string& certificate);

} // namespace kontext_test
