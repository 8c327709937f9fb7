#!/usr/bin/env python3
"""Each kind of fault that check_layers.py looks for is found in a tree that has it, and none in one that has none."""

import pathlib
import tempfile
import unittest

import check_layers


class Layers(unittest.TestCase):
    def found(self, **files):
        """The faults of a tree; src__call__x_cpp="..." is the file src/call/x.cpp."""
        with tempfile.TemporaryDirectory() as directory:
            root = pathlib.Path(directory)
            for name, text in files.items():
                path = root / ".".join(name.replace("__", "/").rsplit("_", 1))
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(text + "\n", encoding="utf-8")
            return list(check_layers.faults(root))

    def assert_found(self, file, line, subject):
        name = "__".join(file.replace(".", "_").split("/"))
        (fault,) = self.found(**{name: f"// first\n{line}"})
        self.assertTrue(fault.startswith(f"{file}:2: {subject} "), fault)

    def test_a_clean_tree_passes(self):
        self.assertEqual([], self.found(
            src__platform__a_cpp='#include <unistd.h>\n#include <csignal>\n#ifdef _WIN32\n#include <Windows.h>\n#endif',
            src__values__a_hpp='#include <kontext/secret.hpp>\n#include "platform/a.hpp"\n#include <string>',
            src__json__a_cpp='#include <nlohmann/json.hpp>\n#include "values/a.hpp"\n// _WIN32 is a comment here',
            src__transport__a_cpp='#include <curl/curl.h>\n#include "errors/a.hpp"\n#if 1 // not __APPLE__',
            src__client__a_cpp='#include "client/b.hpp"\n#include "platform/a.hpp"\n#include "auth/a.hpp"',
            src__parallel__a_cpp='#include <kontext/parallel.hpp>\n#include "parallel/b.hpp"',
            src__mock__a_cpp='#include <kontext/mock.hpp>\n#include "mock/b.hpp"',
            src__emulator__a_cpp='#include <nlohmann/json.hpp>\n#include <sys/socket.h>\n#include "emulator/b.hpp"\n#ifdef __APPLE__',
            include__kontext__json_hpp="#include <nlohmann/json.hpp>\n#include <kontext/export.hpp>",
            include__kontext__export_hpp="#if defined(_WIN32)",
        ))

    def test_an_arrow_to_the_right(self):
        for left, right in zip(check_layers.ORDER[:-2], check_layers.ORDER[1:]):
            self.assert_found(f"src/{left}/a.cpp", f'#include "{right}/b.hpp"', f"{right}/b.hpp")
        self.assert_found("src/values/a.cpp", "#  include <call/b.hpp>", "call/b.hpp")

    def test_what_stands_apart(self):
        for room in ("mock", "emulator", "parallel", "ensure"):
            self.assert_found(f"src/{room}/a.cpp", '#include "values/b.hpp"', "values/b.hpp")
            self.assert_found("src/resources/a.cpp", f'#include "{room}/b.hpp"', f"{room}/b.hpp")
        self.assert_found("src/ensure/a.cpp", '#include "parallel/b.hpp"', "parallel/b.hpp")
        self.assert_found("src/emulator/a.cpp", "#include <kontext/secret.hpp>", "kontext/secret.hpp")

    def test_a_public_header_that_includes_a_private_one(self):
        self.assert_found("include/kontext/a.hpp", '#include "values/b.hpp"', "values/b.hpp")

    def test_an_include_that_is_not_relative_to_src(self):
        self.assert_found("src/values/a.cpp", '#include "b.hpp"', "b.hpp")
        self.assert_found("src/values/a.cpp", '#include "../json/b.hpp"', "../json/b.hpp")

    def test_libcurl(self):
        for file in ("src/auth/a.cpp", "src/emulator/a.cpp", "src/platform/a.cpp", "include/kontext/a.hpp"):
            self.assert_found(file, "#include <curl/multi.h>", "curl/multi.h")

    def test_nlohmann(self):
        for file in ("src/call/a.cpp", "src/mock/a.cpp", "include/kontext/a.hpp"):
            self.assert_found(file, "#include <nlohmann/json_fwd.hpp>", "nlohmann/json_fwd.hpp")

    def test_headers_of_the_operating_system(self):
        for header in ("unistd.h", "sys/socket.h", "netinet/in.h", "csignal", "Windows.h", "io.h"):
            for file in ("src/transport/a.cpp", "src/mock/a.cpp", "include/kontext/export.hpp"):
                self.assert_found(file, f"#include <{header}>", header)

    def test_macros_of_the_operating_system(self):
        for line in ("#ifdef {}", "#if !defined({})", "# elif defined(X) || defined({})"):
            for macro in ("_WIN32", "__APPLE__"):
                self.assert_found("src/values/a.cpp", line.format(macro), macro)

    def test_a_directory_that_nobody_knows(self):
        (fault,) = self.found(src__util__a_cpp="")
        self.assertIn("src/util/a.cpp: src/util is not one of the known directories", fault)
        (fault,) = self.found(src__a_cpp="")
        self.assertIn("src/a.cpp", fault)


if __name__ == "__main__":
    unittest.main()
