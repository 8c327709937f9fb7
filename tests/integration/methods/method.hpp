// One row says all that is special about a method of the client: its request, how it is called, and its response with
// every field in it. ../methods_test.cpp derives from the row all that methods promise alike.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <ostream>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include <kontext/json.hpp>
#include <kontext/management.hpp>

namespace kontext_test {

using Json = nlohmann::json;
using Client = kontext::KontextManagementClient;

/// What a method is called with: the ids of its route in order, and for a paged list where to begin.
struct Arguments {
    std::string id = "id-1";
    std::string id2 = "id-2";
    std::optional<std::int64_t> limit{};
    std::optional<std::string> cursor{};
};

/// A generic lambda without captures that calls the method and returns what it returns, or some of that.
class Call {
public:
    /// What the method returns. Nothing, and JSON whose shape is not known, have no fields.
    enum class Returns { nothing, rawJson, object, page, pager };

    template <class F>
    Call(F) : returns_(returnsOf(static_cast<Result<F>*>(nullptr))), run_(&run<F>) {}

    Returns returns() const { return returns_; }
    /// What toJson makes of the result. A pager is walked to its end, and shown as one page.
    Json operator()(const Client& client, const Arguments& arguments, const kontext::CallOptions& options,
                    kontext::JsonSecrets secrets = kontext::JsonSecrets::reveal) const {
        return run_(client, arguments, options, secrets);
    }

private:
    template <class F>
    using Result = std::invoke_result_t<F, const Client&, const Arguments&, const kontext::CallOptions&>;

    template <class F>
    static Json run(const Client& client, const Arguments& arguments, const kontext::CallOptions& options,
                    kontext::JsonSecrets secrets) {
        if constexpr (std::is_void_v<Result<F>>) {
            F{}(client, arguments, options);
            return {};
        } else {
            return shown(F{}(client, arguments, options), secrets);
        }
    }

    static Returns returnsOf(void*) { return Returns::nothing; }
    static Returns returnsOf(kontext::RawJson*) { return Returns::rawJson; }
    template <class T>
    static Returns returnsOf(kontext::Page<T>*) {
        return Returns::page;
    }
    template <class T>
    static Returns returnsOf(kontext::Pager<T>*) {
        return Returns::pager;
    }
    template <class T>
    static Returns returnsOf(T*) {
        return Returns::object;
    }

    template <class T>
    static Json shown(const kontext::Pager<T>& pager, kontext::JsonSecrets secrets) {
        kontext::Items<T> all;
        for (const T& item : pager)
            all.items.push_back(item);
        return kontext::toJson(all, secrets);
    }
    template <class T>
    static Json shown(const T& value, kontext::JsonSecrets secrets) {
        return kontext::toJson(value, secrets);
    }

    Returns returns_;
    Json (*run_)(const Client&, const Arguments&, const kontext::CallOptions&, kontext::JsonSecrets);
};

/// A response with every field in it. Marks behind the names of the fields say what becomes of one that is missing or
/// null, and what it may hold; without a mark it has an empty value then, and takes its own kind of JSON alone.
///
///     !   it must be there
///     ?   it is a std::optional, or an enumeration, timestamp or raw JSON that is empty: toJson leaves it out
///     *   it holds any JSON
///     %   it is a map, or a list of any JSON: what is in it is data
///     ~   it has another value then, which a test of its own looks at
class Sample {
public:
    struct Field {
        std::string name{};
        std::string marks{};
        Json empty{}; // what toJson shows when it is missing; without a meaning for '!', '?' and '~'

        bool has(char mark) const { return marks.find(mark) != std::string::npos; }
        bool mayBeMissing() const { return !has('!') && !has('~'); }
    };
    /// An object of the response that becomes a struct.
    struct Struct {
        Json::json_pointer at{};
        std::vector<Field> fields{};
    };

