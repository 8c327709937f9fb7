#!/usr/bin/env bash
# bench [--quick]: measure what the client costs over bare libcurl, and check the limits; --quick: instruction and line counts only
source "$(dirname -- "${BASH_SOURCE[0]}")/common.sh"

if (($# > 1)) || [[ ${1:---quick} != --quick ]]; then misused "bench takes no arguments, or --quick"; fi
need "${library[@]}" "${bench[@]}"
quietly "configuring (release)" cmake --preset release -DKONTEXT_BUILD_BENCH=ON
quietly "building (release)" cmake --build --preset release --parallel "$jobs" --target tests/bench/all
bash tests/bench/run.sh build/release "$@"
