#!/usr/bin/env python3
"""What the pages say of other files is so: methods, messages, commands, options, examples, the CI job.

    pages_test.py ROOT EMULATOR
"""

import pathlib
import re
import subprocess
import sys
import unittest

ROOT = pathlib.Path(sys.argv[1]).resolve()
EMULATOR = sys.argv[2]

# Texts of the troubleshooting table that are not ours: compilers, linkers, CMake, OpenSSL, libcurl, servers.
FOREIGN = """
self-signed certificate
unable to get local issuer certificate
does not match target host name
no alternative certificate subject name matches
wrong version number
Failed to connect to
Empty reply from server
Too many open files
already exists
kontext/management.hpp: No such file or directory
'kontext/management.hpp' file not found
pkg-config: command not found
Package kontext was not found in the pkg-config search path
Could not find a package configuration file provided by "kontext"
compatible with requested version "0.2"
Could not find a package configuration file provided by "nlohmann_json"
error while loading shared libraries: libkontext.so.0.1
designated initializers only available with
designated initializers are a C++20 extension
designator order for field
does not match declaration order
ISO C++ requires field designators to be specified in declaration order
only 1 name provided for structured binding
decomposes into 2 elements, but only 1 name was provided
switch quantity not an integer
statement requires expression of integer type
undefined reference to 'kontext::v0_1::mock::…'
undefined reference to 'curl_easy_…'
""".strip().splitlines()


def text(path):
    return (ROOT / path).read_text(encoding="utf-8")


def section(page, heading):
    """From the heading to the next one of its level."""
    level = heading.split(" ")[0]
    begin = page.index(f"\n{heading}\n")
    end = re.compile(rf"^#{{1,{len(level)}}} ", re.MULTILINE).search(page, begin + len(heading) + 2)
    return page[begin : end.start() if end else None]


def first_cells(page):
    return [line.split("|")[1] for line in page.splitlines() if line.startswith("| ") and not line.startswith("|--")]


def code(cell):
    return re.findall(r"`([^`]+)`", cell)


def literals():
    """The string literals of the library and the mock, those that stand side by side as one."""
    joined = []
    for path in sorted((ROOT / "src").rglob("*.[ch]pp")):
        source = re.sub(r"^\s*(//|#include).*$", "", path.read_text(encoding="utf-8"), flags=re.MULTILINE)
        raw = re.compile(r'R"\((.*?)\)"', re.DOTALL)
        joined += raw.findall(source)
        source = raw.sub('""', source)
        for run in re.findall(r'"(?:[^"\\\n]|\\.)*"(?:\s*"(?:[^"\\\n]|\\.)*")*', source):
            parts = re.findall(r'"((?:[^"\\\n]|\\.)*)"', run)
            joined.append("".join(parts).replace('\\"', '"'))
    return joined


def share(span, source):
    """How much of the text stands in the source in pieces of eight characters and more: names and numbers differ."""
    piece = 8
    covered = set()
    for begin in range(max(1, len(span) - piece + 1)):
        if span[begin : begin + piece] in source:
            covered.update(range(begin, min(begin + piece, len(span))))
    return len(covered) / len(span)


def methods(header):
    """The resource's name in the client, and its methods in the order of the header."""
    name = re.search(r"reached as `client\.(\w+)`", header)
    body = re.search(r"class KONTEXT_API \w+Resource \{\npublic:\n(.*?)\nprivate:", header, re.DOTALL)
    if not name or not body:
        return None
    found = re.findall(r"^    (?!///)[\w<>:]+ (\w+)\(", body.group(1), re.MULTILINE)
    return name.group(1), found


def resources():
    found = [methods(path.read_text(encoding="utf-8")) for path in sorted((ROOT / "include/kontext").glob("*.hpp"))]
    return [each for each in found if each]


PORTING = "docs/porting-from-typescript.md"
NOT_THEIRS = "not in the TypeScript SDK"


def page_of(resource):
    return "docs/" + re.sub(r"[A-Z]", lambda c: "-" + c.group().lower(), resource) + ".md"


def row_of(resource, name):
    """The method's row in the table of its resource's page, or ""."""
    return next((line for line in text(page_of(resource)).splitlines() if line.startswith(f"| `{name}(")), "")


