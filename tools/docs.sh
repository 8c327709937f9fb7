#!/usr/bin/env bash
# docs: build the API reference into build/docs/html/; fails on undocumented public names
source "$(dirname -- "${BASH_SOURCE[0]}")/common.sh"

need "${docs[@]}"
mkdir -p build/docs
doxygen cmake/Doxyfile
say "build/docs/html/index.html"
