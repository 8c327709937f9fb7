#!/usr/bin/env python3
"""search_said_test.py CONTROL: the net has no holes. What the program CONTROL says is found, and what it keeps is not."""

import os
import pathlib
import subprocess
import sys
import tempfile
import unittest

SEARCH = pathlib.Path(__file__).with_name("search_said.py")


def run_search(directory, whole=False):
    environment = {**os.environ, "KONTEXT_WHOLE_SUITE": "1" if whole else ""}
    done = subprocess.run([sys.executable, SEARCH, directory], capture_output=True, text=True, check=False, env=environment)
    return done.returncode, done.stdout + done.stderr


def search_after(how):
    """The exit status of the search, and what it printed."""
    with tempfile.TemporaryDirectory() as directory:
        if how is not None:
            environment = {**os.environ, "KONTEXT_SAID": directory}
            subprocess.run([CONTROL, how], check=True, env=environment, stdout=subprocess.DEVNULL)
        return run_search(directory)


def search_of(records, whole=False):
    """The same of what a program could have written down."""
    with tempfile.TemporaryDirectory() as directory:
        lines = "".join(f"{kind} {len(text)}\n{text}\n" for kind, text in records)
        pathlib.Path(directory, "1").write_text(lines, encoding="utf-8")
        return run_search(directory, whole)


class Search(unittest.TestCase):
    def test_finds_nothing_where_nothing_is(self):
        status, said = search_after("nothing")
        self.assertEqual(status, 0, said)
        self.assertRegex(said, r"1 tests and programs: [1-9]\d* texts of errors, 1 log lines, 0 outputs of programs, [1-9]")

    def test_finds_a_secret_wherever_and_however_it_is_said(self):
        for how in ("error", "log", "output", "base64", "percent", "form", "form-base64", "json"):
            with self.subTest(how):
                status, said = search_after(how)
                self.assertEqual(status, 1, said)
                self.assertIn("the-Secret", said)

    def test_knows_of_a_secret_however_it_was_made(self):
        for how in ("view", "string", "moved"):
            with self.subTest(how):
                status, said = search_after(how)
                self.assertEqual(status, 1, said)
                self.assertIn("another-secret", said)

    def test_knows_where_a_test_begins_and_ends(self):
        program = [("secret", "of-the-program"), ("test", "A.B"), ("secret", "of-a-test"), ("test", "")]
        for kind, text, expected in (("error", "no of-a-test", 0), ("error", "no of-the-program", 1)):
            with self.subTest(text):
                self.assertEqual(search_of([*program, ("test", "A.C"), (kind, text), ("test", "")])[0], expected)
        self.assertIn("A.B", search_of([*program[:3], ("log", "no of-a-test")])[1])

    def test_wants_much_of_the_whole_suite(self):
        some = [("secret", "of-a-test"), ("error", "none")]
        self.assertEqual(search_of(some)[0], 0)
        status, said = search_of(some, whole=True)
        self.assertEqual(status, 1)
        self.assertIn("hardly any", said)

    def test_fails_if_there_is_nothing_to_search(self):
        self.assertEqual(search_after(None)[0], 1)


if __name__ == "__main__":
    CONTROL = sys.argv.pop()
    unittest.main()
