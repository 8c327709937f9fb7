#!/usr/bin/env python3
"""Checks that the relative links in the Markdown files named, and their anchors, lead somewhere in this repository."""

import functools
import pathlib
import re
import sys
import urllib.parse

FENCE = re.compile(r"^ {0,3}(```+|~~~+)")
INLINE = re.compile(r"""\]\(\s*(?:<([^>]*)>|([^()\s]*(?:\([^()\s]*\)[^()\s]*)*))(?:\s+["'(].*?["')])?\s*\)""")
DEFINITION = re.compile(r"^ {0,3}\[[^\]]+\]:\s*(?:<([^>]*)>|(\S+))")
HTML = re.compile(r"""<(?:a|img)\b[^>]*?\b(?:href|src)=["']([^"']*)["']""")
HEADING = re.compile(r"^ {0,3}#{1,6}\s+(.*?)\s*#*\s*$")
HTML_ANCHOR = re.compile(r"""\b(?:id|name)=["']([^"']+)["']""")


def prose(path):
    """The lines that are no code, with their numbers."""
    fence = None
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        mark = FENCE.match(line)
        if fence is None and mark:
            fence = mark.group(1)
        elif fence is not None:
            if mark and mark.group(1).startswith(fence) and not line.strip(" `~"):
                fence = None
        else:
            yield number, line


def slug(heading):
    """A heading's anchor, as GitHub makes it."""
    text = re.sub(r"!?\[([^\]]*)\]\([^)]*\)", r"\1", heading)
    text = re.sub(r"<[^>]+>", "", text) if "`" not in text else text
    return re.sub(r"[^\w\- ]", "", text.replace("*", "").lower()).replace(" ", "-")


@functools.lru_cache(maxsize=None)
def anchors(path):
    found = set()
    for _, line in prose(path):
        heading = HEADING.match(line)
        if heading:
            base = name = slug(heading.group(1))
            count = 0
            while name in found:
                count += 1
                name = f"{base}-{count}"
            found.add(name)
        found.update(HTML_ANCHOR.findall(line))
    return found


def targets(path):
    for number, line in prose(path):
        text = re.sub(r"(`+)(?!`).*?(?<!`)\1(?!`)", "", line)
        for match in INLINE.finditer(text):
            yield number, match.group(1) or match.group(2) or ""
        definition = DEFINITION.match(text)
        if definition:
            yield number, definition.group(1) or definition.group(2)
        yield from ((number, target) for target in HTML.findall(text))


def fault(path, target, root):
    """What is wrong with the target, or None."""
    if re.match(r"[a-zA-Z][a-zA-Z0-9+.-]*:|//", target):
        return None
    name, _, anchor = target.partition("#")
    if not name and not anchor:
        return "is empty"
    if name.startswith("/"):
        return "is absolute"
    file = (path.parent / urllib.parse.unquote(name)).resolve() if name else path
    if not file.is_relative_to(root):
        return "leaves the repository"
    if not file.exists():
        return "does not exist"
    if anchor and file.suffix == ".md" and urllib.parse.unquote(anchor) not in anchors(file):
        return "has no such heading"
    line = re.fullmatch(r"L(\d+)(?:-L\d+)?", anchor)
    if line and file.suffix != ".md" and int(line.group(1)) > len(file.read_text(encoding="utf-8").splitlines()):
        return "has fewer lines"
    return None


def main():
    root = pathlib.Path.cwd().resolve()
    failed = False
    for name in sys.argv[1:]:
        path = pathlib.Path(name).resolve()
        for number, target in targets(path):
            what = fault(path, target, root)
            if what:
                failed = True
                print(f"{name}:{number}: the link '{target}' {what}")
    return 1 if failed else 0


sys.exit(main())
