#include "json/decode.hpp"

#include <algorithm>
#include <array>
#include <limits>

#include "json/nlohmann.hpp"
#include "json/number.hpp"
#include "json/padding.hpp"
#include "json/quote.hpp"
#include "json/surrogates.hpp"
#include "json/syntax.hpp"
#include "json/utf8.hpp"

KONTEXT_BEGIN_NAMESPACE
namespace json {
namespace {

std::string_view nameOf(Kind kind) {
    switch (kind) {
    case Kind::string:
    case Kind::secret:
    case Kind::timestamp:
    case Kind::openEnum:
        return "a string";
    case Kind::rawJson:
        return "any value";
    case Kind::boolean:
        return "true or false";
    case Kind::integer:
        return "an integer";
    case Kind::number:
        return "a number";
    case Kind::list:
        return "an array";
    case Kind::object:
    case Kind::map:
        return "an object";
    }
    return "";
}

std::string syntaxMessage(bool outOfRange, std::size_t byte) {
    return (outOfRange ? "a number is out of range, at byte " : "not valid JSON, at byte ") + std::to_string(byte);
}

/// nlohmann's parser calls it for each token. Three modes: read into the tables' places, keep raw text, or skip.
class Reader final : public nlohmann::json_sax<nlohmann::json> {
public:
    Reader(const Type& root, void* target, std::size_t size) : root_{&root, target}, size_(size) {}

    bool null() override {
        if (skipping_ > 0) return true;
        if (raw_ != nullptr) return keep("null");
        Frame* top = this->top();
        if (top == nullptr) {
            if (root_.type->kind != Kind::rawJson) return mismatch(*root_.type, "null");
            *static_cast<RawJson*>(root_.target) = RawJson();
            return true;
        }
        if (top->type->kind == Kind::object && top->field != nullptr) {
            top->seen &= ~(std::uint64_t{1} << top->position); // null is missing
            if (top->field->reset != nullptr) top->field->reset(top->target);
        }
        if (top->type->kind == Kind::list) ++top->index;
        return true;
    }
    bool boolean(bool value) override {
        if (skipping_ > 0) return true;
        if (raw_ != nullptr) return keep(value ? "true" : "false");
        const Place place = next();
        if (place.type == nullptr) return true;
        if (place.type->kind == Kind::boolean)
            *static_cast<bool*>(place.target) = value;
        else if (place.type->kind == Kind::rawJson)
            *static_cast<RawJson*>(place.target) = RawJson(value ? "true" : "false");
        else
            return mismatch(*place.type, "a boolean");
        return true;
    }
    // The parser calls this for what begins with a minus, so 0 is "-0".
    bool number_integer(number_integer_t value) override {
        return integer(value, true, [value] { return value == 0 ? std::string("-0") : std::to_string(value); });
    }
    bool number_unsigned(number_unsigned_t value) override {
        const bool fits = value <= static_cast<number_unsigned_t>(std::numeric_limits<std::int64_t>::max());
        return integer(static_cast<std::int64_t>(value), fits, [value] { return std::to_string(value); });
    }
    bool number_float(number_float_t, const string_t& token) override {
        if (skipping_ > 0) return true;
        std::string text = withPoint(token);
        if (raw_ != nullptr) return keep(text);
        const Place place = next();
        if (place.type == nullptr) return true;
        const auto value = readNumber(text);
        if (!value) return fail("the number is out of range");
        if (place.type->kind == Kind::number)
            *static_cast<double*>(place.target) = *value;
        else if (place.type->kind == Kind::rawJson)
            *static_cast<RawJson*>(place.target) = RawJson(std::move(text));
        else if (place.type->kind == Kind::integer)
            return wholeNumber(text, place);
        else
            return mismatch(*place.type, "a number");
        return true;
    }
    bool string(string_t& value) override {
        if (skipping_ > 0) return true;
        if (raw_ != nullptr) {
            separate();
            appendQuoted(*raw_, value);
            return true;
        }
        const Place place = next();
        if (place.type == nullptr) return true;
        switch (place.type->kind) {
        case Kind::string:
            *static_cast<std::string*>(place.target) = value;
            return true;
        case Kind::timestamp:
            *static_cast<Timestamp*>(place.target) = Timestamp(value);
            return true;
        case Kind::openEnum:
            place.type->assign(place.target, value);
            return true;
        case Kind::secret:
            *static_cast<Secret*>(place.target) = Secret(std::string_view(value));
            return true;
        case Kind::rawJson: {
            std::string text;
            appendQuoted(text, value);
            *static_cast<RawJson*>(place.target) = RawJson(std::move(text));
            return true;
        }
        default:
            return mismatch(*place.type, "a string");
        }
    }
    bool binary(binary_t&) override { return fail("binary values are not JSON"); }

