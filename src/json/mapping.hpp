// How C++ values map to JSON, as constant tables. A resource declares its structs with it, one line a field, and
// decode.cpp and encode.cpp walk the tables: no template of theirs is instantiated for each struct, and no resource
// sees a JSON library.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include <kontext/open_enum.hpp>
#include <kontext/page.hpp>
#include <kontext/patch.hpp>
#include <kontext/raw_json.hpp>
#include <kontext/secret.hpp>
#include <kontext/timestamp.hpp>

KONTEXT_BEGIN_NAMESPACE
namespace json {

enum class Kind : std::uint8_t {
    string,
    secret,
    timestamp,
    openEnum,
    rawJson,
    boolean,
    integer,
    number,
    object,
    list,
    map
};

struct Object;

/// How to reach into a C++ value; what its kind does not need is null.
struct Type {
    Kind kind;
    bool holdsSecret = false; // whether values of the type may hold one
    const Object* object = nullptr;
    const Type* element = nullptr;                                // of a list or map
    bool (*empty)(const void* value) = nullptr;                   // list, map
    void (*clear)(void* value) = nullptr;                         // list, map
    void* (*append)(void* list) = nullptr;                        // a new last element
    void* (*entry)(void* map, std::string_view key) = nullptr;    // the element under the key, new if need be
    void (*assign)(void* value, std::string_view text) = nullptr; // openEnum
    std::string_view (*text)(const void* value) = nullptr;        // openEnum
    void (*each)(const void* value, void* context,
                 void (*visit)(void* context, std::string_view key, const void* element)) = nullptr;
};

/// What an optional field or a Patch holds, for the encoder.
struct FieldValue {
    enum class State : std::uint8_t { unset, null, value } state;
    const void* value;
};

struct Field {
    std::string_view name;
    const Type* type;
    void* (*open)(void* object);               // the place for the value; an optional is filled
    void (*reset)(void* object);               // null came: an optional is emptied; null if the field is no optional
    FieldValue (*valueOf)(const void* object); // what to send
    bool isRequired = false;                   // a response without it cannot be read
    bool omitEmpty = false;                    // a request leaves out an empty list or map
};

struct Object {
    const Field* fields;
    std::size_t count;
};

/// The field that a struct T keeps in a member of type M.
template <class T, class M>
struct Row : Field {};

template <class T, class... M>
constexpr auto canInitialize(int) -> decltype(void(T{std::declval<M>()...}), true) {
    return true;
}
template <class T, class... M>
constexpr bool canInitialize(long) {
    return false;
}
template <class T, class... M>
constexpr auto canInitializeAndMore(int) -> decltype(void(T{std::declval<M>()..., {}}), true) {
    return true;
}
template <class T, class... M>
constexpr bool canInitializeAndMore(long) {
    return false;
}

/// Whether T has members of these types and no more: it can be initialized from them, and not from one value more,
/// which is `{}`, or for a Patch nullopt. The values are of the members' own types, since one that converts to anything
/// is ambiguous for a Patch<bool>.
template <class T, class... M>
inline constexpr bool areAllMembers = canInitialize<T, M...>(0) && !canInitializeAndMore<T, M...>(0)
                                      && !canInitialize<T, M..., std::nullopt_t>(0);

/// The fields of a struct, one row for each member, in the order of the members. A member that is forgotten would
/// silently be neither read nor sent, so it does not compile.
template <class T, std::size_t N>
struct FieldList {
    Field rows[N];

