#!/usr/bin/env python3
"""Checks that the text files named keep to .editorconfig, and that Python files are Python."""

import sys


def faults(name, text):
    for number, line in enumerate(text.split("\n"), 1):
        if line != line.rstrip():
            yield f"{name}:{number}: trailing blanks"
        if "\t" in line:
            yield f"{name}:{number}: a tab"
    if text and (not text.endswith("\n") or text.endswith("\n\n")):
        yield f"{name}: does not end with exactly one line break"
    if name.endswith(".py"):
        try:
            compile(text, name, "exec")
        except SyntaxError as error:
            yield f"{name}:{error.lineno}: {error.msg}"


def main():
    found = []
    for name in sys.argv[1:]:
        with open(name, "rb") as file:
            data = file.read()
        if b"\0" not in data:
            found += faults(name, data.decode("utf-8"))
    print("\n".join(found))
    return 1 if found else 0


sys.exit(main())
