/// @file
/// Which symbols the shared library exports, and the inline namespace that carries the ABI version.
#pragma once

/// @namespace kontext
/// All names of the library. Those in a namespace called `detail` are its own, and not for use.

/// What the shared library exports.
#define KONTEXT_API __attribute__((visibility("default")))

/// Opens `kontext::v0_1`. The inline namespace is the ABI version: two incompatible releases can live in one process.
#define KONTEXT_BEGIN_NAMESPACE                                                                                        \
    namespace kontext {                                                                                                \
    inline namespace v0_1 {
/// Stands in each struct that compares with `==`, which compilers of C++20 write by themselves. In C++17 there is none;
/// the layout is the same.
#if defined(__cpp_impl_three_way_comparison) && __cpp_impl_three_way_comparison >= 201907L
#    define KONTEXT_EQUALITY(Struct) friend bool operator==(const Struct&, const Struct&) = default
#else
#    define KONTEXT_EQUALITY(Struct) struct KontextComparesInCpp20
#endif
/// Stands in each struct that the API returns: it compares, and <kontext/json.hpp> prints and reads it.
#define KONTEXT_VALUE(Struct)                                                                                          \
    KONTEXT_EQUALITY(Struct);                                                                                          \
    using KontextValue = Struct
/// Likewise, in each struct that the API lists: <kontext/json.hpp> reads lists of it, too.
#define KONTEXT_ITEM(Struct)                                                                                           \
    KONTEXT_VALUE(Struct);                                                                                             \
    using KontextItem = Struct
/// Stands in each struct that the API is sent: it compares, and <kontext/json.hpp> prints it.
#define KONTEXT_INPUT(Struct)                                                                                          \
    KONTEXT_EQUALITY(Struct);                                                                                          \
    using KontextInput = Struct

/// Closes what `KONTEXT_BEGIN_NAMESPACE` opened.
#define KONTEXT_END_NAMESPACE                                                                                          \
    }                                                                                                                  \
    }
