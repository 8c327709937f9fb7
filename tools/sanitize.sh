#!/usr/bin/env bash
# sanitize [asan|tsan]: run the tests under AddressSanitizer and UndefinedBehaviorSanitizer, then under ThreadSanitizer
source "$(dirname -- "${BASH_SOURCE[0]}")/common.sh"

failed=() fixed_layout=()
if (($# == 0)); then set -- asan tsan; fi
for preset in "$@"; do
    [[ $preset == [at]san ]] || misused "sanitize takes asan or tsan, not '$preset'"
done
need "${library[@]}" "${emulator[@]}" "${tests[@]}" "${sanitize[@]}"
# ThreadSanitizer does not work if the kernel randomizes more bits of the addresses.
if (($(cat /proc/sys/vm/mmap_rnd_bits 2>/dev/null || echo 28) > 28)); then
    fixed_layout=(setarch "$(uname -m)" --addr-no-randomize)
fi
for preset in "$@"; do
    build "$preset"
    "${fixed_layout[@]}" ctest --preset "$preset" --parallel "$jobs" || failed+=("$preset")
done
if ((${#failed[@]} > 0)); then die "sanitize found errors: ${failed[*]}"; fi
