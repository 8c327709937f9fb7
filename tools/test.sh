#!/usr/bin/env bash
# test [ARGUMENT...]: build and run all tests; the arguments are passed to ctest (-R Retry runs those whose name matches)
source "$(dirname -- "${BASH_SOURCE[0]}")/common.sh"

need "${library[@]}" "${emulator[@]}" "${tests[@]}"
build dev
if (($# == 0)); then
    export KONTEXT_WHOLE_SUITE=1
    ctest --preset dev --parallel "$jobs"
    exit
fi
# Some of them: each test has a process and a name of its own.
ctest --preset dev --label-exclude '^parts$' --parallel "$jobs" "$@"
