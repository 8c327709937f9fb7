#!/usr/bin/env python3
"""Makes compilable C++20 out of the ```cpp blocks of Markdown files, so that the documentation cannot go stale.

    extract.py --root ROOT --out DIR FILE.md...

writes DIR/snippets/*.cpp and DIR/snippets/usual/*.cpp, and DIR/changed/... for blocks that change the sources (below). A file whose text has not
changed is not touched; files of blocks that are gone are removed. Compilers name the line of the Markdown file.

What a block is, an HTML comment on the line before it says, which nobody sees on the rendered page:

    <!-- snippet: body, needs applicationId mock -->

program       A whole program, compiled alone. The default for a block with `#include` and `int main`.
body          The body of a function with a `const kontext::KontextManagementClient& client` and with the usual headers.
              `needs` gives it more parameters: those of NEEDS below. Lines with `#include` go to the top of the file.
              The default for any other block.
declarations  Functions and classes, with the usual headers. `#include` as in a body.
table         Before a table, not a block: the code that begins the last cell of each row is a body of its own; `needs` as there.
insert PATH before "TEXT"
              Lines of ROOT/PATH, which go before the first line that begins with TEXT; `before last "TEXT"`: the last.
              The changed copy is DIR/changed/PATH. Blocks for one file add up.
file PATH     A new file of the checkout: DIR/changed/PATH.
"""

import argparse
import dataclasses
import pathlib
import re
import sys

USUAL = """\
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include <kontext/management.hpp>
#include <kontext/mock.hpp>
"""

TEXT = "const std::string& {}"
TEXTS = """id applicationId integrationId serviceAccountId sessionId traceId userId path name url uri baseUrl clientId clientSecret
tokenUrl audience a b""".split()
NEEDS = {
    **{name: TEXT for name in TEXTS},
    "credentials": "const kontext::Credentials& {}",
    "error": "const kontext::KontextError& {}",
    "oauth": "const kontext::ApplicationOAuth& {}",
    "status": "const kontext::ValidationStatus& {}",
    "config": "kontext::ClientConfig& {}",
    "mock": "const std::shared_ptr<kontext::mock::MockTransport>& {}",
}

FENCE = re.compile(r"^( {0,3})(```+|~~~+)\s*([^\s`{]*)")
DIRECTIVE = re.compile(r"^\s*<!--\s*snippet:\s*(.*?)\s*-->\s*$")
INSERT = re.compile(r'^insert (\S+) before (last )?"(.+)"$')
INCLUDE = re.compile(r"^\s*#\s*include\b")
OTHER_NAMES = {"c++", "cxx", "cc", "hpp", "c"}


class Fault(Exception):
    pass


@dataclasses.dataclass
class Block:
    markdown: str  # the file, as it is shown
    line: int  # of the first line of code, from 1
    code: list
    directive: str

    def where(self):
        return f"{self.markdown}:{self.line}"

    def name(self):
        """An identifier that no other block has."""
        return re.sub(r"\W", "_", f"{pathlib.PurePath(self.markdown).with_suffix('').as_posix()}_{self.line}")

    def marked(self):
        """The code, each line of it known to the compiler by where it stands."""
        return "\n".join([f'#line {self.line} "{self.markdown}"', *self.code])


def row(line):
    """The code that begins the last cell of a table's row, as a line in braces of its own."""
    cell = re.split(r"(?<!\\)\|", line.strip().rstrip("|"))[-1].strip()
    code = re.match(r"(`+)(?!`)\s*(.+?)\s*(?<!`)\1(?!`)", cell)
    if not code:
        return ""
    text = code.group(2).replace("\\|", "|")
    if INCLUDE.match(text):
        return text
    return "{ " + text + (" }" if text.endswith((";", "}")) else "; }")


def blocks(root, path):
    """The ```cpp blocks of a file, and its tables that are marked."""
    shown = path.resolve().relative_to(root).as_posix()
    fence = directive = block = table = None
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        mark = FENCE.match(line)
        if table is not None:
            if line.startswith("|"):
                table.code.append(row(line))
                continue
            yield table
            table = None
        if fence is None and directive and directive.split(",")[0] == "table" and line.startswith("|"):
            table = Block(shown, number, [""], directive)
            directive = None
        elif fence is None and mark:
            fence, language = (len(mark.group(1)), mark.group(2)), mark.group(3).lower()
            if language in OTHER_NAMES:
                raise Fault(f"{shown}:{number}: a block of C++ begins with ```cpp, and is compiled")
            if language == "cpp":
                block = Block(shown, number + 1, [], directive)
            elif directive:
                raise Fault(f"{shown}:{number}: a snippet comment stands before a block that is no ```cpp")
            directive = None
        elif fence is not None:
            if mark and mark.group(2).startswith(fence[1]) and not line.strip(" `~"):
                if block is not None:
                    yield block
                fence = block = None
            elif block is not None:
                block.code.append(line[min(fence[0], len(line) - len(line.lstrip(" "))) :])
        elif found := DIRECTIVE.match(line):
            directive = found.group(1)
        elif line.strip() and directive:
            raise Fault(f"{shown}:{number}: a snippet comment is followed by no block")
    if table is not None:
        yield table
    if fence is not None:
        raise Fault(f"{shown}: the last block does not end")


