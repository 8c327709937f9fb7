#include "json/decode.hpp"

#include <algorithm>
#include <array>
#include <limits>

#include "values/wipe.hpp"
#include "json/nlohmann.hpp"
#include "json/number.hpp"
#include "json/quote.hpp"
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

/// Whether values of the type may hold a secret.
bool holdsSecret(const Type& type) {
    switch (type.kind) {
    case Kind::secret:
        return true;
    case Kind::list:
    case Kind::map:
        return holdsSecret(*type.element);
    case Kind::object: {
        const Object& object = type.object();
        for (std::size_t i = 0; i < object.count; ++i)
            if (holdsSecret(*object.fields[i].type)) return true;
        return false;
    }
    default:
        return false;
    }
}

/// The text between two long strings in an array. The parser keeps each token in buffers that it grows and never wipes:
/// the first string grows them before a secret comes, the second overwrites it.
std::string padded(std::string_view text) {
    const std::string pad = "\"" + std::string(text.size() + 16, 'x') + '"';
    std::string all;
    all.reserve(text.size() + 2 * pad.size() + 4);
    all.append("[").append(pad).append(",").append(text).append(",").append(pad).append("]");
    return all;
}

/// nlohmann's parser calls it for each token. Three modes: read into the tables' places, keep raw text, or skip. Of a
/// padded text it reads the second of three values.
class Reader : public nlohmann::json_sax<nlohmann::json> {
public:
    Reader(const Type& root, void* target, std::size_t size, bool isPadded)
        : root_{&root, target}, size_(size), padded_(isPadded) {}

    bool null() override {
        if (passedOver()) return true;
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
        if (passedOver()) return true;
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
        return integer(value, true, value == 0 ? std::string("-0") : std::to_string(value));
    }
    bool number_unsigned(number_unsigned_t value) override {
        if (skipping_ > 0) return true;
        const bool fits = value <= static_cast<number_unsigned_t>(std::numeric_limits<std::int64_t>::max());
        if (const Frame* top = this->top(); raw_ == nullptr && top != nullptr && !mayBeRaw(*top))
            return integer(static_cast<std::int64_t>(value), fits, {});
        return integer(static_cast<std::int64_t>(value), fits, std::to_string(value));
    }
    bool number_float(number_float_t, const string_t& token) override {
        if (passedOver()) return true;
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
            return fail("expected an integer, found a number with a fraction or out of range");
        else
            return mismatch(*place.type, "a number");
        return true;
    }
    bool string(string_t& value) override {
        if (lost()) return true;
        if (atPadding()) return true;
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
    bool binary(binary_t&) override { return fail("binary values are no JSON"); }

    bool start_object(std::size_t) override { return start('{', Kind::object); }
    bool end_object() override { return end('}'); }
    bool start_array(std::size_t) override { return start('[', Kind::list); }
    bool end_array() override { return end(']'); }

    bool key(string_t& name) override {
        if (lost()) return true;
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
        const std::size_t before = padded_ ? size_ + 20 : 0; // `["`, size_ + 16 bytes of pad, `",`
        position = std::min(position - std::min(position, before), size_);
        return fail(syntaxMessage(error.id == 406, position));
    }

    std::optional<Fault> fault() && { return std::move(fault_); }
    /// For a parser that gave up without saying why.
    bool failed() const { return fault_.has_value(); }
    /// Stops the parser; a padded text is read to its end, for the sake of the pad behind it.
    bool fail(std::string message) {
        if (!fault_) fault_ = Fault{pointer(), std::move(message)};
        return padded_;
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

    /// Whether all that comes now is only passed over.
    bool lost() const { return padded_ && fault_.has_value(); }

    Frame* top() { return used_ > 0 ? &frames_[used_ - 1] : nullptr; }

    static bool mayBeRaw(const Frame& frame) {
        const Type* type = frame.type->kind == Kind::object ? (frame.field != nullptr ? frame.field->type : nullptr)
                                                            : frame.type->element;
        return type != nullptr && type->kind == Kind::rawJson;
    }

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
            if ((frame.seen & bit) != 0) return fail("the field comes twice");
            frame.seen |= bit;
            return true;
        }
        frame.field = nullptr;
        return true;
    }

    bool integer(std::int64_t value, bool fits, std::string text) {
        if (passedOver()) return true;
        if (raw_ != nullptr) return keep(text);
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
            *static_cast<RawJson*>(place.target) = RawJson(std::move(text));
            return true;
        default:
            return mismatch(*place.type, "a number");
        }
    }

    /// For a value that nobody wants, or a fault where only a pad may be.
    bool passedOver() { return lost() || !inside() || skipping_ > 0; }

    /// Between the values of a padded text; counts them.
    bool atPadding() noexcept { return padded_ && depth_ == 0 && elements_++ != 1; }
    /// False, and a fault, for a value where only a pad may be: the text was not one value.
    bool inside() {
        if (!atPadding()) return true;
        fail("not valid JSON");
        return false;
    }

    bool start(char bracket, Kind kind) {
        if (lost()) return true;
        if (padded_ && !opened_) {
            opened_ = true;
            return true;
        }
        if (!inside()) return lost();
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
        if (used_ == frames_.size()) return fail("nested deeper than any reply of the API");
        Frame& frame = frames_[used_++];
        frame.type = place.type;
        frame.target = place.target;
        frame.field = nullptr;
        frame.seen = 0;
        frame.index = 0;
        if (place.type->kind == Kind::object) {
            frame.object = &place.type->object();
            frame.position = frame.object->count - 1;
        } else {
            place.type->clear(place.target);
        }
        return true;
    }

    bool end(char bracket) {
        if (lost()) return true;
        if (padded_ && depth_ == 0) return elements_ == 3 || fail("not valid JSON");
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
                if (field.presence != Presence::required || (frame.seen & (std::uint64_t{1} << i)) != 0) continue;
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
    std::size_t size_; // of the text, without what it is padded with
    bool padded_;
    bool opened_ = false; // the array around a padded text
    int elements_ = 0;    // of it
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

std::optional<Fault> decode(std::string_view text, const Type& type, void* target) {
    // The parser takes a NUL for the end of the text, whatever follows; JSON has none.
    if (const std::size_t nul = text.find('\0'); nul != std::string_view::npos)
        return Fault{{}, syntaxMessage(false, nul + 1)};
    if (text.substr(0, byteOrderMark.size()) == byteOrderMark) text.remove_prefix(byteOrderMark.size());
    const bool secret = holdsSecret(type);
    if (secret) {
        // Where the parser stops, its buffers keep what it has read.
        if (!isUtf8(text)) return Fault{{}, "not valid JSON: it is no UTF-8"};
        if (const auto error = firstSyntaxError(text)) return Fault{{}, syntaxMessage(error->outOfRange, error->byte)};
    }
    Reader reader(type, target, text.size(), secret);
    std::string room;
    if (secret) text = room = padded(text);
    const bool read = nlohmann::json::sax_parse(text.data(), text.data() + text.size(), &reader);
    if (!read && !reader.failed()) reader.fail("not valid JSON");
    wipe(room);
    return std::move(reader).fault();
}

} // namespace json
KONTEXT_END_NAMESPACE
