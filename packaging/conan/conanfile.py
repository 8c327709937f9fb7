"""Conan 2 recipe. `conan create packaging/conan` builds the checkout that it lies in, and runs test_package."""

import os
import re

from conan import ConanFile
from conan.errors import ConanInvalidConfiguration
from conan.tools.build import check_min_cppstd
from conan.tools.cmake import CMake, CMakeDeps, CMakeToolchain, cmake_layout
from conan.tools.files import copy, load, rmdir

required_conan_version = ">=2.0"


class KontextConan(ConanFile):
    name = "kontext"
    description = "Kontext Management SDK for C++"
    license = "MIT"
    topics = ("kontext", "api", "sdk")
    package_type = "library"
    settings = "os", "arch", "compiler", "build_type"
    options = {"shared": [True, False], "fPIC": [True, False]}
    default_options = {"shared": False, "fPIC": True}
    implements = ["auto_shared_fpic"]

    @property
    def _checkout(self):
        return os.path.join(self.recipe_folder, os.pardir, os.pardir)

    def set_version(self):
        text = load(self, os.path.join(self._checkout, "CMakeLists.txt"))
        self.version = re.search(r"project\(kontext VERSION ([0-9.]+)", text).group(1)

    def export_sources(self):
        for pattern in ("CMakeLists.txt", "LICENSE", "cmake/*", "include/*", "src/*"):
            copy(self, pattern, self._checkout, self.export_sources_folder)

    def layout(self):
        cmake_layout(self)

    def requirements(self):
        self.requires("libcurl/[>=7.80 <9]")
        self.requires("nlohmann_json/[>=3.9 <4]")

    def validate(self):
        if self.settings.os != "Linux":
            raise ConanInvalidConfiguration("kontext is for Linux")
        check_min_cppstd(self, 17)

    def generate(self):
        CMakeDeps(self).generate()
        CMakeToolchain(self).generate()

    def build(self):
        cmake = CMake(self)
        cmake.configure()
        cmake.build()

    def package(self):
        copy(self, "LICENSE", self.source_folder, os.path.join(self.package_folder, "licenses"))
        CMake(self).install()
        # Conan makes its own.
        rmdir(self, os.path.join(self.package_folder, "lib", "cmake"))
        rmdir(self, os.path.join(self.package_folder, "lib", "pkgconfig"))

    def package_info(self):
        self.cpp_info.set_property("cmake_file_name", "kontext")
        client = self.cpp_info.components["client"]
        client.libs = ["kontext"]
        client.system_libs = ["pthread"]
        client.requires = ["libcurl::libcurl", "nlohmann_json::nlohmann_json"]
        client.set_property("cmake_target_name", "kontext::kontext")
        client.set_property("pkg_config_name", "kontext")
        mock = self.cpp_info.components["mock"]
        mock.libs = ["kontext_mock"]
        mock.requires = ["client"]
        mock.set_property("cmake_target_name", "kontext::mock")
