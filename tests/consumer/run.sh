#!/usr/bin/env bash
# run.sh BUILD_DIR JOBS: installs the library into a prefix of its own, shared and static, moves the prefix elsewhere, and
# builds and runs programs that use it in every way people do. One line each, with its seconds; all are tried.
#
# The library is compiled twice, which is what takes the time: once as a part of another project, by add_subdirectory,
# shared, with its install rules switched on; and once alone, static, as `cmake -S .` makes it.
#
# The README's own program runs against the server that KONTEXT_API_BASE_URL and the two credentials name.
# The checks are called by name, through try.
# shellcheck disable=SC2317
set -euo pipefail
export LC_ALL=C

here=$(CDPATH='' cd -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd -P)
source=$(CDPATH='' cd -- "$here/../.." && pwd -P)
mkdir -p -- "$1"
work=$(CDPATH='' cd -- "$1" && pwd -P)
jobs=$2
prefix=$work/moved
alone=$work/alone
failed=0

# try NAME COMMAND...: one line, and what was printed only if it fails.
try() {
    local name=$1 start=$SECONDS
    shift
    if "$@" >"$work/log" 2>&1; then
        printf '%-38s ok     %4d s\n' "$name" $((SECONDS - start))
    else
        printf '%-38s FAILED %4d s\n' "$name" $((SECONDS - start))
        sed 's/^/    /' "$work/log"
        failed=1
    fi
}

# build_with DIRECTORY CMAKE-OPTION...: configures, builds and runs tests/consumer.
build_with() {
    local dir=$work/$1
    shift
    cmake -S "$here" -B "$dir" -G Ninja -DCMAKE_BUILD_TYPE=Debug "$@" &&
        cmake --build "$dir" --parallel "$jobs" &&
        ctest --test-dir "$dir" --parallel "$jobs" --output-on-failure --no-tests=error
}

# As a part of another project, which installs it with itself, and has many files compiled as one.
by_add_subdirectory() {
    build_with shared -DKONTEXT_BY=add_subdirectory -DKONTEXT_SOURCE="$source" -DBUILD_SHARED_LIBS=ON -DCMAKE_UNITY_BUILD=ON \
        -DKONTEXT_INSTALL=ON -DCMAKE_INSTALL_PREFIX="$work/first" && is_dynamic shared
}

# The same, so that it finds the objects of add_subdirectory: nothing but the consumer is linked anew.
by_fetch_content() {
    build_with shared -DKONTEXT_BY=fetch_content -DKONTEXT_SOURCE="$source" -DBUILD_SHARED_LIBS=ON -DCMAKE_UNITY_BUILD=ON && is_dynamic shared
}

install_shared() { cmake --install "$work/shared"; }

install_static() {
    cmake -S "$source" -B "$work/static" -G Ninja -DCMAKE_BUILD_TYPE=Release -DBUILD_SHARED_LIBS=OFF \
        -DCMAKE_INSTALL_PREFIX="$work/first" -DKONTEXT_WERROR=ON &&
        cmake --build "$work/static" --parallel "$jobs" && cmake --install "$work/static"
}

# from_prefix COMPONENTS CMAKE-OPTION...
from_prefix() {
    rm -rf -- "$work/consumer"
    build_with consumer -DCMAKE_PREFIX_PATH="$prefix" "-DKONTEXT_COMPONENTS=$1" "${@:2}"
}

uses_shared() { [[ $(ldd "$work/$1") == *libkontext.so.0.1* ]]; }
# is_dynamic DIRECTORY: whether the program that was built there uses the shared library.
is_dynamic() { uses_shared "$1/app"; }
# Who uses the shared library needs nothing of libcurl, not even that CMake finds it.
find_shared() { from_prefix shared -DCMAKE_DISABLE_FIND_PACKAGE_CURL=ON && is_dynamic consumer; }
find_static() { from_prefix static && ! is_dynamic consumer; }
# Without a component BUILD_SHARED_LIBS chooses, and where that is not set the shared one comes first.
find_either() { from_prefix "" && is_dynamic consumer; }

