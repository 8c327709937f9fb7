#!/usr/bin/env bash
# forgotten.sh CXX: a Fields table without a row for each member of its struct does not compile, and the message says why
# and for which struct.
set -euo pipefail
export LC_ALL=C

root=$(CDPATH='' cd -- "$(dirname -- "${BASH_SOURCE[0]}")/../.." && pwd -P)
cxx=$1
scratch=$(mktemp -d -t kontext-forgotten.XXXXXXXX)
trap 'rm -rf -- "$scratch"' EXIT
failed=0

# compiles ROWS: the table of a struct whose two flags stand where sizeof does not show them.
compiles() {
    cat >"$scratch/table.cpp" <<EOF
#include "json/mapping.hpp"
KONTEXT_BEGIN_NAMESPACE
struct Switches {
    std::int64_t count = 0;
    bool first = false;
    bool second = false;
};
template <>
struct json::Fields<Switches> {
    static constexpr FieldList list{$1};
};
KONTEXT_END_NAMESPACE
EOF
    "$cxx" -std=c++17 -fsyntax-only -I"$root/include" -I"$root/src" "$scratch/table.cpp" >"$scratch/said" 2>&1
}

# refuses ROWS
refuses() {
    if compiles "$1"; then
        echo "this compiles, and should not: $1"
        failed=1
        return
    fi
    if ! grep -qE 'static.assert(ion)? failed.*a member of the struct has no row in its Fields table' "$scratch/said" \
        || ! grep -qE '(areAllMembers<|T = )[a-z0-9_:]*Switches' "$scratch/said"; then
        echo "the compiler refuses this, but does not say why and for which struct: $1"
        cat -- "$scratch/said"
        failed=1
    fi
}

count='field<&Switches::count>("count")'
first='field<&Switches::first>("first")'
second='field<&Switches::second>("second")'

if ! compiles "$count, $first, $second"; then
    echo 'the whole table does not compile:'
    cat -- "$scratch/said"
    failed=1
fi
refuses "$count, $first"
refuses "$count, $second"
exit "$failed"
