"""What of the packaging can be checked without vcpkg and Conan: that all places name the same version, and that both
recipes run to their end, with stand-ins for the functions that the tools give them. A stand-in knows the names that the
tool's documentation has, and refuses others; what the tool makes of them it does not know."""

import importlib.util
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import types

root = pathlib.Path(__file__).resolve().parent.parent
packaging = root / "packaging"


def found(pattern, file):
    match = re.search(pattern, (root / file).read_text(encoding="utf-8"), re.MULTILINE)
    return match.group(1) if match else None


def check_versions():
    version = found(r"^project\(kontext VERSION ([0-9.]+)", "CMakeLists.txt")
    header = ".".join(
        found(rf"^#define KONTEXT_VERSION_{part} ([0-9]+)$", "include/kontext/version.hpp")
        for part in ("MAJOR", "MINOR", "PATCH")
    )
    minor = version.rpartition(".")[0]
    places = {
        "include/kontext/version.hpp": (header, version),
        "include/kontext/export.hpp": (
            found(r"inline namespace v([0-9_]+)", "include/kontext/export.hpp").replace("_", "."),
            minor,
        ),
        "packaging/debian/changelog": (found(r"\Akontext \(([0-9.]+)-[0-9]+\) ", "packaging/debian/changelog"), version),
        "packaging/vcpkg/kontext/vcpkg.json": (
            json.loads((packaging / "vcpkg/kontext/vcpkg.json").read_text(encoding="utf-8"))["version"],
            version,
        ),
        "CHANGELOG.md": (found(r"^## \[?([0-9.]+)", "CHANGELOG.md"), version),
    }
    for place, (theirs, ours) in places.items():
        assert theirs == ours, f"{place} says {theirs}, CMakeLists.txt {ours}"
    return version


PORT_FUNCTIONS = """
set(CURRENT_PACKAGES_DIR "{packages}")
set(PORT kontext)
macro(known flags one many)
  cmake_parse_arguments(PARSE_ARGV 0 ARG "${{flags}}" "${{one}}" "${{many}}")
  if(ARG_UNPARSED_ARGUMENTS OR ARG_KEYWORDS_MISSING_VALUES)
    message(FATAL_ERROR "${{CMAKE_CURRENT_FUNCTION}} does not know ${{ARG_UNPARSED_ARGUMENTS}} ${{ARG_KEYWORDS_MISSING_VALUES}}")
  endif()
endmacro()
function(vcpkg_cmake_configure)
  known("DISABLE_PARALLEL_CONFIGURE;NO_CHARSET_FLAG;WINDOWS_USE_MSBUILD" "SOURCE_PATH;GENERATOR;LOGFILE_BASE"
    "OPTIONS;OPTIONS_RELEASE;OPTIONS_DEBUG;MAYBE_UNUSED_VARIABLES")
  if(NOT EXISTS "${{ARG_SOURCE_PATH}}/CMakeLists.txt")
    message(FATAL_ERROR "vcpkg_cmake_configure: there is no ${{ARG_SOURCE_PATH}}/CMakeLists.txt")
  endif()
endfunction()
function(vcpkg_cmake_install)
  known("DISABLE_PARALLEL;ADD_BIN_TO_PATH" "" "")
endfunction()
function(vcpkg_cmake_config_fixup)
  known("DO_NOT_DELETE_PARENT_CONFIG_PATH;NO_PREFIX_CORRECTION" "PACKAGE_NAME;CONFIG_PATH;TOOLS_PATH" "")
endfunction()
function(vcpkg_fixup_pkgconfig)
  known("SKIP_CHECK" "" "RELEASE_FILES;DEBUG_FILES")
endfunction()
function(vcpkg_install_copyright)
  known("" "COMMENT" "FILE_LIST")
  file(INSTALL ${{ARG_FILE_LIST}} DESTINATION "${{CURRENT_PACKAGES_DIR}}/share/${{PORT}}")
endfunction()
include("{port}")
"""


def check_vcpkg():
    with tempfile.TemporaryDirectory() as directory:
        script = pathlib.Path(directory) / "run.cmake"
        port = packaging / "vcpkg/kontext/portfile.cmake"
        script.write_text(PORT_FUNCTIONS.format(packages=directory, port=port), encoding="utf-8")
        subprocess.run(["cmake", "-P", script], check=True, stdout=subprocess.DEVNULL)
        installed = sorted(file.name for file in (pathlib.Path(directory) / "share/kontext").iterdir())
        assert installed == ["LICENSE", "usage"], installed


class Tool:
    """CMake, CMakeDeps and CMakeToolchain: what the recipes call of them."""

    def __init__(self, conanfile):
        assert hasattr(conanfile, "requires"), "they are made for a recipe"

    def generate(self):
        pass


