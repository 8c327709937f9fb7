#!/usr/bin/env bash
# test [ARGUMENT...]: build and run all tests; the arguments are passed to ctest (-R Retry runs those whose name matches)
source "$(dirname -- "${BASH_SOURCE[0]}")/common.sh"

need "${library[@]}" "${emulator[@]}" "${tests[@]}"
build dev
ctest --preset dev --parallel "$jobs" "$@"
