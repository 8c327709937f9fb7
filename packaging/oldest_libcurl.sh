#!/usr/bin/env bash
# oldest_libcurl.sh VERSION DIRECTORY: makes DIRECTORY/curl/curl.h, which stands before the installed one, says that it is
# VERSION's, and lets no use of a name compile that libcurl got later. It is not VERSION's own header: what that declared
# otherwise goes unnoticed. Which names are newer is taken from libcurl's documentation.
set -euo pipefail
export LC_ALL=C

version=$1
out=$2
IFS=. read -r major minor patch <<<"$version"

rm -rf -- "$out"
mkdir -p -- "$out/package" "$out/curl"

# From the package, since a slim system drops manual pages when it installs them.
(cd -- "$out/package" && apt-get -qq -o APT::Sandbox::User=root download libcurl4-doc)
dpkg-deb --extract "$out"/package/libcurl4-doc_*.deb "$out/package"

# "Introduced in X" follows the constant's name; of functions, the pages say "Added in X".
newer=$(
    zcat "$out/package/usr/share/man/man3/libcurl-symbols.3.gz" | awk '/^\.IP/ { name = $2 } /^Introduced in/ { print $3, name }'
    for page in "$out"/package/usr/share/man/man3/curl_*.3.gz; do
        name=$(basename -- "$page" .3.gz)
        zcat "$page" | awk -v name="$name" 'tolower($0) ~ /^added in/ { sub(/[.,]$/, "", $3); print $3, name; exit }'
    done
)
# Macros that old names are made with stay.
poison=$(grep -v DEPRECAT <<<"$newer" | awk -v major="$major" -v minor="$minor" -v patch="$patch" '
    { split($1, v, "."); if (v[1] * 1e6 + v[2] * 1e3 + v[3] > major * 1e6 + minor * 1e3 + patch) print $2 }')

{
    printf '#ifndef KONTEXT_OLDEST_LIBCURL\n#define KONTEXT_OLDEST_LIBCURL\n#include_next <curl/curl.h>\n'
    printf '#undef LIBCURL_VERSION_NUM\n#define LIBCURL_VERSION_NUM 0x%02x%02x%02x\n' "$major" "$minor" "$patch"
    # A macro must go before its name may be poisoned.
    while read -r name; do
        printf '#undef %s\n#pragma GCC poison %s\n' "$name" "$name"
    done <<<"$poison"
    printf '#endif\n'
} >"$out/curl/curl.h"
printf '%s names are newer than libcurl %s\n' "$(wc -l <<<"$poison")" "$version"
