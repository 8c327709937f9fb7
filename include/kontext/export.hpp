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
/// Closes what `KONTEXT_BEGIN_NAMESPACE` opened.
#define KONTEXT_END_NAMESPACE                                                                                          \
    }                                                                                                                  \
    }
