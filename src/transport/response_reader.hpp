// Collects a response from libcurl's callbacks, within bounds.
#pragma once

#include <cstddef>
#include <string_view>

#include <kontext/transport.hpp>

KONTEXT_BEGIN_NAMESPACE
namespace transport {

class ResponseReader {
public:
    explicit ResponseReader(std::size_t maxBody) : maxBody_(maxBody) { response_.headers.reserve(16); }
    ResponseReader(const ResponseReader&) = delete;
    ResponseReader& operator=(const ResponseReader&) = delete;
    ~ResponseReader(); // wipes a response that was not taken

    /// One header line, status lines included; false: they are too many.
    bool header(std::string_view line);
    /// A piece of the body; false: there is more than is wanted, what was wanted is kept.
    bool body(std::string_view piece, std::size_t expected);

    /// Whether a byte of a response has come.
    bool begun() const noexcept { return headerBytes_ > 0; }
    bool headersTooLarge() const noexcept { return headerBytes_ > maxHeaderBytes; }
    bool cut() const noexcept { return cut_; }
    /// Whether the empty line came that ends the final response's headers.
    bool headersComplete() const noexcept { return complete_; }
    HttpResponse take(int statusCode) &&;

private:
    static constexpr std::size_t maxHeaderBytes = 64u << 10;

    HttpResponse response_{};
    std::size_t maxBody_;
    std::size_t headerBytes_ = 0;
    bool complete_ = false; // the headers are; what follows the body are trailers
    bool cut_ = false;
};

} // namespace transport
KONTEXT_END_NAMESPACE
