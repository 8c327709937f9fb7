#!/usr/bin/env bash
# lint [CHECK...]: run the checks format, tidy, cppcheck, shell, cmake, text, spelling, links, versions, layers, or those named (analyzer only if named)
source "$(dirname -- "${BASH_SOURCE[0]}")/common.sh"

checks=(format tidy cppcheck shell cmake text spelling links versions layers)

# One function for each check: it is quiet and succeeds, or prints what is wrong. `set -e` is off in them.
lint_format() { cxx_files | xargs -0 -r "clang-format-$llvm" --dry-run -Werror; }

# clang_tidy BUILD ARGUMENT...: over what BUILD compiles: library, emulator and examples. The inner shell keeps the findings of
# a file together, and drops what is printed about other headers. BUILD is for g++, and clang does not know all of its warnings.
clang_tidy() {
    local build=$1
    shift
    # shellcheck disable=SC2016
    python3 -c 'import json, sys; print(*(entry["file"] for entry in json.load(sys.stdin)), sep="\0", end="")' \
        <"$build/compile_commands.json" | xargs -0 -r -n 1 -P "$jobs" sh -c \
        'found=$("$@" 2>&1) || { printf "%s\n" "$found"; exit 1; }' sh \
        "clang-tidy-$llvm" -p "$build" --quiet --extra-arg=-Wno-unknown-warning-option "$@"
}

# Eight files as one, as most of the time goes into the headers that all of them include: a sixth of the time.
lint_tidy() {
    cmake --preset lint >/dev/null
    clang_tidy build/lint --checks=-bugprone-suspicious-include
}

# File by file, what looks at the main file of a compilation alone.
lint_analyzer() {
    cmake --preset lint -B build/analyzer -DCMAKE_UNITY_BUILD=OFF >/dev/null
    clang_tidy build/analyzer --checks='-*,clang-analyzer-*,misc-unused-*-decls'
}

lint_cppcheck() {
    files 'src/*.cpp' 'examples/*.cpp' | xargs -0 -r cppcheck --quiet -j "$jobs" --std=c++20 --language=c++ -I include -I src \
        --enable=warning,performance,portability --inline-suppr --suppress=missingIncludeSystem --suppress=passedByValue --error-exitcode=1
}

lint_shell() { files dev .ci/run '*.sh' | xargs -0 -r shellcheck --external-sources --source-path=SCRIPTDIR; }

lint_cmake() {
    cmake --list-presets >/dev/null && files '*CMakeLists.txt' '*.cmake' | xargs -0 -r cmake-lint --suppress-decorations -c cmake/lint.yaml --
}

lint_text() { files | xargs -0 -r python3 tools/check_text.py; }

lint_spelling() { files | xargs -0 -r codespell; }

lint_links() { files '*.md' | xargs -0 -r python3 tools/check_links.py; }

lint_versions() { python3 tools/check_versions.py; }

lint_layers() {
    local tested
    tested=$(python3 tools/check_layers_test.py 2>&1) || {
        printf '%s\n' "$tested"
        return 1
    }
    python3 tools/check_layers.py
}

failed=()
if (($# > 0)); then checks=("$@"); fi
for check in "${checks[@]}"; do
    declare -F "lint_$check" >/dev/null || misused "lint has no check '$check'; see ./dev help"
done
need "${library[@]}" "${emulator[@]}" "${tests[@]}" "${format[@]}" "${lint[@]}"
make_scratch
for check in "${checks[@]}"; do
    if "lint_$check" >"$scratch/lint" 2>&1; then
        printf '%-10s ok\n' "$check"
    else
        failed+=("$check")
        printf '%-10s FAILED\n' "$check"
        sed 's/^/    /' "$scratch/lint"
    fi
done
if ((${#failed[@]} > 0)); then die "lint found errors: ${failed[*]}"; fi
