#!/usr/bin/env bash
# package [--try [DIRECTORY]]: build the Debian packages into build/package/ and check them with lintian; --try installs them in a clean chroot
source "$(dirname -- "${BASH_SOURCE[0]}")/common.sh"

# The packages are compiled with Debian's flags, without debugging information.
debian_flags() { DEB_CXXFLAGS_MAINT_STRIP=-g DEB_BUILD_MAINT_OPTIONS=hardening=+bindnow dpkg-buildflags --get "$1"; }

base=()
if (($# > 0)); then
    [[ $1 == --try && $# -le 2 ]] || misused "package takes no arguments, or --try and a directory made by debootstrap"
    base=("${@:2}")
    need "${bare[@]}"
fi
need "${library[@]}" "${emulator[@]}" "${packages[@]}"
flags="$(debian_flags CXXFLAGS) $(debian_flags CPPFLAGS)"
link=$(debian_flags LDFLAGS)
common=(-G Ninja -DCMAKE_BUILD_TYPE=None -DCMAKE_INSTALL_PREFIX=/usr "-DCMAKE_CXX_FLAGS=$flags"
    "-DCMAKE_EXE_LINKER_FLAGS=$link" "-DCMAKE_SHARED_LINKER_FLAGS=$link")
quietly "configuring (package, static)" cmake -S . -B build/package/static "${common[@]}" -DBUILD_SHARED_LIBS=OFF
quietly "configuring (package, shared)" cmake -S . -B build/package/shared "${common[@]}" -DBUILD_SHARED_LIBS=ON \
    -DKONTEXT_BUILD_EMULATOR=ON -DKONTEXT_PACKAGE=ON -DKONTEXT_STATIC_BUILD="$root/build/package/static"
for kind in static shared; do
    quietly "building (package, $kind)" cmake --build "build/package/$kind" --parallel "$jobs"
done
rm -f -- build/package/*.deb
quietly "packing" cpack --config build/package/shared/CPackConfig.cmake -B build/package
rm -rf -- build/package/_CPack_Packages
as_root=()
if ((EUID == 0)); then as_root=(--allow-root); fi
lintian "${as_root[@]}" --suppress-tags-from-file packaging/debian/lintian-suppressed --fail-on error,warning build/package/*.deb ||
    die "lintian found errors"
ls -- build/package/*.deb
if [[ ${1:-} == --try ]]; then
    if ((EUID != 0)); then as_root=(sudo); else as_root=(); fi
    "${as_root[@]}" bash packaging/try_in_chroot.sh build/package "${base[@]}"
fi
