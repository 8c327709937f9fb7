// C++ values into JSON text, by the tables of mapping.hpp.
#pragma once

#include <string>
#include <vector>

#include <kontext/export.hpp>

#include "json/mapping.hpp"

KONTEXT_BEGIN_NAMESPACE
namespace json {

enum class Secrets { reveal, redact };
/// Enumerations, timestamps and raw JSON that have no value, though their field may have been assigned.
enum class Empty { write, leaveOut };

/// The text, compact, with unset fields left out. `secrets` collects what secrets it holds, so that an error that
/// quotes the request can be cleaned. Throws ConfigError, naming the field, for a string that is no UTF-8, a RawJson
/// that is no JSON and a number that JSON has no word for.
std::string encode(const Type& type, const void* value, Secrets policy, std::vector<Secret>* secrets = nullptr,
                   Empty empty = Empty::write);

template <class T>
std::string encode(const T& value, Secrets policy = Secrets::reveal, std::vector<Secret>* secrets = nullptr) {
    return encode(typeOf<T>, &value, policy, secrets);
}

} // namespace json
KONTEXT_END_NAMESPACE
