#!/usr/bin/env bash
# soak [SECONDS]: make calls on 8 threads through a proxy that cuts and refuses connections, for SECONDS (default: 20,000 calls)
source "$(dirname -- "${BASH_SOURCE[0]}")/common.sh"

how=()
if (($# > 0)); then
    [[ $# == 1 && $1 =~ ^[1-9][0-9]*$ ]] || misused "soak takes a number of seconds, not '$*'"
    how=(--seconds "$1")
fi
need "${library[@]}" "${emulator[@]}" "${tests[@]}"
build dev kontext_soak
build/dev/tests/kontext_soak "${how[@]}"