    bool start_object(std::size_t) override { return start('{', Kind::object); }
    bool end_object() override { return end('}'); }
    bool start_array(std::size_t) override { return start('[', Kind::list); }
    bool end_array() override { return end(']'); }

    bool key(string_t& name) override {
        if (skipping_ > 0) return true;
        if (raw_ != nullptr) {
            separate();
            appendQuoted(*raw_, name);
            raw_->push_back(':');
            return true;
        }
        Frame& frame = frames_[used_ - 1];
        if (frame.type->kind == Kind::map) {
            frame.key = name;
            return true;
        }
        return find(frame, name);
    }

    bool parse_error(std::size_t position, const std::string&, const nlohmann::detail::exception& error) override {
        // what() quotes the input, which may be a token; the id and the place do not.
        return fail(syntaxMessage(error.id == 406, std::min(position, size_)));
    }

    std::optional<Fault> fault() && { return std::move(fault_); }
    /// For a parser that gave up without saying why.
    bool failed() const { return fault_.has_value(); }
    /// Stops the parser.
    bool fail(std::string message) {
        if (!fault_) fault_ = Fault{pointer(), std::move(message)};
        return false;
    }

private:
    struct Frame {
        const Type* type = nullptr;
        void* target = nullptr;
        const Object* object = nullptr;
        const Field* field = nullptr; // of the value that comes next; null: unknown
        std::size_t position = 0;     // of that field; the search for the next begins behind it
        std::uint64_t seen = 0;
        std::size_t index = 0; // of a list's next element
        std::string key{};     // of a map's next element
    };
    struct Place {
        const Type* type;
        void* target;
    };

    Frame* top() { return used_ > 0 ? &frames_[used_ - 1] : nullptr; }

    /// Where the value that comes now belongs; no type: nobody wants it.
    Place next() {
        Frame* top = this->top();
        if (top == nullptr) return root_;
        switch (top->type->kind) {
        case Kind::list:
            ++top->index;
            return {top->type->element, top->type->append(top->target)};
        case Kind::map:
            return {top->type->element, top->type->entry(top->target, top->key)};
        default:
            if (top->field == nullptr) return {nullptr, nullptr};
            return {top->field->type, top->field->open(top->target)};
        }
    }

    bool find(Frame& frame, const std::string& name) {
        const Object& object = *frame.object;
        // Servers send fields in an order of their own, which is mostly ours: look behind the last one first.
        for (std::size_t n = 0, i = frame.position + 1; n < object.count; ++n, ++i) {
            if (i >= object.count) i = 0;
            if (object.fields[i].name != name) continue;
            frame.position = i;
            frame.field = &object.fields[i];
            const std::uint64_t bit = std::uint64_t{1} << i;
            if ((frame.seen & bit) != 0) return fail("duplicate field");
            frame.seen |= bit;
            return true;
        }
        frame.field = nullptr;
        return true;
    }

    /// `text` makes the number's text, which only raw JSON wants.
    template <class Text>
    bool integer(std::int64_t value, bool fits, Text text) {
        if (skipping_ > 0) return true;
        if (raw_ != nullptr) return keep(text());
        const Place place = next();
        if (place.type == nullptr) return true;
        switch (place.type->kind) {
        case Kind::integer:
            if (!fits) return fail("the integer is out of range");
            *static_cast<std::int64_t*>(place.target) = value;
            return true;
        case Kind::number:
            *static_cast<double*>(place.target) =
                fits ? static_cast<double>(value) : static_cast<double>(static_cast<std::uint64_t>(value));
            return true;
        case Kind::rawJson:
            *static_cast<RawJson*>(place.target) = RawJson(text());
            return true;
        default:
            return mismatch(*place.type, "a number");
        }
    }

    /// JSON has one type of number: 1.0 and 1e3 are integers.
    bool wholeNumber(std::string_view text, const Place& place) {
        const auto value = readInteger(text);
        if (!value) return fail("expected an integer, found a number with a fraction or out of range");
        *static_cast<std::int64_t*>(place.target) = *value;
        return true;
    }

