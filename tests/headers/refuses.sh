#!/usr/bin/env bash
# refuses.sh CXX: check.sh lets a good header pass, and refuses each kind of bad one for the right reason.
set -euo pipefail
export LC_ALL=C

check=$(CDPATH='' cd -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd -P)/check.sh
cxx=$1
scratch=$(mktemp -d -t kontext-refuses.XXXXXXXX)
trap 'rm -rf -- "$scratch"' EXIT
failed=0

# Takes the header from standard input.
lay() {
    rm -rf -- "$scratch/kontext"
    mkdir -- "$scratch/kontext"
    { echo '#pragma once' && cat; } >"$scratch/kontext/$1"
}

run() {
    case $1 in
    compile) bash "$check" compile "$scratch" "$cxx" 17 ;;
    *) bash "$check" "$1" "$scratch" "$cxx" ;;
    esac
}

# passes NAME MODE <<header
passes() {
    lay "$1"
    if ! run "$2" >"$scratch/said" 2>&1; then
        echo "'$2' refuses a good header:"
        cat -- "$scratch/said" "$scratch/kontext/$1"
        failed=1
    fi
}

# refuses MODE WORDS <<header
refuses() {
    lay bad.hpp
    if run "$1" >"$scratch/said" 2>&1; then
        echo "'$1' lets this pass, and should not:"
        cat -- "$scratch/kontext/bad.hpp"
        failed=1
    elif ! grep -qF -- "$2" "$scratch/said"; then
        echo "'$1' refuses this, but does not say '$2':"
        cat -- "$scratch/kontext/bad.hpp" "$scratch/said"
        failed=1
    fi
}

for mode in includes compile twice; do
    passes good.hpp "$mode" <<<$'#include <string>\ninline std::string f() { return {}; }'
done
passes json.hpp compile <<'HEADER'
#pragma push_macro("in")
#pragma push_macro("out")
#undef in
#undef out
#include <nlohmann/json.hpp>
#pragma pop_macro("out")
#pragma pop_macro("in")
HEADER
passes mock.hpp includes <<<'#include <functional>'

for name in functional iostream regex future filesystem mutex; do
    refuses includes bad.hpp <<<"#  include <$name>"
done
refuses compile 'bad.hpp: does not compile alone' <<<'inline std::string f() { return {}; }'
refuses compile 'bad.hpp: does not compile alone' <<<'inline int f(long long v) { return v; }'
refuses compile 'bad.hpp: does not compile alone' <<<'inline int f(int v) { { int v = 1; return v; } }'
refuses compile 'bad.hpp: drags these in' <<<'#include <curl/curl.h>'
refuses compile 'bad.hpp: drags these in' <<<'#include <nlohmann/json_fwd.hpp>'
refuses compile "other people's macros" <<<$'#include <algorithm>\ninline int f(int v) { return std::max(v, 1); }'
refuses compile "other people's macros" <<<$'#include <limits>\ninline int f() { return std::numeric_limits<int>::min(); }\nint min(int v);'
for name in small near far interface linux in out; do
    refuses compile "other people's macros" <<<"inline int f(int $name) { return $name; }"
done
lay management.hpp <<<$'#include <cstdint>\nstruct Bytes { std::int64_t in = 0; };'
if run compile >"$scratch/said" 2>&1 || ! grep -q 'management.hpp does not compile after the macros in and out' "$scratch/said"; then
    echo "a field named in is let pass"
    failed=1
fi
refuses twice 'do not link' <<<'int f() { return 1; }'
refuses twice 'do not link' <<<'int v = 1;'
passes documented.hpp documented <<<$'/// A.\nenum class A {\n    one, ///< One.\n    /// Two.\n    two,\n    three = 3 ///< Three, of which there is\n              ///< more to say.\n};'
refuses documented 'without its sentence' <<<$'enum class A {\n    one, ///< One.\n    two\n};'
refuses documented 'without its sentence' <<<$'enum class A : int {\n    one,\n    two ///< Two.\n};'
refuses documented 'share a line' <<<'enum class A { one, two };'
rm -rf -- "$scratch/kontext"
if bash "$check" includes "$scratch" >/dev/null 2>&1; then
    echo "an empty directory passes"
    failed=1
fi
exit "$failed"
