#!/usr/bin/env bash
# format: rewrite the C++ files with clang-format
source "$(dirname -- "${BASH_SOURCE[0]}")/common.sh"

need "${format[@]}"
cxx_files | xargs -0 -r "clang-format-$llvm" -i
