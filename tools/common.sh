# shellcheck shell=bash
# What the commands of ./dev share. Each sources it first; from then on the working directory is the top of the repository.
set -euo pipefail
export LC_ALL=C

root=$(CDPATH='' cd -- "$(dirname -- "${BASH_SOURCE[0]}")/.." && pwd -P)
cd -- "$root"
jobs=${CMAKE_BUILD_PARALLEL_LEVEL:-$(nproc)}

# Debian's packages, by purpose. clang-format and clang-tidy are pinned: another version formats and warns differently.
# shellcheck disable=SC2034 # the commands use them
{
    llvm=14
    library=(g++ cmake ninja-build libcurl4-openssl-dev nlohmann-json3-dev)
    emulator=(libcpp-httplib-dev libcli11-dev pkgconf)
    demo=(ca-certificates)
    # clang checks the public headers beside g++; Python extracts the C++ from the documentation.
    tests=(libgtest-dev libgmock-dev libssl-dev zlib1g-dev clang python3)
    format=(git "clang-format-$llvm")
    lint=("clang-tidy-$llvm" cppcheck shellcheck codespell cmake-format python3)
    coverage=(gcovr)
    docs=(doxygen)
    proxies=(nginx-light haproxy squid openssl)
    bench=(libbenchmark-dev nginx-light openssl valgrind nodejs)
    # g++ 12 builds the tests; the fuzzers and the sanitizers use the other compilers that the library supports.
    fuzz=(clang-19 libclang-rt-19-dev python3)
    sanitize=("clang-$llvm" "libclang-rt-$llvm-dev" clang-19 libclang-rt-19-dev)
    packages=(dpkg-dev file lintian)
    bare=(debootstrap)
    consumers=(git pkgconf)
    # The compilers by version, whatever the plain names refer to.
    wiping=(g++-12 clang-14)
    matrix=(g++-12 clang-14 libc++-14-dev libc++abi-14-dev pkgconf)
    abi=(git abigail-tools binutils)
}

say() { printf 'dev: %s\n' "$*" >&2; }

die() {
    say "$@"
    exit 1
}

misused() {
    say "$@"
    exit 2
}

scratch=
emulator_pid=

clean_up() {
    if [[ -n $emulator_pid ]]; then stop_emulator; fi
    if [[ -n $scratch ]]; then rm -rf -- "$scratch"; fi
}
trap clean_up EXIT
trap 'exit 129' HUP
trap 'exit 130' INT
trap 'exit 143' TERM

# A private directory (mktemp creates it with mode 0700), removed at the end.
make_scratch() {
    if [[ -z $scratch ]]; then scratch=$(mktemp -d -t kontext-dev.XXXXXXXX); fi
}

# quietly WHAT COMMAND...: prints WHAT, and the command's output only if it fails.
quietly() {
    local what=$1
    shift
    make_scratch
    say "$what"
    if ! "$@" >"$scratch/log" 2>&1; then
        cat -- "$scratch/log" >&2
        die "$what: failed"
    fi
}

# need PACKAGE...: installs the packages that are missing. If none is missing, it needs neither network nor root.
need() {
    if ! command -v dpkg-query >/dev/null; then
        say "this is not Debian; the following packages, or your system's equivalents, must be installed: $*"
        return
    fi
    local package installed missing=() as_root=()
    installed=$'\n'$(dpkg-query --show --showformat '${Package} ${db:Status-Status}\n' "$@" 2>/dev/null || true)$'\n'
    for package in "$@"; do
        if [[ $installed != *$'\n'"$package installed"$'\n'* ]]; then missing+=("$package"); fi
    done
    if ((${#missing[@]} == 0)); then return; fi

    command -v apt-get >/dev/null || die "there is no apt-get to install the missing packages: ${missing[*]}"
    if ((EUID != 0)); then
        command -v sudo >/dev/null || die "installing the missing packages requires root or sudo: ${missing[*]}"
        as_root=(sudo)
    fi
    as_root+=(env DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=120 -o Acquire::Retries=3 -qq)
    quietly "reading the package lists" "${as_root[@]}" update
    # --no-remove: if a package conflicts, such as another flavor of libcurl's headers, its owner decides.
    quietly "installing ${missing[*]}" "${as_root[@]}" install -y --no-install-recommends --no-remove "${missing[@]}"
}

# build PRESET [TARGET...]
build() {
    local preset=$1 targets=()
    shift
    if (($# > 0)); then targets=(--target "$@"); fi
    quietly "configuring ($preset)" cmake --preset "$preset"
    quietly "building ($preset)" cmake --build --preset "$preset" --parallel "$jobs" "${targets[@]}"
}

# These make a server reachable: the emulator prints them, a user may set them.
server_variables=(KONTEXT_API_BASE_URL KONTEXT_SERVICE_ACCOUNT_CLIENT_ID KONTEXT_SERVICE_ACCOUNT_CLIENT_SECRET)

# Exports what the emulator has printed so far; fails until it is complete.
read_server_variables() {
    local line name
    while IFS= read -r line; do
        if [[ $line =~ ^export\ (KONTEXT_[A-Z_]+)=\'([^\']*)\'$ ]]; then
            export "${BASH_REMATCH[1]}=${BASH_REMATCH[2]}"
        fi
    done <"$1"
    for name in "${server_variables[@]}"; do
        if [[ -z ${!name:-} ]]; then return 1; fi
    done
}

# The emulator prints a new secret: into a file that only this user can read, removed before anything else starts.
start_emulator() {
    local out=$scratch/emulator.out err=$scratch/emulator.err deadline=$((SECONDS + 10))
    : >"$out"
    build/release/src/emulator/kontext-emulator --port 0 </dev/null >"$out" 2>"$err" &
    emulator_pid=$!
    until read_server_variables "$out"; do
        if ! kill -0 "$emulator_pid" 2>/dev/null; then
            cat -- "$err" >&2
            die "the emulator ended before it was ready"
        fi
        if ((SECONDS >= deadline)); then die "the emulator was not ready within 10 s"; fi
        sleep 0.05
    done
    rm -f -- "$out"
}

stop_emulator() {
    local tries
    kill "$emulator_pid" 2>/dev/null || true
    for ((tries = 0; tries < 100; tries++)); do
        if ! kill -0 "$emulator_pid" 2>/dev/null; then break; fi
        sleep 0.05
    done
    kill -KILL "$emulator_pid" 2>/dev/null || true
    wait "$emulator_pid" 2>/dev/null || true
    emulator_pid=
}

# safe.directory: the checkout in a container has another owner.
our_git() { git -c safe.directory="$root" "$@"; }

# files PATTERN...: the files that git tracks or would add, separated by NUL.
files() {
    local file
    our_git ls-files -z --cached --others --exclude-standard -- "$@" |
        while IFS= read -r -d '' file; do
            if [[ -f $file ]]; then printf '%s\0' "$file"; fi
        done
}

cxx_files() { files '*.cpp' '*.hpp' '*.h'; }
