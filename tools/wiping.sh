#!/usr/bin/env bash
# wiping [COMPILER...]: search freed memory for secrets, built with -O2 by g++-12 and clang++-14, or by the compilers named
source "$(dirname -- "${BASH_SOURCE[0]}")/common.sh"

if (($# == 0)); then set -- g++-12 clang++-14; fi
need "${library[@]}" "${tests[@]}" "${wiping[@]}"
bash tests/faults/wiping.sh "$@"