class CMake(Tool):
    def configure(self, variables=None, build_script_folder=None):
        pass

    def build(self, target=None):
        pass

    def install(self, component=None):
        pass

    generate = None  # not this one's


class CppInfo:
    """cpp_info and its components: an attribute or a property that Conan does not have is refused."""

    LISTS = "libs system_libs requires includedirs libdirs bindirs resdirs defines cflags cxxflags sharedlinkflags exelinkflags".split()
    PROPERTIES = "cmake_file_name cmake_target_name cmake_target_aliases pkg_config_name pkg_config_aliases cmake_find_mode".split()

    def __init__(self):
        super().__setattr__("properties", {})
        super().__setattr__("set", {})
        super().__setattr__("components", type("Components", (dict,), {"__missing__": self._component})())

    @staticmethod
    def _component(components, name):
        components[name] = CppInfo()
        return components[name]

    def __setattr__(self, name, value):
        assert name in self.LISTS and isinstance(value, list), f"cpp_info.{name} = {value}"
        self.set[name] = value

    def set_property(self, name, value):
        assert name in self.PROPERTIES, f"set_property({name})"
        self.properties[name] = value


def conan_modules(copied):
    def module(name, **members):
        made = types.ModuleType(name)
        made.__dict__.update(members)
        sys.modules[name] = made

    def copy(_recipe, pattern, source, destination):
        files = [file for file in pathlib.Path(source).glob(pattern.replace("/*", "/**/*")) if file.is_file()]
        assert files, f"{pattern} matches nothing"
        copied.update(str(file.relative_to(pathlib.Path(source))) for file in files)

    base = type("ConanFile", (), {"requires": lambda self, *args, **kwargs: self.required.append(args[0])})
    module("conan", ConanFile=base)
    module("conan.errors", ConanInvalidConfiguration=type("ConanInvalidConfiguration", (Exception,), {}))
    module("conan.tools")
    module("conan.tools.build", check_min_cppstd=lambda _recipe, _year: None, can_run=lambda _recipe: True)
    module("conan.tools.cmake", CMake=CMake, CMakeDeps=Tool, CMakeToolchain=Tool, cmake_layout=lambda _recipe: None)
    module(
        "conan.tools.files",
        copy=copy,
        load=lambda _recipe, file: pathlib.Path(file).read_text(encoding="utf-8"),
        rmdir=lambda _recipe, directory: None,
    )


def recipe_in(file, **members):
    spec = importlib.util.spec_from_file_location("recipe", file)
    loaded = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(loaded)
    (cls,) = (each for each in vars(loaded).values() if isinstance(each, type) and each.__module__ == "recipe")
    recipe = cls()
    vars(recipe).update(members)
    return recipe


def check_conan(version):
    sys.dont_write_bytecode = True
    copied = set()
    conan_modules(copied)
    info = CppInfo()
    recipe = recipe_in(
        packaging / "conan/conanfile.py",
        recipe_folder=str(packaging / "conan"),
        export_sources_folder="",
        source_folder=str(root),
        package_folder="",
        settings=types.SimpleNamespace(os="Linux"),
        required=[],
        cpp_info=info,
    )
    recipe.set_version()
    assert recipe.version == version, recipe.version
    recipe.export_sources()
    needed = subprocess.run(
        ["git", "-c", f"safe.directory={root}", "-C", root, "ls-files", "CMakeLists.txt", "LICENSE", "cmake", "include", "src"],
        check=True,
        stdout=subprocess.PIPE,
        text=True,
    ).stdout.split()
    assert set(needed) <= {os.path.normpath(file) for file in copied}, set(needed) - copied
    for step in ("layout", "requirements", "validate", "generate", "build", "package", "package_info"):
        getattr(recipe, step)()
    assert len(recipe.required) == 2, recipe.required
    assert info.properties == {"cmake_file_name": "kontext"}, info.properties
    assert sorted(info.components) == ["client", "mock"], info.components
    for name, target, libs in (("client", "kontext::kontext", ["kontext"]), ("mock", "kontext::mock", ["kontext_mock"])):
        component = info.components[name]
        assert component.properties["cmake_target_name"] == target, component.properties
        assert component.set["libs"] == libs, component.set
        for each in component.set["requires"]:
            package = each.partition("::")[0]
            known = [required.partition("/")[0] for required in recipe.required] + sorted(info.components)
            assert package in known, f"{name} requires {each}, which nobody requires or makes"

    test = recipe_in(packaging / "conan/test_package/conanfile.py", required=[], tested_reference_str="kontext", cpp=None)
    for step in ("requirements", "layout", "build"):
        getattr(test, step)()


def main():
    version = check_versions()
    check_vcpkg()
    check_conan(version)


if __name__ == "__main__":
    main()
