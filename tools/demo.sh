#!/usr/bin/env bash
# demo [ARGUMENT...]: run examples/complete against the emulator, or against the server that KONTEXT_API_BASE_URL names
source "$(dirname -- "${BASH_SOURCE[0]}")/common.sh"

given=() unset=()
for name in "${server_variables[@]}"; do
    if [[ -n ${!name:-} ]]; then given+=("$name"); else unset+=("$name"); fi
done
if ((${#given[@]} > 0 && ${#unset[@]} > 0)); then
    misused "${given[0]} is set, so ${unset[*]} must be set too (if none of them is set, the emulator is used)"
fi

need "${library[@]}" "${emulator[@]}" "${demo[@]}"
if ((${#given[@]} > 0)); then
    build release examples/complete
    say "running the example against the server that KONTEXT_API_BASE_URL names"
else
    build release examples/complete src/emulator/kontext-emulator
    start_emulator
    say "running the example against a local emulator"
fi
build/release/examples/complete "$@"