# pc PREFIX OPTION...
pc() { PKG_CONFIG_PATH=$(dirname -- "$(find "$1" -name kontext.pc)") pkg-config "${@:2}" kontext; }

# pkg_config PREFIX NAME OPTION-OF-PKG-CONFIG...: compiles and runs app.cpp with the flags that pkg-config gives.
pkg_config() {
    local flags libs libdir program=$work/$2
    read -ra flags <<<"$(pc "$1" --cflags)"
    read -ra libs <<<"$(pc "$1" --libs "${@:3}")"
    libdir=$(pc "$1" --variable=libdir)
    g++ -std=c++17 "${flags[@]}" "$here/app.cpp" -L"$libdir" -lkontext_mock "${libs[@]}" -o "$program" &&
        LD_LIBRARY_PATH=$libdir "$program"
}


# Where the shared library is alone, as in the Debian package but for the archive: it needs nothing of libcurl at the link.
by_pkg_config_shared_alone() {
    rm -rf -- "$alone" && cmake --install "$work/shared" --prefix "$alone" || return
    pkg_config "$alone" pc-shared && uses_shared pc-shared && [[ $(pc "$alone" --libs) != *curl* ]]
}

# Where the static library is alone, as a plain `cmake --install` has it, no --static is needed.
by_pkg_config_static_alone() {
    rm -rf -- "$alone" && cmake --install "$work/static" --prefix "$alone" || return
    pkg_config "$alone" pc-static && ! uses_shared pc-static
}

by_pkg_config() { pkg_config "$prefix" pc-both && uses_shared pc-both; }

# readme_program KIND: the README's first program by the README's command, to the letter, and a run of it. What an
# installation below /usr or /usr/local gives by itself comes from variables here.
readme_program() {
    local dir=$work/readme libdir
    rm -rf -- "$dir" && mkdir -- "$dir" || return
    libdir=$(pc "$prefix" --variable=libdir)
    bash "$here/readme.sh" program "$source/README.md" >"$dir/app.cpp" &&
        bash "$here/readme.sh" "$1" "$source/README.md" >"$dir/command" &&
        (cd -- "$dir" && PKG_CONFIG_PATH=$libdir/pkgconfig LIBRARY_PATH=$libdir sh -e ./command &&
            LD_LIBRARY_PATH=$libdir ./a.out >said) &&
        grep '^created ' "$dir/said"
}
readme_shared() { readme_program shared && uses_shared readme/a.out; }
readme_static() { readme_program static && ! uses_shared readme/a.out; }

# two_versions: the static library, and one whose inline namespace has another name, in one program.
two_versions() {
    local dir=$work/two name=v9_9
    rm -rf -- "$dir" && mkdir -p -- "$dir" || return
    cp -R -- "$source/CMakeLists.txt" "$source/cmake" "$source/include" "$source/src" "$dir" &&
        sed -i "s/inline namespace v[0-9]*_[0-9]*/inline namespace $name/" "$dir/include/kontext/export.hpp" &&
        grep -q "inline namespace $name" "$dir/include/kontext/export.hpp" &&
        cmake -S "$dir" -B "$dir/build" -G Ninja -DCMAKE_BUILD_TYPE=None -DBUILD_SHARED_LIBS=OFF -DCMAKE_UNITY_BUILD=ON &&
        cmake --build "$dir/build" --parallel "$jobs" --target kontext kontext_mock &&
        g++ -std=c++17 -I "$prefix/include" -c "$here/two_versions.cpp" -o "$dir/first.o" &&
        g++ -std=c++17 -I "$dir/include" -DSECOND -c "$here/two_versions.cpp" -o "$dir/second.o" || return
    local libdir
    libdir=$(pc "$prefix" --variable=libdir)
    g++ "$dir/first.o" "$dir/second.o" "$libdir/libkontext_mock.a" "$libdir/libkontext.a" \
        "$dir/build/src/mock/libkontext_mock.a" "$dir/build/src/libkontext.a" -lcurl -pthread -o "$dir/app" && "$dir/app" &&
        bash "$here/../symbols/versioned.sh" "$libdir/libkontext.a" "$libdir/libkontext_mock.a"
}

