#!/usr/bin/env bash
# versioned.sh LIBRARY...: every symbol of ours that the libraries define is in the versioned inline namespace, so that
# two versions can be linked into one program.
set -euo pipefail
export LC_ALL=C

symbols=$(nm --defined-only -- "$@" | awk 'NF == 3 && $3 ~ /7kontext/ { print $3 }' | sort -u)
count=$(wc -l <<<"$symbols")
if ((count < 500)); then
    echo "only $count symbols of ours were found in $*"
    exit 1
fi
if unversioned=$(grep -P '7kontext(?!4v[0-9]_[0-9])' <<<"$symbols"); then
    echo "not in the versioned inline namespace:"
    c++filt <<<"$unversioned"
    exit 1
fi