class Pages(unittest.TestCase):
    def test_each_method_has_its_sentence_and_its_route(self):
        for path in sorted((ROOT / "include/kontext").glob("*.hpp")):
            for comment in re.findall(r"    /// ([A-Z]+ /.*)", path.read_text(encoding="utf-8")):
                self.fail(f"{path.name}: a route in place of a sentence: {comment}")

    def test_porting_has_each_method_of_the_typescript_sdk(self):
        table = text(PORTING)
        count = 0
        for resource, names in resources():
            for name in names:
                method = f"client.{resource}.{name}"
                ported = re.search(rf"\| `[^|]*{re.escape(method)}\([^|]*\| `[^|]*{re.escape(method)}\(", table)
                row = row_of(resource, name)
                if name.startswith("listAll"):  # beyond the TypeScript SDK, each of them
                    continue
                if NOT_THEIRS in row:
                    self.assertFalse(ported, f"{method}: {PORTING} has a row, so its row in {page_of(resource)} must not say '{NOT_THEIRS}'")
                    continue
                self.assertTrue(
                    ported,
                    f"{method}: if the TypeScript SDK has it, add a row to {PORTING}; "
                    f"if not, write '{NOT_THEIRS}' into its row in {page_of(resource)}",
                )
                count += 1
        for path in (PORTING, "CHANGELOG.md"):
            self.assertIn(f"all {count} methods", text(path).lower(), f"{path}: the TypeScript SDK has {count} methods")

    def test_the_page_of_a_resource_has_each_method(self):
        for resource, names in resources():
            for name in names:
                self.assertTrue(row_of(resource, name), f"client.{resource}.{name}: add a row to the table in {page_of(resource)}")

    def test_each_method_has_a_row_of_tests(self):
        for resource, names in resources():
            rows = "tests/integration/methods/" + re.sub(r"[A-Z]", lambda c: "_" + c.group().lower(), resource) + ".hpp"
            for name in names:
                self.assertIn(f'{{"{name}",', text(rows), f"client.{resource}.{name}: add a row to {rows}")

    def test_a_field_is_named_as_in_the_json_and_is_in_a_row_of_the_tests(self):
        count = 0
        for path in sorted((ROOT / "src/resources").iterdir()):
            rows = ROOT / "tests/integration/methods" / path.with_suffix(".hpp").name
            for struct, member, name in re.findall(r"<&(\w+)::(\w+)>\(\s*\"(\w+)\"", path.read_text(encoding="utf-8")):
                self.assertEqual(member, name, f"{struct} in {path.name}")
                count += 1
                if rows.is_file() and not struct.endswith(("Input", "Params")):
                    samples = rows.read_text(encoding="utf-8") + rows.with_name("method.hpp").read_text(encoding="utf-8")
                    self.assertTrue(re.search(rf'"{name}[!?*%~]*":', samples), f"no response in {rows.name} has '{name}' of {struct}")
        self.assertGreater(count, 200)

    def test_what_it_says_in_the_troubleshooting_table_is_said(self):
        said = "\n".join(literals())
        table = section(text("docs/errors.md"), "## Troubleshooting")
        spans = [span for cell in first_cells(table) for span in code(cell)]
        self.assertGreater(len(spans), 50)
        for span in spans:
            foreign = any(each in span for each in FOREIGN)
            self.assertTrue(foreign or share(span, said) >= 0.5, f"nothing says: {span}")
        for each in FOREIGN:
            self.assertTrue(any(each in span for span in spans), f"the table no longer has: {each}")

    def test_every_command_is_explained(self):
        listed = subprocess.run(["bash", ROOT / "dev", "help"], check=True, stdout=subprocess.PIPE, text=True).stdout
        commands = re.findall(r"^  (\w+)[ :]", listed, re.MULTILINE)
        self.assertEqual(sorted(commands), sorted(path.stem for path in (ROOT / "tools").glob("*.sh") if path.stem != "common"))
        table = section(text("CONTRIBUTING.md"), "## The checks")
        explained = re.findall(r"^\| `\./dev (\w+)", table, re.MULTILINE)
        self.assertEqual(explained, commands)
        checks = re.search(r"^checks=\((.*)\)$", text("tools/lint.sh"), re.MULTILINE).group(1).split()
        self.assertIn(", ".join(checks), re.search(r"^  lint .*", listed, re.MULTILINE).group())
        self.assertIn(", ".join(f"`{check}`" for check in checks), table)

    def test_every_room_is_on_the_map(self):
        page = section(text("CONTRIBUTING.md"), "## Where things are")
        for room in sorted(path for path in ROOT.iterdir() if path.is_dir() and path.name not in ("build", "src") and path.name[0] != "."):
            self.assertIn(f"`{room.name}/", page)
        for parent in ("src", "tests"):
            for room in sorted(path for path in (ROOT / parent).iterdir() if path.is_dir() and path.name != "__pycache__"):
                self.assertIn(f"`{room.name}/`", page, parent)

    def test_every_cmake_option_is_explained(self):
        page = section(text("docs/configuration.md"), "## CMake options")
        used = {
            name
            for path in [ROOT / "CMakeLists.txt", *(ROOT / "cmake").glob("*.cmake")]
            for name in re.findall(r"\bKONTEXT_(?:BUILD|TESTS|INSTALL|WERROR|PACKAGE|STATIC_BUILD)\w*", path.read_text(encoding="utf-8"))
        }
        listed = {name for cell in first_cells(page) for name in code(cell)}
        self.assertEqual(used | {"BUILD_SHARED_LIBS"}, {name for name in listed if name.isupper()})

    def test_every_preset_is_named(self):
        presets = set(re.findall(r'"configurePreset": "(\w+)"', text("CMakePresets.json")))
        named = set(code(re.sub(r"```.*?```", "", section(text("CONTRIBUTING.md"), "## Set-up"), flags=re.DOTALL)))
        self.assertLessEqual(presets, named)

    def test_every_example_is_listed(self):
        table = section(text("README.md"), "## Examples")
        self.assertEqual(
            sorted(re.findall(r"\(examples/(\w+)\.cpp\)", table)), sorted(path.stem for path in (ROOT / "examples").glob("*.cpp"))
        )

    def test_the_emulators_options(self):
        said = subprocess.run([EMULATOR, "--help"], check=True, stdout=subprocess.PIPE, text=True).stdout
        has = set(re.findall(r"--[a-z][a-z-]*", said)) - {"--help"}
        for page in ("docs/testing.md", "README.md"):
            table = text(page)
            named = set(re.findall(r"`(--[a-z-]+)`", table[table.index("kontext-emulator") :]))
            self.assertEqual(has - named, set(), page)
        for page in ("docs/testing.md", "docs/ci-recipes.md", "README.md", "docs/getting-started.md"):
            for options in re.findall(r"kontext-emulator ((?:[^\n`]|\\\n)*)", text(page)):
                for option in re.findall(r"(?<![\w-])--[a-z-]+", options):
                    self.assertIn(option, has, page)