    bool start(char bracket, Kind kind) {
        if (++depth_ > maxDepth) return fail("nested deeper than " + std::to_string(maxDepth) + " levels");
        if (skipping_ > 0) {
            ++skipping_;
            return true;
        }
        if (raw_ != nullptr) {
            separate();
            raw_->push_back(bracket);
            ++rawDepth_;
            return true;
        }
        const Place place = next();
        if (place.type == nullptr) {
            skipping_ = 1;
            return true;
        }
        if (place.type->kind == Kind::rawJson) {
            rawText_.assign(1, bracket);
            raw_ = &rawText_;
            rawTarget_ = static_cast<RawJson*>(place.target);
            rawDepth_ = 1;
            return true;
        }
        const bool isObject = kind == Kind::object;
        if (isObject ? place.type->kind != Kind::object && place.type->kind != Kind::map
                     : place.type->kind != Kind::list)
            return mismatch(*place.type, isObject ? "an object" : "an array");
        if (used_ == frames_.size()) return fail("nested deeper than any response of the API");
        Frame& frame = frames_[used_++];
        frame.type = place.type;
        frame.target = place.target;
        frame.field = nullptr;
        frame.seen = 0;
        frame.index = 0;
        if (place.type->kind == Kind::object) {
            frame.object = place.type->object;
            frame.position = frame.object->count - 1;
        } else {
            place.type->clear(place.target);
        }
        return true;
    }

    bool end(char bracket) {
        --depth_;
        if (skipping_ > 0) {
            --skipping_;
            return true;
        }
        if (raw_ != nullptr) {
            raw_->push_back(bracket);
            if (--rawDepth_ == 0) {
                *rawTarget_ = RawJson(std::move(rawText_));
                raw_ = nullptr;
            }
            return true;
        }
        Frame& frame = frames_[used_ - 1];
        if (frame.type->kind == Kind::object) {
            for (std::size_t i = 0; i < frame.object->count; ++i) {
                const Field& field = frame.object->fields[i];
                if (!field.isRequired || (frame.seen & (std::uint64_t{1} << i)) != 0) continue;
                frame.field = &field;
                return fail("the field is missing or null");
            }
        }
        --used_;
        return true;
    }

    void separate() {
        const char last = raw_->back();
        if (last != '{' && last != '[' && last != ':') raw_->push_back(',');
    }
    bool keep(std::string_view text) {
        separate();
        raw_->append(text);
        return true;
    }

    bool mismatch(const Type& wanted, std::string_view found) {
        return fail("expected " + std::string(nameOf(wanted.kind)) + ", found " + std::string(found));
    }

    std::string pointer() const {
        std::string text;
        for (std::size_t i = 0; i < used_; ++i) {
            const Frame& frame = frames_[i];
            switch (frame.type->kind) {
            case Kind::list:
                text += '/' + std::to_string(frame.index == 0 ? 0 : frame.index - 1);
                break;
            case Kind::map:
                text += '/' + escaped(frame.key);
                break;
            default:
                if (frame.field != nullptr) text += '/' + std::string(frame.field->name);
            }
        }
        return text;
    }
    static std::string escaped(const std::string& key) {
        std::string text;
        for (const char c : key) {
            if (c == '~')
                text += "~0";
            else if (c == '/')
                text += "~1";
            else
                text += c;
        }
        return text;
    }

    Place root_;
    std::size_t size_; // of the text
    // Our structs nest to a depth of five; a deeper one is caught above.
    std::array<Frame, 8> frames_{};
    std::size_t used_ = 0;
    int depth_ = 0;
    int skipping_ = 0;
    std::string* raw_ = nullptr;
    std::string rawText_{};
    RawJson* rawTarget_ = nullptr;
    int rawDepth_ = 0;
    std::optional<Fault> fault_{};
};

} // namespace

bool isBlank(std::string_view text) { return text.find_first_not_of(" \t\r\n") == std::string_view::npos; }

std::optional<Fault> decode(std::string_view text, const Type& type, void* target) {
    // The parser takes a NUL for the end of the text, whatever follows; JSON has none.
    if (const std::size_t nul = text.find('\0'); nul != std::string_view::npos)
        return Fault{{}, syntaxMessage(false, nul + 1)};
    if (text.substr(0, byteOrderMark.size()) == byteOrderMark) text.remove_prefix(byteOrderMark.size());
    if (isBlank(text)) return Fault{{}, "it is empty"};
    const PairedText paired(text);
    text = paired.view();
    if (type.holdsSecret) {
        // Where the parser stops, its buffers keep what it has read.
        if (!isUtf8(text)) return Fault{{}, "not valid JSON: not valid UTF-8"};
        if (const auto error = firstSyntaxError(text)) return Fault{{}, syntaxMessage(error->outOfRange, error->byte)};
    }
    Reader reader(type, target, text.size());
    const bool read = type.holdsSecret ? parsePadded(text, reader)
                                       : nlohmann::json::sax_parse(text.data(), text.data() + text.size(), &reader);
    if (!read && !reader.failed()) reader.fail("not valid JSON");
    return std::move(reader).fault();
}

} // namespace json
KONTEXT_END_NAMESPACE
