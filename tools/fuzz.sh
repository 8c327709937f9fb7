#!/usr/bin/env bash
# fuzz [SECONDS]: run each fuzzer from its corpus for SECONDS (default 5)
source "$(dirname -- "${BASH_SOURCE[0]}")/common.sh"

# fuzz_one SECONDS FUZZER: prints one line; if the fuzzer found something, notes its name and fails.
fuzz_one() {
    local name=${2##*/fuzz_} dir
    dir=$scratch/$name
    mkdir -p "$dir/seeds" "$dir/found"
    if python3 tools/seeds.py unpack "tests/fuzz/corpus/$name.txt" "$dir/seeds" >"$dir.log" 2>&1 &&
        (cd "$dir" && "$root/$2" found seeds -max_total_time="$1" -timeout=10 -rss_limit_mb=2048 -max_len=8192 \
            -print_final_stats=1) >"$dir.log" 2>&1; then
        printf '%-16s ok      %s runs\n' "$name" "$(sed -n 's/^stat::number_of_executed_units: *//p' "$dir.log")"
    else
        printf '%-16s FAILED\n%s\n' "$name" "$(tail -n 40 "$dir.log")"
        printf ' %s' "$name" >>"$scratch/failed"
        return 1
    fi
}

seconds=${1:-5}
[[ $seconds =~ ^[1-9][0-9]*$ ]] || misused "fuzz takes a number of seconds, not '$seconds'"
need "${library[@]}" "${fuzz[@]}"
build fuzz
make_scratch
export -f fuzz_one
# shellcheck disable=SC2016 # they are for the shell that xargs starts
printf '%s\0' build/fuzz/tests/fuzz/fuzz_* | root=$root scratch=$scratch \
    xargs -0 -n 1 -P "$jobs" bash -c 'fuzz_one "$0" "$1"' "$seconds" || die "fuzz found errors:$(cat -- "$scratch/failed")"
