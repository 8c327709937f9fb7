#!/usr/bin/env bash
# What the README tells people to do, word for word:
#   readme.sh program README   its first block of C++
#   readme.sh shared README    its command for the shared library
#   readme.sh static README    its command for the static one, where both are installed
set -euo pipefail
export LC_ALL=C

case $1 in
program) awk '/^```cpp$/ { on = 1; next } /^```$/ && on { exit } on' "$2" ;;
shared) sed -n 's/^\(g++ [^#]*app\.cpp [^#]*[^ #]\) *# the one that is installed; of both the shared one$/\1/p' "$2" ;;
static) sed -n 's/^\(g++ [^#]*app\.cpp [^#]*[^ #]\) *# the static one, where both are$/\1/p' "$2" ;;
*) exit 2 ;;
esac | grep .
