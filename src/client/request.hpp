// A request as a resource writes it.
#pragma once

#include <array>
#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

#include <kontext/secret.hpp>

#include "json/encode.hpp"
#include "json/query.hpp"

KONTEXT_BEGIN_NAMESPACE

/// Throws ConfigError, naming the parameter, for an id that cannot be one path segment.
void checkId(std::string_view parameter, std::string_view id);

/// What a 2xx response must have.
enum class ResponseBody {
    required, // JSON of the type that is asked for
    optional, // the same, or nothing
    ignored
};

/// `Request("PATCH", "/applications/{id}", {id}).json(input)`. It notes where things are, and nothing is checked or
/// encoded before the call asks for it: ids, parameters and input must outlive the call, which they do.
class Request {
public:
    /// The route's parameters are filled in from `ids`, in order; their names are what a ConfigError calls them.
    Request(std::string_view method, std::string_view route, std::initializer_list<std::string_view> ids = {});
    Request(std::string_view method, std::string_view route, const std::vector<std::string>& ids);

    /// Unset parameters are left out.
    template <class Params>
    Request query(const Params& params) && {
        paramsType_ = &json::objectOf<Params>;
        params_ = &params;
        return *this;
    }
    /// Unset fields are left out.
    template <class Input>
    Request json(const Input& input) && {
        inputType_ = &json::typeOf<Input>;
        input_ = &input;
        return *this;
    }
    /// Sending it twice does no more than sending it once, though it is a POST.
    Request retryable() && {
        retryable_ = true;
        return *this;
    }
    Request response(ResponseBody body) && {
        response_ = body;
        return *this;
    }

    std::string_view method() const noexcept { return method_; }
    std::string_view route() const noexcept { return route_; }
    bool isRetryable() const noexcept { return retryable_; }
    ResponseBody response() const noexcept { return response_; }
    /// The route with the ids in it, and the query. Throws ConfigError for an id or a parameter that cannot be sent.
    std::string target() const;
    /// The input as JSON, or "" if there is none; `secrets` collects those that it holds. Throws ConfigError for an
    /// input that cannot be sent.
    std::string body(std::vector<Secret>& secrets) const;

private:
    std::string_view method_;
    std::string_view route_;
    std::array<std::string_view, 2> ids_{};
    const json::Object* paramsType_ = nullptr;
    const void* params_ = nullptr;
    const json::Type* inputType_ = nullptr;
    const void* input_ = nullptr;
    bool retryable_;
    ResponseBody response_ = ResponseBody::required;
};

KONTEXT_END_NAMESPACE
