#!/usr/bin/env python3
"""What extract.py makes of a page, and what it refuses."""

import pathlib
import sys
import tempfile
import unittest

sys.dont_write_bytecode = True  # not into the checkout
import extract  # noqa: E402


class Extract(unittest.TestCase):
    def setUp(self):
        directory = tempfile.TemporaryDirectory()
        self.addCleanup(directory.cleanup)
        self.root = pathlib.Path(directory.name).resolve()
        self.out = self.root / "out"

    def made(self, page):
        path = self.root / "page.md"
        path.write_text(page, encoding="utf-8")
        extract.write(self.out, extract.generate(self.root, [path]))
        return {file.relative_to(self.out).as_posix(): file.read_text() for file in self.out.rglob("*") if file.is_file()}

    def refused(self, page):
        with self.assertRaises(extract.Fault) as caught:
            self.made(page)
        return str(caught.exception)

    def test_a_block_is_the_body_of_a_function_with_a_client(self):
        files = self.made("Words.\n\n```cpp\n#include <set>\nclient.clearToken();\n```\n")
        self.assertEqual(list(files), ["snippets/page_4.cpp"])
        text = files["snippets/page_4.cpp"]
        self.assertLess(text.index("#include <set>"), text.index("void run("))
        self.assertIn("KontextManagementClient& client", text)
        self.assertIn('#line 4 "page.md"\n\nclient.clearToken();', text)

    def test_a_block_with_main_is_a_program(self):
        files = self.made("```cpp\n#include <set>\nint main() {}\n```\n")
        self.assertEqual(files["snippets/page_2.cpp"], '#define main page_2_main\n#line 2 "page.md"\n#include <set>\nint main() {}\n')

    def test_a_body_has_what_it_needs(self):
        text = self.made("<!-- snippet: body, needs traceId -->\n```cpp\nf(traceId);\n```\n")["snippets/usual/page_3.cpp"]
        self.assertIn("const std::string& traceId", text)

    def test_a_table_is_a_body_row_by_row(self):
        page = "<!-- snippet: table, needs id -->\n| Theirs | Ours |\n|---|---|\n| `a` | `f(id);`, or `g(id);` |\n| `b` | `h()` |\n| `c` | words |\n\nMore.\n"
        text = self.made(page)["snippets/usual/page_2.cpp"]
        self.assertIn("const std::string& id", text)
        self.assertIn('#line 2 "page.md"\n\n\n{ f(id); }\n{ h(); }\n\n', text)

    def test_other_languages_are_left_alone(self):
        self.assertEqual(self.made("```sh\nls\n```\n\n~~~text\n```cpp\n~~~\n"), {})

    def test_lines_are_inserted_into_a_copy(self):
        (self.root / "a.hpp").write_text("one\ntwo\ntwo\n")
        page = '<!-- snippet: insert a.hpp before {}"two" -->\n```cpp\nnew\n```\n'
        self.assertEqual(self.made(page.format("")), {"changed/a.hpp": "one\nnew\ntwo\ntwo\n"})
        self.assertEqual(self.made(page.format("last ")), {"changed/a.hpp": "one\ntwo\nnew\ntwo\n"})

    def test_what_is_gone_from_the_page_is_removed(self):
        self.made("```cpp\nf();\n```\n")
        self.assertEqual(self.made("Nothing.\n"), {})

    def test_what_has_not_changed_is_not_touched(self):
        self.made("```cpp\nf();\n```\n")
        before = (self.out / "snippets/usual/page_2.cpp").stat().st_mtime_ns
        self.made("```cpp\nf();\n```\n")
        self.assertEqual((self.out / "snippets/usual/page_2.cpp").stat().st_mtime_ns, before)

    def test_no_block_of_cpp_escapes_under_another_name(self):
        self.assertIn("page.md:1: a block of C++ begins with ```cpp", self.refused("```c++\nf();\n```\n"))

    def test_comments_must_make_sense(self):
        comment = "<!-- snippet: {} -->\n```cpp\nf();\n```\n"
        self.assertIn("'nonsense'", self.refused(comment.format("nonsense")))
        self.assertIn("none of what a body may need", self.refused(comment.format("body, needs money")))
        self.assertIn("there is no file", self.refused(comment.format('insert none.hpp before "x"')))
        self.assertIn("followed by no block", self.refused("<!-- snippet: body -->\nWords.\n"))
        self.assertIn("no ```cpp", self.refused("<!-- snippet: body -->\n```sh\nls\n```\n"))

    def test_a_block_must_end(self):
        self.assertIn("does not end", self.refused("```cpp\nf();\n"))


if __name__ == "__main__":
    unittest.main()
