#!/usr/bin/env bash
# abi: check that programs built with the last release run with the shared library of this tree
source "$(dirname -- "${BASH_SOURCE[0]}")/common.sh"

# build_library NAME SOURCE: the shared library of that tree, as build/abi/NAME/src/libkontext.so, and its interface.
build_library() {
    local dir=build/abi/$1 source=$2 kind
    quietly "configuring (abi, $1)" cmake -S "$source" -B "$dir" -G Ninja -DCMAKE_BUILD_TYPE=None -DCMAKE_CXX_FLAGS="-g -O1" \
        -DBUILD_SHARED_LIBS=ON -DCMAKE_UNITY_BUILD=ON
    quietly "building (abi, $1)" cmake --build "$dir" --parallel "$jobs" --target kontext
    abidw --no-corpus-path --no-comp-dir-path --no-show-locs --drop-private-types --headers-dir "$source/include" \
        --suppressions packaging/abi/ours.ini --out-file "$dir/interface.xml" "$dir/src/libkontext.so"
    # If the filter left out a kind of our own symbols, they could change unnoticed.
    for kind in _ZN7kontext _ZNK7kontext; do
        grep -q "elf-symbol name='$kind" "$dir/interface.xml" || die "packaging/abi/ours.ini leaves out $kind…"
    done
}

# soname NAME: the name by which programs load the library.
soname() { readelf -d "build/abi/$1/src/libkontext.so" | sed -n 's/.*(SONAME).*\[\(.*\)\]$/\1/p'; }

(($# == 0)) || misused "abi takes no arguments"
released=$(sed -e 's/#.*//' -e '/^[[:space:]]*$/d' packaging/abi/released)
if [[ -z $released ]]; then
    say "there is no release to compare with yet: packaging/abi/released names none"
    exit
fi
need "${library[@]}" "${abi[@]}"
commit=$(our_git rev-parse --verify --quiet "$released^{commit}") ||
    die "packaging/abi/released names '$released', which is not a commit of this clone (is it a shallow clone?)"
# A directory for each commit: the archive's files have the date of the commit, so that a build would not notice others.
source=build/abi/source-$commit
if [[ ! -d $source ]]; then
    rm -rf -- build/abi/released build/abi/source-*
    mkdir -p -- "$source.part"
    our_git archive "$commit" | tar -x -C "$source.part"
    mv -- "$source.part" "$source"
fi
build_library released "$source"
build_library present .
if [[ $(soname released) != "$(soname present)" ]]; then
    say "the SONAME was $(soname released) and is $(soname present), so no program loads the new library in place of the old one"
    exit
fi
status=0
# Additions are compatible. The filter was applied to the files; given to abidiff, it would also hide changes of our own types.
abidiff --no-added-syms build/abi/released/interface.xml build/abi/present/interface.xml || status=$?
# 1 and 2: abidiff itself failed, or was called wrongly.
if ((status & 3)); then die "abidiff failed (status $status)"; fi
if ((status != 0)); then
    die "the ABI changed since $released; undo the change, or raise the minor version (with it the SONAME and the inline namespace)"
fi
say "programs built with $released run with the library of this tree"