    template <class... M>
    constexpr FieldList(Row<T, M>... row) : rows{row...} {
        static_assert(areAllMembers<T, M...>,
                      "a member of the struct has no row in its Fields table, or the rows stand "
                      "in another order than the members");
        static_assert(N <= 64, "the decoder notes the fields that it saw in 64 bits");
    }
};
template <class T, class... M>
FieldList(Row<T, M>...) -> FieldList<T, sizeof...(M)>;

/// The table of a struct: `template <> struct Fields<Trace> { static constexpr FieldList list{…}; };`, specialized
/// where the struct is used; for a value that <kontext/json.hpp> prints, KONTEXT_JSON_VALUE (text.hpp) writes it.
template <class T>
struct Fields;

template <class T, std::size_t N>
constexpr Object toObject(const FieldList<T, N>& list) {
    return {list.rows, N};
}
template <class T>
inline constexpr Object objectOf = toObject<T>(Fields<T>::list);

template <class T>
struct IsOpenEnum {
    template <class E>
    static std::true_type test(const OpenEnum<E>*);
    static std::false_type test(...);
    static constexpr bool value = decltype(test(static_cast<const T*>(nullptr)))::value;
};

template <class T>
struct TypeOf;
template <class T>
inline constexpr Type typeOf = TypeOf<T>::make();

template <class T>
struct TypeOf {
    static constexpr Type make() {
        Type type{Kind::object};
        if constexpr (std::is_same_v<T, std::string>) {
            type.kind = Kind::string;
        } else if constexpr (std::is_same_v<T, Secret>) {
            type.kind = Kind::secret;
            type.holdsSecret = true;
        } else if constexpr (std::is_same_v<T, Timestamp>) {
            type.kind = Kind::timestamp;
        } else if constexpr (std::is_same_v<T, RawJson>) {
            type.kind = Kind::rawJson;
        } else if constexpr (std::is_same_v<T, bool>) {
            type.kind = Kind::boolean;
        } else if constexpr (std::is_same_v<T, std::int64_t>) {
            type.kind = Kind::integer;
        } else if constexpr (std::is_same_v<T, double>) {
            type.kind = Kind::number;
        } else if constexpr (IsOpenEnum<T>::value) {
            type.kind = Kind::openEnum;
            type.assign = [](void* value, std::string_view text) { *static_cast<T*>(value) = T(text); };
            type.text = [](const void* value) { return std::string_view(static_cast<const T*>(value)->str()); };
        } else {
            type.object = &objectOf<T>;
            for (const Field& field : Fields<T>::list.rows)
                type.holdsSecret = type.holdsSecret || field.type->holdsSecret;
        }
        return type;
    }
};

template <class E>
struct TypeOf<std::vector<E>> {
    static constexpr Type make() {
        Type type{Kind::list};
        type.holdsSecret = typeOf<E>.holdsSecret;
        type.element = &typeOf<E>;
        type.empty = [](const void* list) { return static_cast<const std::vector<E>*>(list)->empty(); };
        type.clear = [](void* list) { static_cast<std::vector<E>*>(list)->clear(); };
        type.append = [](void* list) -> void* { return &static_cast<std::vector<E>*>(list)->emplace_back(); };
        type.each = [](const void* list, void* context, void (*visit)(void*, std::string_view, const void*)) {
            for (const E& element : *static_cast<const std::vector<E>*>(list))
                visit(context, {}, &element);
        };
        return type;
    }
};

template <class E>
struct TypeOf<std::map<std::string, E>> {
    using Map = std::map<std::string, E>;
    static constexpr Type make() {
        Type type{Kind::map};
        type.holdsSecret = typeOf<E>.holdsSecret;
        type.element = &typeOf<E>;
        type.empty = [](const void* map) { return static_cast<const Map*>(map)->empty(); };
        type.clear = [](void* map) { static_cast<Map*>(map)->clear(); };
        type.entry = [](void* map, std::string_view key) -> void* {
            return &(*static_cast<Map*>(map))[std::string(key)];
        };
        type.each = [](const void* map, void* context, void (*visit)(void*, std::string_view, const void*)) {
            for (const auto& [key, element] : *static_cast<const Map*>(map))
                visit(context, key, &element);
        };
        return type;
    }
};

/// What a field of type M holds: itself, or what its optional or Patch may hold.
template <class M>
struct MemberTraits {
    using Value = M;
    static void* open(M& member) { return &member; }
    static FieldValue valueOf(const M& member) { return {FieldValue::State::value, &member}; }
};
template <class T>
struct MemberTraits<std::optional<T>> {
    using Value = T;
    static void* open(std::optional<T>& member) { return &member.emplace(); }
    static FieldValue valueOf(const std::optional<T>& member) {
        return member ? FieldValue{FieldValue::State::value, &*member} : FieldValue{FieldValue::State::unset, nullptr};
    }
};
template <class T>
struct MemberTraits<Patch<T>> {
    using Value = T;
    static FieldValue valueOf(const Patch<T>& member) {
        if (member.value()) return {FieldValue::State::value, &*member.value()};
        return {member.isNull() ? FieldValue::State::null : FieldValue::State::unset, nullptr};
    }
};

template <class T>
struct MemberOf;
template <class C, class M>
struct MemberOf<M C::*> {
    using Class = C;
    using Member = M;
};
template <class M>
struct IsOptional : std::false_type {};
template <class T>
struct IsOptional<std::optional<T>> : std::true_type {};
template <class M>
struct IsPatch : std::false_type {};
template <class T>
struct IsPatch<Patch<T>> : std::true_type {};

/// A field that may be missing or null.
template <auto Member>
constexpr auto field(std::string_view name) {
    using Class = typename MemberOf<decltype(Member)>::Class;
    using M = typename MemberOf<decltype(Member)>::Member;
    Row<Class, M> row{};
    row.name = name;
    row.type = &typeOf<typename MemberTraits<M>::Value>;
    if constexpr (!IsPatch<M>::value) {
        row.open = [](void* object) -> void* { return MemberTraits<M>::open(static_cast<Class*>(object)->*Member); };
    }
    if constexpr (IsOptional<M>::value) {
        row.reset = [](void* object) { (static_cast<Class*>(object)->*Member).reset(); };
    }
    row.valueOf = [](const void* object) {
        return MemberTraits<M>::valueOf(static_cast<const Class*>(object)->*Member);
    };
    return row;
}

/// The identifying field: a response without it cannot be read.
template <auto Member>
constexpr auto required(std::string_view name) {
    auto row = field<Member>(name);
    row.isRequired = true;
    return row;
}

/// A list or map that is left out of a request when it is empty.
template <auto Member>
constexpr auto unlessEmpty(std::string_view name) {
    using Value = typename MemberTraits<typename MemberOf<decltype(Member)>::Member>::Value;
    static_assert(typeOf<Value>.empty != nullptr, "only a list or a map can be empty");
    auto row = field<Member>(name);
    row.omitEmpty = true;
    return row;
}

template <class T>
struct Fields<Page<T>> {
    static constexpr FieldList list{field<&Page<T>::items>("items"), field<&Page<T>::nextCursor>("nextCursor")};
};
template <class T>
struct Fields<Items<T>> {
    static constexpr FieldList list{field<&Items<T>::items>("items")};
};

} // namespace json
KONTEXT_END_NAMESPACE
