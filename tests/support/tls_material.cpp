#include "support/tls_material.hpp"

#include <cstdio>
#include <memory>
#include <stdexcept>

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/x509v3.h>

namespace kontext_test {
namespace {

template <class T, void (*release)(T*)>
struct Release {
    void operator()(T* object) const noexcept { release(object); }
};
using Key = std::unique_ptr<EVP_PKEY, Release<EVP_PKEY, EVP_PKEY_free>>;
using Certificate = std::unique_ptr<X509, Release<X509, X509_free>>;
using Memory = std::unique_ptr<BIO, Release<BIO, BIO_free_all>>;

void demand(bool worked, const char* what) {
    if (!worked) throw std::runtime_error(std::string("OpenSSL: ") + what);
}

std::string textOf(BIO* memory) {
    char* data = nullptr;
    const long size = BIO_get_mem_data(memory, &data);
    return {data, static_cast<std::size_t>(size)};
}

std::string pemOf(X509* certificate) {
    const Memory memory(BIO_new(BIO_s_mem()));
    demand(PEM_write_bio_X509(memory.get(), certificate) == 1, "writing a certificate");
    return textOf(memory.get());
}

std::string pemOf(EVP_PKEY* key) {
    const Memory memory(BIO_new(BIO_s_mem()));
    demand(PEM_write_bio_PrivateKey(memory.get(), key, nullptr, nullptr, 0, nullptr, nullptr) == 1, "writing a key");
    return textOf(memory.get());
}

Memory reading(const std::string& text) { return Memory(BIO_new_mem_buf(text.data(), static_cast<int>(text.size()))); }

void extend(X509* certificate, X509* issuer, int what, const std::string& value) {
    X509V3_CTX context;
    X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
    X509_EXTENSION* extension = X509V3_EXT_conf_nid(nullptr, &context, what, value.c_str());
    demand(extension != nullptr, "an extension");
    X509_add_ext(certificate, extension, -1);
    X509_EXTENSION_free(extension);
}

KeyPair make(const CertificateOptions& options, const KeyPair* authority, bool isAuthority) {
    const Key key(EVP_EC_gen("P-256"));
    const Certificate certificate(X509_new());
    demand(key != nullptr && certificate != nullptr, "a new key");
    X509* x509 = certificate.get();
    X509_set_version(x509, 2);
    unsigned char serial[8];
    demand(RAND_bytes(serial, sizeof serial) == 1, "a serial number");
    std::uint64_t number = 0;
    for (const unsigned char byte : serial)
        number = number << 8 | byte;
    ASN1_INTEGER_set_uint64(X509_get_serialNumber(x509), number >> 1);
    constexpr long day = 24L * 60 * 60;
    X509_gmtime_adj(X509_getm_notBefore(x509), (options.daysValid < 0 ? options.daysValid - 1 : -1) * day);
    X509_gmtime_adj(X509_getm_notAfter(x509), options.daysValid * day);
    X509_set_pubkey(x509, key.get());
    X509_NAME* name = X509_get_subject_name(x509);
    X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_UTF8, reinterpret_cast<const unsigned char*>(options.name.c_str()),
                               -1, -1, 0);

    Certificate issuer;
    Key issuerKey;
    if (authority != nullptr) {
        const Memory certificatePem = reading(authority->certificate);
        const Memory keyPem = reading(authority->key);
        issuer.reset(PEM_read_bio_X509(certificatePem.get(), nullptr, nullptr, nullptr));
        issuerKey.reset(PEM_read_bio_PrivateKey(keyPem.get(), nullptr, nullptr, nullptr));
        demand(issuer != nullptr && issuerKey != nullptr, "the authority");
    }
    X509* signer = issuer != nullptr ? issuer.get() : x509;
    X509_set_issuer_name(x509, X509_get_subject_name(signer));
    extend(x509, signer, NID_basic_constraints, isAuthority ? "critical,CA:TRUE" : "CA:FALSE");
    extend(x509, signer, NID_subject_key_identifier, "hash");
    if (!options.alternativeNames.empty()) extend(x509, signer, NID_subject_alt_name, options.alternativeNames);
    demand(X509_sign(x509, issuerKey != nullptr ? issuerKey.get() : key.get(), EVP_sha256()) > 0, "a signature");
    return {pemOf(x509), pemOf(key.get())};
}

} // namespace

KeyPair makeAuthority(const std::string& name) { return make({name, "", 2}, nullptr, true); }

KeyPair makeCertificate(const CertificateOptions& options, const KeyPair* authority) {
    return make(options, authority, false);
}

std::string encryptKey(const std::string& key, const std::string& password) {
    const Key plain(PEM_read_bio_PrivateKey(reading(key).get(), nullptr, nullptr, nullptr));
    demand(plain != nullptr, "reading a key");
    const Memory memory(BIO_new(BIO_s_mem()));
    demand(PEM_write_bio_PrivateKey(memory.get(), plain.get(), EVP_aes_256_cbc(),
                                    reinterpret_cast<const unsigned char*>(password.data()),
                                    static_cast<int>(password.size()), nullptr, nullptr)
               == 1,
           "encrypting a key");
    return textOf(memory.get());
}

std::string hashedName(const std::string& certificate) {
    const Certificate x509(PEM_read_bio_X509(reading(certificate).get(), nullptr, nullptr, nullptr));
    demand(x509 != nullptr, "reading a certificate");
    char name[16];
    std::snprintf(name, sizeof name, "%08lx.0", X509_subject_name_hash(x509.get()));
    return name;
}

} // namespace kontext_test
