#!/usr/bin/env python3
"""search_said.py DIRECTORY: searches all that the test programs said for all the secrets that they used.

said.cpp writes a file for each process: its secrets, and the texts of its errors, log lines and child processes. The
texts of a process are searched for the secrets of that process, in every spelling in which one could get out.
"""

import base64
import json
import pathlib
import sys
import urllib.parse

SHORTEST = 6  # what is shorter is not hidden: docs/secrets.md
WHOLE_SUITE = 300  # processes; a few tests alone need not have said anything
LEAST = {"error": 1000, "log": 1000, "output": 5, "secret": 1000}  # of it


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


def search(directory):
    """Prints what it found; whether it found nothing, in something."""
    counts = dict.fromkeys(LEAST, 0)
    processes = 0
    clean = True
    for file in sorted(pathlib.Path(directory).glob("*")):
        processes += 1
        program = file.name
        secrets = set()
        texts = set()
        for kind, text in records(file.read_bytes()):
            if kind == "program":
                program = text.decode(errors="replace")
                continue
            counts[kind] += 1
            if kind == "secret":
                secrets.add(text)
            else:
                texts.add((kind, text))
        complained = set()
        for kind, text, secret in found(texts, secrets):
            if (kind, secret) in complained:
                continue
            complained.add((kind, secret))
            clean = False
            print(f"{program}\n    {secret!r} is in its {kind}: {text[:1000]!r}", file=sys.stderr)
    print(
        f"{processes} processes: {counts['error']} texts of errors, {counts['log']} log lines, "
        f"{counts['output']} outputs of programs, {counts['secret']} secrets"
    )
    if counts["secret"] == 0 or counts["error"] + counts["log"] + counts["output"] == 0:
        print("nothing was written down that could be searched", file=sys.stderr)
        return processes > 0 and processes < WHOLE_SUITE and clean
    missing = [kind for kind, count in counts.items() if count < LEAST[kind]]
    if processes >= WHOLE_SUITE and missing:
        print(f"hardly any were written down: {', '.join(missing)}", file=sys.stderr)
        return False
    return clean


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    sys.exit(0 if search(sys.argv[1]) else 1)
