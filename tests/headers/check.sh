#!/usr/bin/env bash
# Checks the public headers:
#   check.sh includes DIR            no heavy standard header is included by one of ours
#   check.sh compile DIR CXX YEAR    each compiles alone and drags in neither curl nor nlohmann, and all of them compile
#                                    under other people's macros
#   check.sh together DIR CXX YEAR   that last part of it
#   check.sh twice DIR CXX           all of them can be included in two units of one program
#   check.sh documented DIR          each enumerator has its sentence, which Doxygen does not look at
# DIR holds kontext/*.hpp. All findings are printed, not the first alone.
set -euo pipefail
export LC_ALL=C

mode=$1
# Relative paths: the names below must not match in the path of the checkout.
cd -- "$2"
scratch=$(mktemp -d -t kontext-headers.XXXXXXXX)
trap 'rm -rf -- "$scratch"' EXIT
failed=0

fault() {
    printf '%s\n' "$*"
    failed=1
}

shopt -s nullglob globstar
headers=(kontext/**/*.hpp)
((${#headers[@]} > 0)) || fault "no headers in $PWD/kontext"

heavy='functional|iostream|regex|future|filesystem|mutex'
# Opt-in headers may have this one: only who wants them pays for it.
mayHaveFunctional='^kontext/mock\.hpp:.*<functional>'
check_includes() {
    if grep -HnE "^[[:space:]]*#[[:space:]]*include[[:space:]]*<($heavy)>" "${headers[@]}" | grep -v "$mayHaveFunctional"; then
        fault "these standard headers cost every user of ours too much: $heavy"
    fi
}

includes() { printf '#include <%s>\n' "$@"; }

check_alone() {
    local header banned
    for header in "${headers[@]}"; do
        includes "$header" >"$scratch/alone.cpp"
        "${compile[@]}" -fsyntax-only -MD -MF "$scratch/depends" "$scratch/alone.cpp" || fault "$header: does not compile alone"
        banned='curl/[a-z]+\.h|nlohmann/[a-z_/]+\.hpp'
        if [[ $header == kontext/json.hpp ]]; then banned='curl/[a-z]+\.h'; fi
        if [[ -f $scratch/depends ]] && grep -oE "[^ ]*/($banned)" "$scratch/depends"; then fault "$header: drags these in"; fi
        rm -f -- "$scratch/depends"
    done
}

# What <windows.h>, the C library and old compilers define. Other libraries' headers come first: only ours must bear it.
check_macros() {
    {
        grep -hoE '^[[:space:]]*#[[:space:]]*include[[:space:]]*<[^>]*>' "${headers[@]}" | grep -v '<kontext/' | sort -u || true
        cat <<'MACROS'
#define min(a, b) (((a) < (b)) ? (a) : (b))
#define max(a, b) (((a) > (b)) ? (a) : (b))
#define small char
#define in
#define out
#define near
#define far
#define interface struct
#undef major
#define major(device) 0
#undef minor
#define minor(device) 0
#undef unix
#define unix 1
#undef linux
#define linux 1
MACROS
        includes "${headers[@]}"
    } >"$scratch/macros.cpp"
    "${compile[@]}" -fsyntax-only "$scratch/macros.cpp" || fault "the headers do not compile under other people's macros"
}

# The macros in and out come before the standard library's headers as well, if one of ours comes first.
check_first_macros() {
    local header
    for header in kontext/management.hpp kontext/mock.hpp kontext/json.hpp kontext/traces.hpp; do
        [[ -f $header ]] || continue
        {
            printf '#define in\n#define out\n'
            includes "$header"
            printf '#if defined(in) && defined(out)\nint macros = 0 in out;\n#endif\nint* user = &macros;\n'
        } >"$scratch/macros.cpp"
        "${compile[@]}" -fsyntax-only "$scratch/macros.cpp" || fault "$header does not compile after the macros in and out"
    done
}

check_twice() {
    includes "${headers[@]}" >"$scratch/unit.cpp"
    "${compile[@]}" -c -o "$scratch/one.o" "$scratch/unit.cpp" || fault "the headers do not compile together"
    cp -- "$scratch/one.o" "$scratch/two.o"
    # A relocatable link finds what is defined twice, and asks for no library.
    "$cxx" -r -nostdlib -o "$scratch/both.o" "$scratch/one.o" "$scratch/two.o" ||
        fault "two units that include the headers do not link"
}

# One enumerator a line, its sentence behind it or on the line before it.
check_documented() {
    local header
    for header in "${headers[@]}"; do
        awk -v header="$header" '
            /^[[:space:]]*enum / { inside = 1 }
            inside && /^[[:space:]]*[A-Za-z_][A-Za-z_0-9]*[[:space:]]*(=[^,]*)?,?[[:space:]]*(\/\/.*)?$/ && !/\/\/\/</ && before !~ /^[[:space:]]*\/\/\/ / {
                print header ":" FNR ":" $0; found = 1
            }
            inside && /{.*[A-Za-z_].*}/ { print header ":" FNR ": the enumerators share a line"; found = 1 }
            inside && /}/ { inside = 0 }
            { before = $0 }
            END { exit found }' "$header" || fault "$header: an enumerator without its sentence"
    done
}

cxx=${3:-}
year=${4:-17}
# Both compilers know C++23 by the name it had before it was one.
if [[ $year == 23 ]]; then year=2b; fi
compile=("$cxx" "-std=c++$year" -I . -Wall -Wextra -Wpedantic -Wconversion -Wshadow -Werror)

case $mode in
includes) check_includes ;;
compile)
    check_alone
    check_macros
    check_first_macros
    ;;
together) check_macros ;;
twice) check_twice ;;
documented) check_documented ;;
*) fault "there is no check '$mode'" ;;
esac
exit "$failed"
