#include "json/envelope.hpp"

#include <algorithm>

#include "json/decode.hpp"
#include "json/nlohmann.hpp"
#include "json/number.hpp"
#include "json/quote.hpp"

KONTEXT_BEGIN_NAMESPACE
namespace json {
namespace {

/// A tree of our own: nlohmann's allocates while it is destroyed, which ends the program where memory is short.
struct Node {
    enum class Kind { other, text, list, object };

    Kind kind = Kind::other;
    std::string name{}; // within an object
    std::string text{};
    std::vector<Node> members{};

    /// The last of that name; null if there is none.
    const Node* find(std::string_view wanted) const {
        const auto found =
            std::find_if(members.rbegin(), members.rend(), [wanted](const Node& n) { return n.name == wanted; });
        return kind == Kind::object && found != members.rend() ? &*found : nullptr;
    }
};

/// nlohmann's parser calls it for each token. It notes the tree, and the same text without white space; what nests too
/// deeply is null in both, since a tree is destroyed by recursion.
class TreeReader : public nlohmann::json_sax<nlohmann::json> {
public:
    bool null() override { return scalar("null"); }
    bool boolean(bool value) override { return scalar(value ? "true" : "false"); }
    // The parser calls this for what begins with a minus, so 0 is "-0".
    bool number_integer(number_integer_t value) override {
        return scalar(value == 0 ? std::string("-0") : std::to_string(value));
    }
    bool number_unsigned(number_unsigned_t value) override { return scalar(std::to_string(value)); }
    bool number_float(number_float_t, const string_t& token) override { return scalar(withPoint(token)); }
    bool string(string_t& value) override {
        if (skipping_ > 0) return true;
        Node& node = add(Node::Kind::text);
        node.text = value;
        appendQuoted(meta_, value);
        return true;
    }
    bool binary(binary_t&) override { return false; }
    bool start_object(std::size_t) override { return start(Node::Kind::object, '{'); }
    bool key(string_t& name) override {
        if (skipping_ == 0) name_ = name;
        return true;
    }
    bool end_object() override { return end('}'); }
    bool start_array(std::size_t) override { return start(Node::Kind::list, '['); }
    bool end_array() override { return end(']'); }
    bool parse_error(std::size_t, const std::string&, const nlohmann::detail::exception&) override { return false; }

    const Node& root() const noexcept { return root_; }
    std::string takeMeta() { return std::move(meta_); }

private:
    Node& add(Node::Kind kind) {
        Node* node = &root_;
        if (!open_.empty()) {
            Node& parent = *open_.back();
            if (!parent.members.empty()) meta_.push_back(',');
            node = &parent.members.emplace_back();
            if (parent.kind == Node::Kind::object) {
                appendQuoted(meta_, name_);
                meta_.push_back(':');
                node->name = std::move(name_);
            }
        }
        node->kind = kind;
        return *node;
    }
    bool scalar(std::string_view text) {
        if (skipping_ > 0) return true;
        add(Node::Kind::other);
        meta_ += text;
        return true;
    }
    bool start(Node::Kind kind, char bracket) {
        if (skipping_ > 0 || open_.size() == static_cast<std::size_t>(maxDepth)) {
            if (skipping_++ == 0) {
                add(Node::Kind::other);
                meta_ += "null";
            }
            return true;
        }
        // A parent's list of members does not grow while one of them is open, so the address holds.
        open_.push_back(&add(kind));
        meta_.push_back(bracket);
        return true;
    }
    bool end(char bracket) {
        if (skipping_ > 0) {
            --skipping_;
            return true;
        }
        open_.pop_back();
        meta_.push_back(bracket);
        return true;
    }

    Node root_{};
    std::vector<Node*> open_{};
    std::size_t skipping_ = 0; // how many levels below what is kept
    std::string name_{};
    std::string meta_{};
};

std::string text(const Node& object, std::string_view name) {
    const Node* member = object.find(name);
    return member != nullptr ? member->text : std::string();
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

/// A message may be a string, a list of them, or a list of objects that hold one.
std::string words(const Node& value) {
    if (value.kind != Node::Kind::list) return value.text;
    std::string out;
    for (const Node& element : value.members)
        join(out,
             element.kind == Node::Kind::object ? firstText(element, {"message", "error", "reason"}) : element.text);
    return out;
}

/// Nobody documents the shape: a list of strings or of objects, or an object of field names, are all in use.
void addValidationErrors(const Node& errors, std::vector<ValidationError>& out) {
    for (const Node& element : errors.members) {
        if (errors.kind == Node::Kind::object) {
            out.push_back({element.name, words(element)});
        } else if (element.kind == Node::Kind::object) {
            ValidationError error{firstText(element, {"field", "path", "property", "name", "param"}),
                                  firstText(element, {"message", "error", "reason"})};
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
    return error;
}

std::optional<Envelope> readEnvelope(std::string_view body) {
    TreeReader reader;
    if (!parse(body, reader)) return std::nullopt;
    if (reader.root().kind != Node::Kind::object) return std::nullopt;
    Envelope envelope = read(reader.root());
    envelope.meta = reader.takeMeta();
    return envelope;
}

} // namespace json
KONTEXT_END_NAMESPACE