def steps(page):
    """The scripts of a job's `run:` lines. Not all of YAML, but as much of it as the recipes use."""
    for match in re.finditer(r"^( *)(?:- )?run: ?(.*)\n((?:\1 {2,}.*\n|\n)*)", page, re.MULTILINE):
        script = match.group(3) if match.group(2) == "|" else match.group(2) + "\n"
        yield re.sub(r"\$\{\{.*?\}\}", "expression", script)


class Recipes(unittest.TestCase):
    def test_each_shell_script_is_one(self):
        page = text("docs/ci-recipes.md")
        jobs = re.findall(r"```yaml\n(.*?)```", page, re.DOTALL)
        scripts = [script for job in jobs for script in steps(job)]
        self.assertGreaterEqual(len(scripts), 6)
        scripts += re.findall(r"```sh\n(.*?)```", page, re.DOTALL)
        for script in scripts:
            done = subprocess.run(["sh", "-n"], input=script, text=True, stderr=subprocess.PIPE)
            self.assertEqual(done.returncode, 0, script + done.stderr)

    def test_the_job_is_yaml(self):
        try:
            import yaml
        except ImportError:
            self.skipTest("there is no PyYAML")
        page = text("docs/ci-recipes.md")
        job, step = (yaml.safe_load(each) for each in re.findall(r"```yaml\n(.*?)```", page, re.DOTALL))
        self.assertEqual(list(job["jobs"]), ["test"])
        self.assertIn("run", step[0])
        for each in job["jobs"]["test"]["steps"]:
            self.assertTrue(("run" in each) != ("uses" in each), each)
        self.assertLessEqual(set(re.findall(r"\$KONTEXT_\w+", page)), {"$" + name for name in job["jobs"]["test"]["env"]})

    def test_the_packages_of_the_job_are_those_of_dev(self):
        page, common = text("docs/ci-recipes.md"), text("tools/common.sh")
        for name in ("library", "emulator"):
            for package in re.search(rf"^ *{name}=\((.*)\)$", common, re.MULTILINE).group(1).split():
                self.assertIn(package, page)

    def test_the_rotation_is_done_by_the_example(self):
        page = text("docs/ci-recipes.md")
        self.assertIn("rotate_secret", text("examples/CMakeLists.txt"))
        script = re.search(r"```sh\n(#!/bin/sh\n.*?)```", page, re.DOTALL).group(1)
        self.assertLess(script.index("flock"), script.index("cat /etc/kontext/secret"))
        self.assertIn("exec /usr/local/bin/rotate_secret ", script)


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