def is_program(block):
    return any(INCLUDE.match(line) for line in block.code) and any(re.match(r"int main\b", line) for line in block.code)


def hoisted(block):
    """Takes the includes out of the block, and returns them. Lines keep their numbers."""
    includes = [line for line in block.code if INCLUDE.match(line)]
    block.code = ["" if INCLUDE.match(line) else line for line in block.code]
    return includes


def parameters(block, words):
    out = ["[[maybe_unused]] const kontext::KontextManagementClient& client"]
    for word in words:
        if word not in NEEDS:
            raise Fault(f"{block.where()}: '{word}' is none of what a body may need: {', '.join(sorted(NEEDS))}")
        out.append("[[maybe_unused]] " + NEEDS[word].format(word))
    return ",\n         ".join(out)


class Unit:
    """The bodies and declarations of one Markdown file, in one C++ file."""

    def __init__(self):
        self.includes = USUAL.splitlines()
        self.parts = []
        self.name = ""

    def add(self, block, head="", tail=""):
        self.name = self.name or block.name()
        self.includes += [line for line in hoisted(block) if line not in self.includes]
        self.parts.append(f"namespace {block.name()} {{\n{head}\n{block.marked()}\n{tail}\n}} // namespace")

    def directory(self):
        """Those that include nothing of their own can be compiled as one file, and hide nothing from each other."""
        return "snippets/usual" if self.includes == USUAL.splitlines() else "snippets"

    def text(self):
        return "\n\n".join(["\n".join(self.includes), *self.parts]) + "\n"


def program(block):
    """Renamed, as there are many of them in one target; and so a missing return is not one of main."""
    return f"#define main {block.name()}_main\n{block.marked()}\n"


def insert(root, changed, block, path, last, text):
    if path not in changed:
        original = root / path
        if not original.is_file():
            raise Fault(f"{block.where()}: there is no file {path}")
        changed[path] = original.read_text(encoding="utf-8").splitlines()
    lines = changed[path]
    found = [number for number, line in enumerate(lines) if line.startswith(text)]
    if not found:
        raise Fault(f"{block.where()}: no line of {path} begins with '{text}'")
    at = found[-1 if last else 0]
    lines[at:at] = block.code


def generate(root, files):
    """All files to be written, by their path under the output directory."""
    out, changed = {}, {}
    for path in files:
        unit = Unit()
        for block in blocks(root, path):
            kind, _, rest = (block.directive or ("program" if is_program(block) else "body")).partition(" ")
            kind, needs = kind.rstrip(","), rest.split()
            if kind in ("body", "table") and (not needs or needs[0] == "needs"):
                unit.add(block, f"void run({parameters(block, needs[1:])}) {{", "}")
            elif kind == "declarations" and not needs:
                unit.add(block)
            elif kind == "program" and not needs:
                out[f"snippets/{block.name()}.cpp"] = program(block)
            elif kind == "file" and len(needs) == 1:
                changed[needs[0]] = block.code
            elif kind == "insert" and (found := INSERT.match(block.directive)):
                insert(root, changed, block, found.group(1), bool(found.group(2)), found.group(3))
            else:
                raise Fault(f"{block.where()}: the snippet comment '{block.directive}' is none that extract.py knows")
        if unit.parts:
            out[f"{unit.directory()}/{unit.name}.cpp"] = unit.text()
    out.update({f"changed/{path}": "\n".join(lines) + "\n" for path, lines in changed.items()})
    return out


def write(directory, texts):
    for path in [p for name in ("snippets", "changed") for p in (directory / name).rglob("*") if p.is_file()]:
        if path.relative_to(directory).as_posix() not in texts:
            path.unlink()
    for name, text in texts.items():
        path = directory / name
        if path.is_file() and path.read_text(encoding="utf-8") == text:
            continue
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--root", required=True, type=pathlib.Path, help="the checkout")
    parser.add_argument("--out", required=True, type=pathlib.Path, help="where the C++ goes")
    parser.add_argument("files", nargs="+", type=pathlib.Path, help="Markdown files of the checkout")
    arguments = parser.parse_args()
    try:
        write(arguments.out, generate(arguments.root.resolve(), arguments.files))
    except Fault as fault:
        print(fault, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