# A consumer that names another minor version gets a clear no.
refuses_other_version() {
    rm -rf -- "$work/other" && mkdir -p "$work/other" &&
        printf 'cmake_minimum_required(VERSION 3.16)\nproject(other LANGUAGES CXX)\nfind_package(kontext 0.2 CONFIG REQUIRED)\n' \
            >"$work/other/CMakeLists.txt" &&
        ! cmake -S "$work/other" -B "$work/other/build" -G Ninja -DCMAKE_PREFIX_PATH="$prefix" >"$work/other/said" 2>&1 &&
        grep -q 'compatible with requested version' "$work/other/said"
}

# exports LIBRARY: what of its exported symbols is neither ours nor of the standard library's templates, which every user
# has as well: hidden visibility works, and curl and nlohmann stay inside. Virtual tables, type information, thunks, local
# variables and their guards count by whose they are; an argument of a template is looked at too.
strange_exports() {
    nm -D --defined-only "$1" | sed 's/^[0-9a-f]* [A-Za-z] //' | awk '
        /nlohmann|curl/ { print; next }
        /^_init$|^_fini$/ { next }
        !/^_Z(GV)?Z?(T[VISTC]|T[chv][0-9n_]+)?N?[KVRO]*(7kontext|S[tabsiod]|9__gnu_cxx)/' | c++filt
}

exports_only_ours() {
    local strange
    strange=$(strange_exports "$(find "$prefix" -name libkontext.so.0.1.0)")
    printf '%s\n' "$strange"
    [[ -z $strange ]]
}

# The check before is none if it lets this library pass.
strange_exports_are_seen() {
    printf '%s\n' 'namespace nlohmann { struct A { virtual ~A(); int a; }; A::~A() {} inline int f() { static A a; return a.a; } int k() { return f(); } }' \
        '#include <vector>' 'template class std::vector<nlohmann::A*>; namespace other { int g() { return 1; } }' 'extern "C" int h() { return 2; }' |
        g++ -shared -fPIC -x c++ - -o "$work/strange.so" || return
    local seen name
    seen=$(strange_exports "$work/strange.so")
    for name in 'typeinfo for nlohmann::A' 'vtable for nlohmann::A' 'guard variable for nlohmann::f' 'nlohmann::f()' 'other::g()' h \
        'std::vector<nlohmann::A'; do
        [[ $seen == *"$name"* ]] || { echo "unseen: $name" && return 1; }
    done
}

# Where the library was built and was to be installed; the moved tree must name neither.
no_machine_paths() {
    local found
    found=$(grep -rIlF -e "$work/" -e "$source" "$prefix" || true)
    found+=$(readelf -d "$(find "$prefix" -name libkontext.so.0.1.0)" | grep -E 'RPATH|RUNPATH' || true)
    printf '%s\n' "$found"
    [[ -z $found ]]
}

rm -rf -- "$work/first" "$prefix"
try "add_subdirectory, shared" by_add_subdirectory
try "install shared" install_shared
try "FetchContent of a checkout" by_fetch_content
try "install static" install_static
mv -- "$work/first" "$prefix"
try "no path of the build inside" no_machine_paths
try "exports our names alone" exports_only_ours
try "another's names would be seen" strange_exports_are_seen
try "find_package, shared" find_shared
try "find_package, static" find_static
try "find_package, no component" find_either
try "find_package, another version" refuses_other_version
try "pkg-config and g++, both there" by_pkg_config
try "pkg-config and g++, shared alone" by_pkg_config_shared_alone
try "pkg-config and g++, static alone" by_pkg_config_static_alone
try "two versions in one program, static" two_versions
try "the README's program, shared" readme_shared
try "the README's program, static" readme_static
exit "$failed"
