#!/usr/bin/env bash
# coverage: print the line coverage of src/ and include/ by file, least covered first
source "$(dirname -- "${BASH_SOURCE[0]}")/common.sh"

need "${library[@]}" "${emulator[@]}" "${tests[@]}" "${coverage[@]}"
build coverage
find build/coverage -name '*.gcda' -delete
quietly "testing (coverage)" ctest --preset coverage --parallel "$jobs"
# Threads that count at the same time can make a branch's number negative, which gcovr would reject.
gcovr --root . --filter src/ --filter include/ -j "$jobs" --sort-percentage --print-summary --gcov-ignore-parse-errors build/coverage
