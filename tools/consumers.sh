#!/usr/bin/env bash
# consumers: install the library, and build and run programs that use it in every supported way
source "$(dirname -- "${BASH_SOURCE[0]}")/common.sh"

need "${library[@]}" "${emulator[@]}" "${consumers[@]}"
build release src/emulator/kontext-emulator
start_emulator
bash tests/consumer/run.sh build/consumers "$jobs"
