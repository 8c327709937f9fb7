#!/usr/bin/env bash
# run.sh BUILD_DIR: installs the library into a prefix of its own, shared and static, moves the prefix elsewhere, and
# builds and runs programs that use it in every way people do. One line each; all are tried.
# The checks are called by name, through try.
# shellcheck disable=SC2317
set -euo pipefail
export LC_ALL=C

here=$(CDPATH='' cd -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd -P)
source=$(CDPATH='' cd -- "$here/../.." && pwd -P)
mkdir -p -- "$1"
work=$(CDPATH='' cd -- "$1" && pwd -P)
prefix=$work/moved
failed=0

# try NAME COMMAND...: one line, and what was printed only if it fails.
try() {
    local name=$1
    shift
    if "$@" >"$work/log" 2>&1; then
        printf '%-34s ok\n' "$name"
    else
        printf '%-34s FAILED\n' "$name"
        sed 's/^/    /' "$work/log"
        failed=1
    fi
}

install_kind() {
    local kind=$1 shared=$2
    cmake -S "$source" -B "$work/$kind" -G Ninja -DCMAKE_BUILD_TYPE=Release -DBUILD_SHARED_LIBS="$shared" \
        -DCMAKE_INSTALL_PREFIX="$work/first" -DKONTEXT_WERROR=ON &&
        cmake --build "$work/$kind" && cmake --install "$work/$kind"
}

# build_with CMAKE-OPTION...: configures, builds and runs tests/consumer.
build_with() {
    rm -rf -- "$work/consumer"
    cmake -S "$here" -B "$work/consumer" -G Ninja -DCMAKE_BUILD_TYPE=Debug "$@" &&
        cmake --build "$work/consumer" &&
        ctest --test-dir "$work/consumer" --output-on-failure --no-tests=error
}

from_prefix() { build_with -DCMAKE_PREFIX_PATH="$prefix" "-DKONTEXT_COMPONENTS=$1" "${@:2}"; }
from_source() { build_with -DKONTEXT_BY="$1" -DKONTEXT_SOURCE="$source" -DBUILD_SHARED_LIBS="$2"; }

# Whether the program that was built from the prefix uses the shared library.
is_dynamic() { ldd "$work/consumer/app" | grep -q 'libkontext\.so'; }
# Who uses the shared library needs nothing of libcurl, not even that CMake finds it.
find_shared() { from_prefix shared -DCMAKE_DISABLE_FIND_PACKAGE_CURL=ON && is_dynamic; }
find_static() { from_prefix static && ! is_dynamic; }
find_either() { from_prefix "" && is_dynamic; }

pc() { PKG_CONFIG_PATH=$(dirname -- "$(find "$prefix" -name kontext.pc)") pkg-config "$@" kontext; }

by_pkg_config() {
    local flags libs libdir
    read -ra flags <<<"$(pc --cflags)"
    read -ra libs <<<"$(pc --libs)"
    libdir=$(pc --variable=libdir)
    g++ -std=c++17 "${flags[@]}" "$here/app.cpp" -L"$libdir" -lkontext_mock "${libs[@]}" -o "$work/pc-app" &&
        LD_LIBRARY_PATH=$libdir "$work/pc-app" &&
        ldd "$work/pc-app" | grep -q 'libkontext\.so\.0\.1'
}

by_pkg_config_static() {
    local flags libs libdir
    read -ra flags <<<"$(pc --cflags)"
    read -ra libs <<<"$(pc --static --libs)"
    libdir=$(pc --variable=libdir)
    # The archive by its name: -lkontext would find the shared library beside it.
    libs=("${libs[@]/#-lkontext/-l:libkontext.a}")
    g++ -std=c++17 "${flags[@]}" "$here/app.cpp" -L"$libdir" -lkontext_mock "${libs[@]}" -o "$work/pc-static" &&
        "$work/pc-static" && ! ldd "$work/pc-static" | grep -q libkontext
}

# Where the static library is alone, as a plain `cmake --install` has it, the README's command needs no --static.
by_pkg_config_alone() {
    local flags libs prefix=$work/alone
    rm -rf -- "$prefix" && cmake --install "$work/static" --prefix "$prefix" || return
    read -ra flags <<<"$(pc --cflags)"
    read -ra libs <<<"$(pc --libs)"
    g++ -std=c++20 "${flags[@]}" "$here/app.cpp" -L"$(pc --variable=libdir)" -lkontext_mock "${libs[@]}" -o "$work/pc-alone" && "$work/pc-alone"
}

# A consumer that names another minor version gets a clear no.
refuses_other_version() {
    mkdir -p "$work/other" &&
        printf 'cmake_minimum_required(VERSION 3.16)\nproject(other LANGUAGES CXX)\nfind_package(kontext 0.2 CONFIG REQUIRED)\n' \
            >"$work/other/CMakeLists.txt" &&
        ! cmake -S "$work/other" -B "$work/other/build" -DCMAKE_PREFIX_PATH="$prefix" >"$work/other/said" 2>&1 &&
        grep -q 'compatible with requested version' "$work/other/said"
}

# Exported, nothing but our own: hidden visibility works, and curl and nlohmann stay inside.
exports_only_ours() {
    local strange
    strange=$(nm -DC --defined-only "$(find "$prefix" -name libkontext.so.0.1.0)" |
        sed 's/^[0-9a-f]* [A-Za-z] //' |
        grep -vE '^(typeinfo (name )?for |vtable for |non-virtual thunk to |std::.* )?kontext::v0_1::' |
        grep -vE '^(typeinfo|vtable|VTT|construction vtable|guard variable) .*|^std::|^void std::|^bool std::|^char\* std::|^__gnu|^operator|^_init|^_fini' || true)
    printf '%s\n' "$strange"
    [[ -z $strange ]]
}

no_machine_paths() {
    # Only the prefix that it was configured for would do harm; the moved tree must not name it.
    ! grep -rIl -- "$work/first\|$source" "$prefix/lib"*/ "$prefix"/lib/*/cmake "$prefix"/lib/*/pkgconfig 2>/dev/null
}

rm -rf -- "$work/first" "$prefix"
try "versions and recipes" python3 "$source/packaging/check.py"
try "install shared" install_kind shared ON
try "install static" install_kind static OFF
mv -- "$work/first" "$prefix"
try "no path of the build inside" no_machine_paths
try "exports our names alone" exports_only_ours
try "find_package, shared" find_shared
try "find_package, static" find_static
try "find_package, no component" find_either
try "find_package, another version" refuses_other_version
try "pkg-config and g++, shared" by_pkg_config
try "pkg-config and g++, static" by_pkg_config_static
try "pkg-config and g++, static alone" by_pkg_config_alone
try "add_subdirectory, static" from_source add_subdirectory OFF
try "add_subdirectory, shared" from_source add_subdirectory ON
try "FetchContent of a checkout" from_source fetch_content OFF
exit "$failed"
