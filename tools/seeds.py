#!/usr/bin/env python3
"""The seeds of a fuzzer, one a line in tests/fuzz/corpus/NAME.txt, with the escapes of Python's bytes ("\\n", "\\x00", "\\\\"):

seeds.py unpack CORPUS DIRECTORY   writes each seed into a file of its own
seeds.py escape FILE...            prints the line for each file, such as what a fuzzer found
"""

import pathlib
import sys


def escape(data):
    line = "".join(chr(byte) if 0x20 <= byte < 0x7F and byte != 0x5C else repr(bytes([byte]))[2:-1] for byte in data)
    # A blank at the end would not be seen, and is not allowed in text.
    return line[:-1] + "\\x20" if line.endswith(" ") else line


def unescape(line):
    return line.encode("ascii").decode("unicode_escape").encode("latin-1")


def main(command, *names):
    if command == "unpack":
        corpus, directory = map(pathlib.Path, names)
        for number, line in enumerate(corpus.read_text(encoding="ascii").splitlines(), 1):
            (directory / f"{number:03}").write_bytes(unescape(line))
    elif command == "escape":
        for name in names:
            print(escape(pathlib.Path(name).read_bytes()))
    else:
        sys.exit(__doc__)


main(*sys.argv[1:])
