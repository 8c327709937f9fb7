#!/usr/bin/env python3
"""search_said.py DIRECTORY: searches all that the test programs said for all the secrets that they used.

said.cpp writes a file for each process: its secrets, the texts of its errors, log lines and child processes, and where
each test begins and ends. The texts of a test are searched for the secrets of that test and for those that its program
has outside of any test, in every spelling in which one could get out.

With KONTEXT_WHOLE_SUITE set, as `./dev test` sets it when no test is left out, there must be many of each kind.
"""

import base64
import json
import os
import pathlib
import sys
import urllib.parse

SHORTEST = 6  # what is shorter is not hidden: docs/secrets.md
LEAST = {"error": 1000, "log": 1000, "output": 5, "secret": 1000}  # of the whole suite; a few tests need not say anything


def records(data):
    """The kind and the text of each; what is not complete, of a process that was killed, is left out."""
    at = 0
    while (line := data.find(b"\n", at)) > 0:
        kind, size = data[at:line].split(b" ")
        at = line + 1 + int(size) + 1
        if at <= len(data):
            yield kind.decode(), data[line + 1 : at - 1]


def in_base64(secret):
    """Within the base64 of a longer text, from each of the three places where it can begin."""
    for before in range(3):
        encoded = base64.b64encode(b"\0" * before + secret).rstrip(b"=")
        whole = (before + len(secret)) * 8 // 6  # the characters that are not the next byte's too
        yield encoded[-(-before * 8 // 6) : whole]


def spellings(secret):
    plain = {
        secret,
        urllib.parse.quote(secret, safe="~").encode(),
        urllib.parse.quote_plus(secret, safe="").replace("~", "%7E").encode(),
    }
    quoted = json.dumps(secret.decode("utf-8", "replace"), ensure_ascii=False)[1:-1]
    plain |= {quoted.encode(), quoted.replace("/", "\\/").encode()}
    encoded = {text for one in plain for text in in_base64(one)}
    return {text for text in plain | encoded if len(text) >= SHORTEST}


def found(texts, secrets):
    """The secrets in the texts: triples of kind, text and secret."""
    by_beginning = {}
    for secret in secrets:
        for text in spellings(secret):
            by_beginning.setdefault(text[:SHORTEST], []).append((text, secret))
    if not by_beginning:
        return
    for kind, text in texts:
        for at in range(len(text) - SHORTEST + 1):
            for spelling, secret in by_beginning.get(text[at : at + SHORTEST], ()):
                if text.startswith(spelling, at):
                    yield kind, text, secret


def tests(file):
    """The name, the secrets and the texts of each test of a process; its program's own first."""
    program = (file.name, set(), set())
    groups, current = [program], program
    for kind, text in records(file.read_bytes()):
        if kind == "program":
            program = (text.decode(errors="replace"), *program[1:])
            groups[0] = current = program
        elif kind == "test":
            current = program
            if text:
                current = (f"{program[0]}: {text.decode(errors='replace')}", set(), set())
                groups.append(current)
        elif kind == "secret":
            current[1].add(text)
        else:
            current[2].add((kind, text))
    return groups


def search(directory, whole):
    """Prints what it found; whether it found nothing, in something."""
    counts = dict.fromkeys(LEAST, 0)
    count = 0
    clean = True
    for file in sorted(pathlib.Path(directory).glob("*")):
        program, *single = tests(file)
        for name, secrets, texts in [program, *single]:
            count += 1
            counts["secret"] += len(secrets)
            for kind, _ in texts:
                counts[kind] += 1
            complained = set()
            for kind, text, secret in found(texts, secrets | program[1]):
                if (kind, secret) in complained:
                    continue
                complained.add((kind, secret))
                clean = False
                print(f"{name}\n    {secret!r} is in its {kind}: {text[:1000]!r}", file=sys.stderr)
    print(
        f"{count} tests and programs: {counts['error']} texts of errors, {counts['log']} log lines, "
        f"{counts['output']} outputs of programs, {counts['secret']} secrets"
    )
    missing = [kind for kind in LEAST if counts[kind] < LEAST[kind]]
    if whole and missing:
        print(f"hardly any were written down: {', '.join(missing)}", file=sys.stderr)
        return False
    return clean and count > 0


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    sys.exit(0 if search(sys.argv[1], os.environ.get("KONTEXT_WHOLE_SUITE", "") != "") else 1)
