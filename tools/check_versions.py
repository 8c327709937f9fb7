#!/usr/bin/env python3
"""Checks that all files name the version that CMakeLists.txt has."""

import pathlib
import re
import sys

VERSION = r"([0-9]+\.[0-9]+\.[0-9]+)"
# For each file: what finds the version in it. Where the match has several groups, a dot joins them.
PLACES = {
    "include/kontext/version.hpp": r"_MAJOR (\d+)\n[^\0]*?_MINOR (\d+)\n[^\0]*?_PATCH (\d+)\n",
    "include/kontext/export.hpp": r"^(?! *//).*\bv(\d+)_(\d+)\b",
    "packaging/debian/changelog": rf"\Akontext \({VERSION}-\d+\) ",
    "packaging/vcpkg/kontext/vcpkg.json": rf'"version": "{VERSION}"',
    # The newest one with a number. "Unreleased" above it is for changes whose version is not decided yet.
    "CHANGELOG.md": rf"^## \[{VERSION}\]",
}


def version_in(file, pattern):
    match = re.search(pattern, pathlib.Path(file).read_text(encoding="utf-8"), re.MULTILINE)
    return ".".join(match.groups()) if match else None


def main():
    version = version_in("CMakeLists.txt", rf"^project\(kontext VERSION {VERSION} ")
    if version is None:
        print("CMakeLists.txt: names no version")
        return 1
    failed = False
    for file, pattern in PLACES.items():
        named = version_in(file, pattern)
        # The namespace changes with the minor version only.
        expected = version.rpartition(".")[0] if file.endswith("export.hpp") else version
        if named != expected:
            failed = True
            print(f"{file}: names version {named}, but CMakeLists.txt makes it {expected}")
    return 1 if failed else 0


sys.exit(main())