    Sample(std::string marked) : text_(withoutMarks(marked)) {
        if (marked.empty()) return;
        value_ = Json::parse(text_);
        find(Json::parse(marked), Json::json_pointer());
    }
    Sample(const char* marked) : Sample(std::string(marked)) {}

    const std::string& text() const { return text_; }
    const Json& value() const { return value_; }
    const std::vector<Struct>& structs() const { return structs_; } // the outer before the inner
    /// The first field that must be there, or "": what tells the items of a list apart.
    std::string key() const {
        for (const auto& [at, fields] : structs_)
            for (const Field& field : fields)
                if (field.has('!')) return field.name;
        return {};
    }

private:
    static constexpr const char* allMarks = "!?*%~";

    static std::string withoutMarks(std::string text) {
        for (std::size_t colon = text.find("\":"); colon != std::string::npos; colon = text.find("\":", colon + 1)) {
            const std::size_t last = text.find_last_not_of(allMarks, colon - 1);
            text.erase(last + 1, colon - last - 1);
            colon = last + 1;
        }
        return text;
    }
    static Field fieldOf(const std::string& marked, const Json& value) {
        const std::size_t end = marked.find_last_not_of(allMarks) + 1;
        Field field{marked.substr(0, end), marked.substr(end)};
        if (field.has('*')) return field; // null
        if (field.has('%')) {
            field.empty = Json(value.type()); // {} or []
        } else if (value.is_object()) {
            field.empty = Json::object();
            for (const auto& [name, member] : value.items())
                if (const Field inner = fieldOf(name, member); !inner.has('?')) field.empty[inner.name] = inner.empty;
        } else {
            field.empty = Json(value.type()); // "", 0, false, []
        }
        return field;
    }
    void find(const Json& marked, const Json::json_pointer& at) {
        if (marked.is_array())
            for (std::size_t i = 0; i < marked.size(); ++i)
                find(marked[i], at / i);
        if (!marked.is_object()) return;
        Struct found{at};
        for (const auto& [name, value] : marked.items())
            found.fields.push_back(fieldOf(name, value));
        structs_.push_back(found);
        std::size_t i = 0;
        for (const auto& value : marked) {
            const Field& field = found.fields[i++];
            if (!field.has('*') && !field.has('%')) find(value, at / field.name);
        }
    }

    std::string text_;
    Json value_{};
    std::vector<Struct> structs_{};
};

/// What a 2xx must hold.
enum class Body { json, jsonOrNothing, ignored };

struct Method {
    const char* name; // as in the client, behind the resource's
    const char* verb;
    const char* route; // behind /api/v1; its parameters have the names that a ConfigError calls them by
    Call call;
    Sample response = "";
    const char* body = ""; // of the request
    Body wanted = Body::json;
    bool harmlessPost = false; // and so retried like a GET
    std::string fullName{};    // with the resource's

    bool isRetryable() const { return std::string(verb) != "POST" || harmlessPost; }
    std::vector<std::string> parameters() const {
        std::vector<std::string> names;
        const std::string text = route;
        for (std::size_t open = text.find('{'); open != std::string::npos; open = text.find('{', open + 1))
            names.push_back(text.substr(open + 1, text.find('}', open) - open - 1));
        return names;
    }
    std::string target(const std::vector<std::string>& ids = {"id-1", "id-2"}) const {
        std::string text = std::string("/api/v1") + route;
        for (const std::string& id : ids)
            if (const std::size_t open = text.find('{'); open != std::string::npos)
                text.replace(open, text.find('}') - open + 1, id);
        return text;
    }
};

inline void PrintTo(const Method& method, std::ostream* out) { *out << method.fullName; }

/// A response of one page, and of a list that comes whole.
inline std::string pageOf(const std::string& item) { return R"({"items":[)" + item + R"(],"nextCursor?":"c1"})"; }
inline std::string itemsOf(const std::string& item) { return R"({"items":[)" + item + "]}"; }

} // namespace kontext_test
