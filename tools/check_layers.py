#!/usr/bin/env python3
"""check_layers.py [ROOT]: checks that each file of src/ and include/ includes only what its directory may.

A directory of src/ may include itself and those to its left; includes of src/ are written relative to it.
"""

import pathlib
import re
import sys

ORDER = "platform values errors json transport call auth client resources parallel ensure".split()
# These stand apart, on the public headers alone; the emulator does without them as well.
PUBLIC_ONLY = {"parallel", "ensure", "mock"}
KNOWN = {*ORDER, "mock", "emulator"}

# What is included (lower case, a name that ends with / stands for a directory): where it may be. A place that ends with /
# stands for all below it.
SYSTEM = """
    aclapi.h aio.h arpa/ bcrypt.h csignal direct.h dirent.h dlfcn.h execinfo.h fcntl.h fnmatch.h ftw.h glob.h grp.h ifaddrs.h
    io.h iphlpapi.h langinfo.h libgen.h linux/ mach/ mach-o/ mqueue.h mstcpip.h net/ netdb.h netinet/ ntdef.h poll.h process.h
    processthreadsapi.h pthread.h pwd.h regex.h resolv.h sched.h sddl.h semaphore.h shlobj.h signal.h spawn.h strings.h
    synchapi.h sys/ syslog.h termios.h ucontext.h unistd.h utime.h versionhelpers.h wincrypt.h windows.h winerror.h winnt.h
    winsock.h winsock2.h winternl.h ws2ipdef.h ws2tcpip.h xlocale.h
""".split()
PLACES = [
    (["curl/"], ["src/transport/"]),
    (["nlohmann/"], ["src/json/", "src/emulator/", "include/kontext/json.hpp"]),
    (SYSTEM, ["src/platform/", "src/emulator/"]),
]
MACRO_PLACES = ["src/platform/", "src/emulator/", "include/kontext/export.hpp"]

INCLUDE = re.compile(r"""\s*#\s*include\s*([<"])([^>"]+)[>"]""")
MACRO = re.compile(r"\s*#\s*(?:if|ifdef|ifndef|elif)\b(?:(?!//).)*\b(_WIN32|_WIN64|__APPLE__)\b")


def is_in(name, places):
    return any(name == place or place.endswith("/") and name.startswith(place) for place in places)


def may_include(file, room, quoted, included):
    """What is wrong with it, or None. `room` is the directory of src/, or None for a public header."""
    for names, places in PLACES:
        if is_in(included.lower(), names) and not is_in(file, places):
            return f"belongs in {', '.join(places)} only"
    first, slash, _ = included.partition("/")
    if slash and first == "kontext":
        return "is a header of the library, whose code the emulator does not share" if room == "emulator" else None
    if not quoted and (not slash or first not in KNOWN):
        return None
    if room is None:
        return "is not a public header"
    if not slash or first not in KNOWN:
        return "is not written relative to src/, with a known directory"
    if first == room or room in ORDER and room not in PUBLIC_ONLY and first in ORDER[: ORDER.index(room)]:
        return None
    if room in ORDER and room not in PUBLIC_ONLY:
        return f"points to the right: {room}/ may include {', '.join(f'{each}/' for each in ORDER[: ORDER.index(room) + 1])}"
    return f"is outside {room}/, which may include {'public headers and ' if room in PUBLIC_ONLY else ''}its own only"


def faults(root):
    paths = sorted(path for top in ("src", "include") for path in (root / top).rglob("*") if path.suffix in (".cpp", ".hpp", ".h"))
    for path in paths:
        file = path.relative_to(root).as_posix()
        room = file.split("/")[1] if file.startswith("src/") else None
        if room is not None and room not in KNOWN:
            yield f"{file}: src/{room} is not one of the known directories ({' '.join(sorted(KNOWN))})"
            continue
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            include = INCLUDE.match(line)
            if include:
                quote, included = include.groups()
                wrong = may_include(file, room, quote == '"', included)
                if wrong:
                    yield f"{file}:{number}: {included} {wrong}"
            macro = MACRO.match(line)
            if macro and not is_in(file, MACRO_PLACES):
                yield f"{file}:{number}: {macro.group(1)} belongs in {', '.join(MACRO_PLACES)} only"


def main():
    found = list(faults(pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else ".")))
    for fault in found:
        print(fault)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
