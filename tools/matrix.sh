#!/usr/bin/env bash
# matrix [PATTERN...]: build and test every compiler/build type/library combination, or the rows that match, such as 'clang++-19*'
source "$(dirname -- "${BASH_SOURCE[0]}")/common.sh"

# matrix_row ROW COMMAND...: one line of the table.
matrix_row() {
    local row=$1 start=$SECONDS log=build/matrix/$1.log
    shift
    if "$@" >"$log" 2>&1; then
        printf '%-32s ok      %5d s\n' "$row" $((SECONDS - start))
    else
        printf '%-32s FAILED  %5d s  %s\n' "$row" $((SECONDS - start)) "$log"
        failed+=("$row")
    fi
}

# Everything, with our warnings as errors, and its tests. In one row each file must itself include what it uses.
matrix_all() {
    local dir=build/matrix/$1 compiler=$2 type=$3 shared=$4 alone=OFF
    if [[ $1 == g++-12-Debug-static ]]; then alone=ON; fi
    cmake -S . -B "$dir" -G Ninja -DCMAKE_CXX_COMPILER="$compiler" -DCMAKE_BUILD_TYPE="$type" -DBUILD_SHARED_LIBS="$shared" \
        -DKONTEXT_BUILD_TESTS=ON -DKONTEXT_TESTS_IN_PARTS=ON -DKONTEXT_BUILD_EXAMPLES=ON -DKONTEXT_WERROR=ON \
        -DCMAKE_DISABLE_PRECOMPILE_HEADERS="$alone" &&
        cmake --build "$dir" --parallel "$jobs" -- -k 0 &&
        ctest --test-dir "$dir" --parallel "$jobs" --output-on-failure --no-tests=error &&
        rm -rf -- "$dir"
}

# Library and examples with LLVM's standard library; the emulator uses the other one, as Debian's cpp-httplib does.
matrix_libcxx() {
    local dir=build/matrix/$1 compiler=$2
    cmake -S . -B "$dir" -G Ninja -DCMAKE_CXX_COMPILER="$compiler" -DCMAKE_CXX_FLAGS=-stdlib=libc++ -DCMAKE_BUILD_TYPE=Release \
        -DBUILD_SHARED_LIBS=ON -DKONTEXT_BUILD_EXAMPLES=ON -DKONTEXT_WERROR=ON &&
        cmake --build "$dir" --parallel "$jobs" &&
        ldd "$dir/src/libkontext.so" | grep 'libc++\.so' &&
        "$dir/examples/offline_test" &&
        "$dir/examples/complete" &&
        rm -rf -- "$dir"
}

# The library against the oldest libcurl whose API is supported.
matrix_curl() {
    local dir=build/matrix/$1
    packaging/oldest_libcurl.sh 7.80.0 "$dir/include" &&
        cmake -S . -B "$dir/build" -G Ninja -DCMAKE_CXX_FLAGS="-isystem $root/$dir/include -DCURL_DISABLE_DEPRECATION" -DKONTEXT_WERROR=ON &&
        cmake --build "$dir/build" --parallel "$jobs" &&
        rm -rf -- "$dir"
}

rows=() chosen=() failed=()
if (($# == 0)); then set -- '*'; fi
for compiler in g++-12 clang++-14 clang++-19; do
    for type in Debug Release; do
        rows+=("$compiler-$type-static" "$compiler-$type-shared")
    done
done
rows+=(clang++-14-libc++ libcurl-7.80)
for row in "${rows[@]}"; do
    for pattern in "$@"; do
        # shellcheck disable=SC2053
        if [[ $row == $pattern ]]; then
            chosen+=("$row")
            break
        fi
    done
done
((${#chosen[@]} > 0)) || misused "no row of the matrix matches: $*"
need "${library[@]}" "${emulator[@]}" "${tests[@]}" "${matrix[@]}"
# Debian 12 has clang 19; on a system without it its rows fail, and the others run.
if [[ ${chosen[*]} == *clang++-19* ]]; then (need clang-19) || true; fi
mkdir -p build/matrix
for row in "${chosen[@]}"; do
    case $row in
    *-libc++)
        build release src/emulator/kontext-emulator
        start_emulator
        matrix_row "$row" matrix_libcxx "$row" clang++-14
        stop_emulator
        ;;
    libcurl-*) matrix_row "$row" matrix_curl "$row" ;;
    *)
        IFS=- read -r compiler version type shared <<<"$row"
        shared=${shared/shared/ON}
        matrix_row "$row" matrix_all "$row" "$compiler-$version" "$type" "${shared/static/OFF}"
        ;;
    esac
done
if ((${#failed[@]} > 0)); then die "these rows failed: ${failed[*]}"; fi
