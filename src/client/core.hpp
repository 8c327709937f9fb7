// What stands behind a client: resources call it, it calls the loop.
#pragma once

#include <cstdint>
#include <functional>
#include <initializer_list>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <kontext/call_options.hpp>
#include <kontext/config.hpp>
#include <kontext/page.hpp>
#include <kontext/shared.hpp>

#include "auth/token_cache.hpp"
#include "call/call_context.hpp"
#include "call/exchange.hpp"
#include "client/config_check.hpp"
#include "client/request.hpp"
#include "values/per_process.hpp"
#include "json/decode.hpp"

KONTEXT_BEGIN_NAMESPACE
namespace detail {

class Core {
public:
    Core(ClientConfig config, std::shared_ptr<Clock> clock);

    /// Reads a response's text into a T; for a resource whose response has more than one shape.
    template <class T>
    using Read = std::optional<json::Fault> (*)(std::string_view text, T& value);

    /// Sends, and reads the response as a T: into `value`, which an empty response leaves as it is.
    template <class T>
    T fetch(Request request, const CallOptions& options, Read<T> read = &json::read<T>, T value = {}) const {
        fetch(request, options, [&value, read](std::string_view text) { return read(text, value); });
        return value;
    }
    /// Sends, and reads one page. `body` takes the response's text.
    template <class T>
    Page<T> fetchPage(Request request, const CallOptions& options, std::string* body = nullptr) const {
        Page<T> page;
        fetch(
            request, options, [&page](std::string_view text) { return json::read(text, page); }, body);
        return page;
    }
    /// Sends, and ignores what the response holds.
    void run(Request request, const CallOptions& options) const;
    RawResponse raw(std::string_view method, std::string_view path, const RawRequest& request,
                    const CallOptions& options) const;
    /// One page of an endpoint that responds `{items, nextCursor}`. `body` takes the response's text.
    Page<RawJson> rawPage(std::string_view path, const RawRequest& request, const CallOptions& options,
                          std::string& body) const;

    void refreshToken(const CallOptions& options) const;
    void clearToken() const;
    void setCredentials(Credentials credentials) const;

private:
    /// A Read that knows its value.
    using Reading = std::function<std::optional<json::Fault>(std::string_view text)>;

    void fetch(Request request, const CallOptions& options, const Reading& read, std::string* body = nullptr) const;
    /// All of a call, from its first attempt on; `read` may be empty.
    CallResult exchange(PreparedRequest& prepared, const CallOptions& options, const Reading& read) const;
    /// The same for a raw request; with `read`, of a list.
    CallResult exchangeRaw(PreparedRequest& prepared, std::string_view method, std::string_view path,
                           const RawRequest& request, const CallOptions& options, const Reading& read) const;
    void prepare(PreparedRequest& prepared, const Request& request, const CallOptions& options) const;
    CallDeadline deadline(const CallOptions& options, std::uint64_t callId = 0) const;

    Endpoints endpoints_;
    Headers headers_; // of the configuration
    CallContext context_;
    mutable PerProcess<TokenCache> tokens_;
};

/// The pages of a list, one request each; what a resource's `listAll` hands to its Pager.
template <class T, class Params>
class ListSource : public PageSource<T> {
public:
    ListSource(const Shared<const Core>& core, std::string_view route, std::initializer_list<std::string_view> ids,
               Params params, CallOptions options)
        : core_(core), route_(route), ids_(ids.begin(), ids.end()), params_(std::move(params)), first_(params_.cursor),
          options_(std::move(options)) {
        if (first_ && first_->empty()) first_.reset(); // as PageWalk does
    }

    Page<T> fetch(const std::optional<std::string>& cursor, std::string& body) override {
        params_.cursor = cursor;
        skip(params_, cursor != first_, 0);
        return core_->fetchPage<T>(Request("GET", route_, ids_).query(params_), options_, &body);
    }

private:
    /// An offset counts from the first page alone.
    template <class P>
    static auto skip(P& params, bool later, int) -> decltype(params.offset.reset()) {
        if (later) params.offset.reset();
    }
    template <class P>
    static void skip(P&, bool, long) {}

    Shared<const Core> core_;
    std::string_view route_;
    std::vector<std::string> ids_; // copies: a pager outlives the call that made it
    Params params_;
    std::optional<std::string> first_;
    CallOptions options_;
};

/// All items of a list, page after page. `ids` fill in the parameters of the route, in order.
template <class T, class Params>
Pager<T> listAll(const Shared<const Core>& core, std::string_view route, std::initializer_list<std::string_view> ids,
                 const Params& params, const CallOptions& options) {
    return Pager<T>(std::make_unique<ListSource<T, Params>>(core, route, ids, params, options), params.cursor);
}

/// The same for an endpoint that has no method here.
class RawListSource : public PageSource<RawJson> {
public:
    RawListSource(const Shared<const Core>& core, std::string_view path, RawRequest request, CallOptions options);

    Page<RawJson> fetch(const std::optional<std::string>& cursor, std::string& body) override;
    /// Where the walk begins: the query's cursor, if it has one.
    const std::optional<std::string>& first() const noexcept { return first_; }

private:
    Shared<const Core> core_;
    std::string path_;
    RawRequest request_;
    std::optional<std::string> first_;
    CallOptions options_;
};

} // namespace detail
KONTEXT_END_NAMESPACE
