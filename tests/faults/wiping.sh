#!/usr/bin/env bash
# wiping.sh COMPILER...: the library and wiping_test.cpp, compiled as users have them, with -O2, by each of the
# compilers, and run. A wipe that an optimizer removes is removed at -O2 if at all.
set -euo pipefail

root=$(CDPATH='' cd -- "$(dirname -- "${BASH_SOURCE[0]}")/../.." && pwd -P)
scratch=$(mktemp -d -t kontext-wiping.XXXXXXXX)
trap 'rm -rf -- "$scratch"' EXIT
cd -- "$root"

mapfile -t sources < <(find src -name '*.cpp' -not -path 'src/emulator/*' -not -path 'src/mock/*')
support=(tests/support/fault_server.cpp tests/support/tls_material.cpp tests/support/wire_server.cpp)

for compiler in "${@:-c++}"; do
    out=$scratch/$(basename -- "$compiler")
    mkdir -- "$out"
    # compile STANDARD SOURCE
    compile() {
        "$compiler" "-std=c++$1" -O2 -DNDEBUG -Iinclude -Isrc -Itests -c "$2" -o "$out/${2//\//_}.o"
    }
    export -f compile
    export compiler out
    printf '17 %s\n' "${sources[@]}" >"$out/list"
    printf '20 %s\n' "${support[@]}" tests/faults/wiping_test.cpp >>"$out/list"
    # shellcheck disable=SC2016 # they are for the shell that xargs starts
    xargs -P "$(nproc)" -L 1 bash -c 'compile "$0" "$1"' <"$out/list"
    "$compiler" "$out"/*.o -o "$out/wiping" -lcurl -lssl -lcrypto -lgtest -lgtest_main -lpthread
    printf 'wiping.sh: %s\n' "$("$compiler" --version | head -n 1)"
    "$out/wiping" --gtest_brief=1
done
