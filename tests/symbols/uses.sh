#!/usr/bin/env bash
# uses.sh LIBRARY: what the static library must not use, and what it must use in one place only.
set -euo pipefail
export LC_ALL=C

undefined=$(nm -A --undefined-only -- "$1" | c++filt)
users() { grep -P " U $1" <<<"$undefined" | cut -d: -f2 | sort -u; }

# It throws where there is no /dev/urandom, or no descriptor left for it, in place of the error that is being handled.
if found=$(users 'std::random_device'); then
    echo "std::random_device is used in:" "$found"
    exit 1
fi
# It writes into buffers that all threads share.
found=$(users 'curl_version_info$')
if [[ $(wc -l <<<"$found") -ne 1 ]]; then
    echo "curl_version_info() is used in more than one place:" "$found"
    exit 1
fi
