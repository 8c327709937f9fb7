#include "json/envelope.hpp"

#include <algorithm>
#include <iterator>

#include "values/ascii.hpp"
#include "json/decode.hpp"
#include "json/nlohmann.hpp"
#include "json/number.hpp"
#include "json/quote.hpp"
#include "json/surrogates.hpp"

KONTEXT_BEGIN_NAMESPACE
namespace json {
namespace {

/// A tree of our own: nlohmann's allocates while it is destroyed, which ends the program where memory is short.
struct Node {
    enum class Kind { literal, text, list, object };

    Kind kind = Kind::literal;
    std::string name{}; // within an object
    std::string text{}; // of a literal (a number, true, false, null) its JSON
    std::vector<Node> members{};

    /// The last of that name; null if there is none.
    const Node* find(std::string_view wanted) const {
        const auto found =
            std::find_if(members.rbegin(), members.rend(), [wanted](const Node& n) { return n.name == wanted; });
        return kind == Kind::object && found != members.rend() ? &*found : nullptr;
    }
};

/// nlohmann's parser calls it for each token, and it notes the tree. What nests too deeply is null, since a tree is
/// printed and destroyed by recursion.
class TreeReader : public nlohmann::json_sax<nlohmann::json> {
public:
    bool null() override { return add(Node::Kind::literal, "null"); }
    bool boolean(bool value) override { return add(Node::Kind::literal, value ? "true" : "false"); }
    // The parser calls this for what begins with a minus, so 0 is "-0".
    bool number_integer(number_integer_t value) override {
        return add(Node::Kind::literal, value == 0 ? std::string("-0") : std::to_string(value));
    }
    bool number_unsigned(number_unsigned_t value) override { return add(Node::Kind::literal, std::to_string(value)); }
    bool number_float(number_float_t, const string_t& token) override {
        return add(Node::Kind::literal, withPoint(token));
    }
    bool string(string_t& value) override { return add(Node::Kind::text, value); }
    bool binary(binary_t&) override { return false; }
    bool start_object(std::size_t) override { return start(Node::Kind::object); }
    bool key(string_t& name) override {
        if (skipping_ == 0) name_ = name;
        return true;
    }
    bool end_object() override { return end(); }
    bool start_array(std::size_t) override { return start(Node::Kind::list); }
    bool end_array() override { return end(); }
    bool parse_error(std::size_t, const std::string&, const nlohmann::detail::exception&) override { return false; }

    const Node& root() const noexcept { return root_; }

private:
    bool add(Node::Kind kind, std::string text) {
        if (skipping_ > 0) return true;
        Node& node = next();
        node.kind = kind;
        node.text = std::move(text);
        return true;
    }
    Node& next() {
        if (open_.empty()) return root_;
        Node& node = open_.back()->members.emplace_back();
        node.name = std::move(name_);
        name_.clear();
        return node;
    }
    bool start(Node::Kind kind) {
        if (skipping_ > 0 || open_.size() == static_cast<std::size_t>(maxDepth)) {
            if (skipping_ == 0) null();
            ++skipping_;
            return true;
        }
        // A parent's list of members does not grow while one of them is open, so the address holds.
        open_.push_back(&next());
        open_.back()->kind = kind;
        return true;
    }
    bool end() {
        if (skipping_ > 0)
            --skipping_;
        else
            open_.pop_back();
        return true;
    }

