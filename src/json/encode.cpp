#include "json/encode.hpp"

#include <charconv>
#include <cmath>

#include <kontext/errors.hpp>

#include "json/decode.hpp"
#include "json/quote.hpp"
#include "json/surrogates.hpp"
#include "json/utf8.hpp"

KONTEXT_BEGIN_NAMESPACE
namespace json {
namespace {

class Writer {
public:
    Writer(Secrets policy, std::vector<Secret>* secrets) : policy_(policy), secrets_(secrets) {}

    void write(const Type& type, const void* value) {
        switch (type.kind) {
        case Kind::string:
            return quote(*static_cast<const std::string*>(value));
        case Kind::timestamp:
            return quote(static_cast<const Timestamp*>(value)->text());
        case Kind::openEnum:
            return quote(type.text(value));
        case Kind::secret:
            return writeSecret(*static_cast<const Secret*>(value));
        case Kind::rawJson:
            return writeRaw(*static_cast<const RawJson*>(value));
        case Kind::boolean:
            out_ += *static_cast<const bool*>(value) ? "true" : "false";
            return;
        case Kind::integer:
            out_ += std::to_string(*static_cast<const std::int64_t*>(value));
            return;
        case Kind::number:
            return writeNumber(*static_cast<const double*>(value));
        case Kind::object:
            return writeObject(*type.object, value);
        case Kind::list:
            return writeElements(type, value, '[', ']');
        case Kind::map:
            return writeElements(type, value, '{', '}');
        }
    }
    std::string take() { return std::move(out_); }
    bool hasSecrets() const noexcept { return hasSecrets_; }
    /// How long the text can get with the secrets in it.
    std::size_t longest() const noexcept { return out_.size() + secretBytes_; }
    void reserve(std::size_t size) { out_.reserve(size); }

private:
    void writeObject(const Object& object, const void* value) {
        out_.push_back('{');
        for (std::size_t i = 0; i < object.count; ++i) {
            const Field& field = object.fields[i];
            const FieldValue held = field.valueOf(value);
            if (held.state == FieldValue::State::unset) continue;
            if (field.omitEmpty && field.type->empty(held.value)) continue;
            separate();
            appendQuoted(out_, field.name);
            out_.push_back(':');
            const std::size_t before = path_.size();
            if (!path_.empty()) path_.push_back('.');
            path_ += field.name;
            if (held.state == FieldValue::State::null)
                out_ += "null";
            else
                write(*field.type, held.value);
            path_.resize(before);
        }
        out_.push_back('}');
    }

    void writeElements(const Type& type, const void* value, char open, char close) {
        struct Context {
            Writer* writer;
            const Type* type;
        } context{this, &type};
        out_.push_back(open);
        type.each(value, &context, [](void* c, std::string_view key, const void* element) {
            auto& [writer, container] = *static_cast<Context*>(c);
            writer->separate();
            if (container->kind == Kind::map) {
                writer->quote(key);
                writer->out_.push_back(':');
            }
            writer->write(*container->element, element);
        });
        out_.push_back(close);
    }

    void separate() {
        const char last = out_.back();
        if (last != '{' && last != '[' && last != ':') out_.push_back(',');
    }

    void quote(std::string_view text) {
        if (!isUtf8(text)) throw ConfigError(path_, path_ + " is not valid UTF-8");
        appendQuoted(out_, text);
    }
    void writeSecret(const Secret& secret) {
        if (policy_ == Secrets::redact) {
            secretBytes_ += longestEscape * secret.reveal().size();
            hasSecrets_ = true;
            return quote("[redacted]");
        }
        quote(secret.reveal());
        if (secrets_ != nullptr && !secret.empty()) secrets_->push_back(secret);
    }
    void writeRaw(const RawJson& raw) {
        if (raw.text().compare(0, byteOrderMark.size(), byteOrderMark) == 0)
            throw ConfigError(path_, path_ + " is not a valid JSON value: it begins with a byte order mark");
        if (const std::size_t at = findUnpairedSurrogate(raw.text()); at != std::string::npos)
            throw ConfigError(path_, path_ + " is not a valid JSON value: it escapes half a character, at byte "
                                         + std::to_string(at + 1));
        RawJson checked;
        if (const auto fault = decode(raw.text(), checked))
            throw ConfigError(path_, path_ + " is not a valid JSON value: " + fault->message);
        out_ += raw.text();
    }
    void writeNumber(double value) {
        if (!std::isfinite(value)) throw ConfigError(path_, path_ + " is not a finite number");
        char digits[32];
        const auto end = std::to_chars(digits, digits + sizeof digits, value).ptr;
        out_.append(digits, end);
    }

    static constexpr std::size_t longestEscape = 6; // \u0000

    Secrets policy_;
    std::vector<Secret>* secrets_;
    std::size_t secretBytes_ = 0;
    bool hasSecrets_ = false;
    std::string out_{};
    std::string path_{};
};

} // namespace

std::string encode(const Type& type, const void* value, Secrets policy, std::vector<Secret>* secrets) {
    // First without the secrets. If there are any, the second run has room from the start: a buffer that grows leaves
    // copies of what it held behind.
    Writer redacting(Secrets::redact, nullptr);
    redacting.write(type, value);
    if (policy == Secrets::redact || !redacting.hasSecrets()) return redacting.take();
    Writer revealing(Secrets::reveal, secrets);
    revealing.reserve(redacting.longest());
    revealing.write(type, value);
    return revealing.take();
}

} // namespace json
KONTEXT_END_NAMESPACE
