#!/usr/bin/env bash
# torture [ARGUMENT...]: make the n-th allocation of a call fail, for every n; the arguments are those of tests/torture/torture.cpp
source "$(dirname -- "${BASH_SOURCE[0]}")/common.sh"

need "${library[@]}" "${emulator[@]}" "${tests[@]}"
build dev kontext_torture
build/dev/tests/kontext_torture "$@"