    Node root_{};
    std::vector<Node*> open_{};
    std::size_t skipping_ = 0; // how many levels below what is kept
    std::string name_{};
};

/// Whether a member of that name may hold what no log should: `clientSecret`, `access_token`, `X-API-Key`.
bool promisesSecret(std::string_view name) {
    std::string plain;
    for (const char c : name)
        if (c != '_' && c != '-' && c != ' ') plain.push_back(toLower(c));
    if (plain.size() >= 3 && plain.compare(plain.size() - 3, 3, "key") == 0) return true;
    constexpr std::string_view words[] = {"secret",        "token",  "password",  "passphrase", "credential",
                                          "authorization", "cookie", "signature", "assertion"};
    return std::any_of(std::begin(words), std::end(words),
                       [&plain](std::string_view word) { return plain.find(word) != std::string::npos; });
}

enum class Members { all, withoutSecrets };

/// As JSON, without white space.
void print(const Node& node, Members members, std::string& out) {
    if (node.kind == Node::Kind::literal) {
        out += node.text;
        return;
    }
    if (node.kind == Node::Kind::text) return appendQuoted(out, node.text);
    const bool isObject = node.kind == Node::Kind::object;
    out.push_back(isObject ? '{' : '[');
    for (const Node& member : node.members) {
        if (&member != &node.members.front()) out.push_back(',');
        if (isObject) {
            appendQuoted(out, member.name);
            out.push_back(':');
        }
        if (members == Members::withoutSecrets && promisesSecret(member.name))
            appendQuoted(out, "[redacted]");
        else
            print(member, members, out);
    }
    out.push_back(isObject ? '}' : ']');
}

std::string printed(const Node& node, Members members) {
    std::string out;
    print(node, members, out);
    return out;
}

std::string text(const Node& value) { return value.kind == Node::Kind::text ? value.text : std::string(); }

std::string text(const Node& object, std::string_view name) {
    const Node* member = object.find(name);
    return member != nullptr ? text(*member) : std::string();
}

std::string firstText(const Node& object, std::initializer_list<std::string_view> names) {
    for (const std::string_view name : names)
        if (std::string value = text(object, name); !value.empty()) return value;
    return {};
}

void join(std::string& out, const std::string& more) {
    if (more.empty()) return;
    if (!out.empty()) out += "; ";
    out += more;
}

/// Of one fault among several.
std::string faultWords(const Node& fault) { return firstText(fault, {"message", "error", "reason", "detail", "msg"}); }

/// A message may be a string, a list of them, or a list of objects that hold one.
std::string words(const Node& value) {
    if (value.kind != Node::Kind::list) return text(value);
    std::string out;
    for (const Node& element : value.members)
        join(out, element.kind == Node::Kind::object ? faultWords(element) : text(element));
    return out;
}

/// Nobody documents the shape: a list of strings or of objects, or an object of field names, are all in use.
void addValidationErrors(const Node& errors, std::vector<ValidationError>& out) {
    for (const Node& element : errors.members) {
        if (errors.kind == Node::Kind::object) {
            out.push_back({element.name, words(element)});
        } else if (element.kind == Node::Kind::object) {
            ValidationError error{firstText(element, {"field", "path", "property", "name", "param", "pointer"}),
                                  faultWords(element)};
            if (const Node* messages = element.find("messages"); messages != nullptr && error.message.empty())
                error.message = words(*messages);
            if (!error.field.empty() || !error.message.empty()) out.push_back(std::move(error));
        } else if (std::string message = words(element); !message.empty()) {
            out.push_back({{}, std::move(message)});
        }
    }
}

Envelope read(const Node& response) {
    Envelope envelope;
    if (const Node* message = response.find("message")) envelope.message = words(*message);
    envelope.code = text(response, "code");
    envelope.error = text(response, "error");
    envelope.errorDescription = text(response, "error_description");
    envelope.hint = text(response, "hint");
    // RFC 9457, and gateways; frameworks put lists into `detail`.
    if (const Node* detail = response.find("detail")) envelope.problem = words(*detail);
    if (envelope.problem.empty()) envelope.problem = firstText(response, {"title", "Message"});
    for (const std::string_view name : {"validationErrors", "errors"})
        if (const Node* errors = response.find(name)) addValidationErrors(*errors, envelope.validationErrors);
    if (const Node* scopes = response.find("missingScopes"))
        for (const Node& scope : scopes->members)
            if (scope.kind == Node::Kind::text) envelope.missingScopes.push_back(scope.text);
    // Gateways in between wrap theirs: {"error": {"message": …, "code": …}}.
    if (const Node* inner = response.find("error"); inner != nullptr && inner->kind == Node::Kind::object) {
        if (envelope.message.empty()) envelope.message = firstText(*inner, {"message", "error_description", "error"});
        if (envelope.code.empty()) envelope.code = text(*inner, "code");
    }
    return envelope;
}

} // namespace

const std::string& Envelope::bestMessage() const {
    if (!message.empty()) return message;
    if (!errorDescription.empty()) return errorDescription;
    if (!hint.empty()) return hint;
    if (!error.empty()) return error;
    return problem;
}

std::optional<Envelope> readEnvelope(std::string_view body) {
    TreeReader reader;
    const PairedText paired(body);
    if (!parse(paired.view(), reader)) return std::nullopt;
    const Node& response = reader.root();
    if (response.kind != Node::Kind::object && response.kind != Node::Kind::list) return std::nullopt;
    Envelope envelope = read(response);
    if (response.kind == Node::Kind::object) envelope.meta = printed(response, Members::all);
    if (envelope.bestMessage().empty() && !response.members.empty())
        envelope.text = printed(response, Members::withoutSecrets);
    return envelope;
}

} // namespace json
KONTEXT_END_NAMESPACE
