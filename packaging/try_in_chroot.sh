#!/usr/bin/env bash
# try_in_chroot.sh PACKAGES [BASE]: in a bare Debian 12, installs the packages of the directory PACKAGES by apt, compiles the
# README's first program by the README's own commands, and runs it against the packaged emulator; then removes all of it.
# BASE is a directory that debootstrap made (it is copied, not changed); without it debootstrap makes one. Needs root.
set -euo pipefail
export LC_ALL=C

here=$(CDPATH='' cd -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd -P)
readme=$here/../README.md
extract=$here/../tests/consumer/readme.sh
packages=$1
base=${2:-}

work=$(mktemp -d -t kontext-bare.XXXXXXXX)
trap 'rm -rf --one-file-system -- "$work"' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM
bare=$work/root
start=$SECONDS

# step WHAT COMMAND...: one line with its seconds, and what was printed only if it fails.
step() {
    local what=$1 began=$SECONDS
    shift
    if ! "$@" >"$work/log" 2>&1; then
        printf '%-58s FAILED\n' "$what"
        tail -n 40 -- "$work/log"
        exit 1
    fi
    printf '%-58s ok %5d s\n' "$what" $((SECONDS - began))
}

# Nothing of our environment but what the network may need.
inside() {
    env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LC_ALL=C DEBIAN_FRONTEND=noninteractive \
        ${http_proxy:+"http_proxy=$http_proxy"} ${https_proxy:+"https_proxy=$https_proxy"} \
        chroot "$bare" "$@"
}

if [[ -n $base ]]; then
    mkdir -- "$bare"
    step "a copy of the bare system" cp -a -- "$base/." "$bare/"
else
    step "a bare system by debootstrap" debootstrap --variant=minbase bookworm "$bare"
fi
cp -- /etc/resolv.conf "$bare/etc/resolv.conf"

before=$(inside dpkg-query --show | wc -l)
mkdir -- "$bare/root/kontext"
cp -- "$packages"/*.deb "$bare/root/kontext/"
bash "$extract" program "$readme" >"$bare/root/kontext/app.cpp"
for kind in shared static; do
    bash "$extract" "$kind" "$readme" >"$bare/root/kontext/compile-$kind"
done
# The emulator prints what the program needs, and lives until the program has ended.
cat >"$bare/root/kontext/run" <<'SCRIPT'
kontext-emulator --port 0 >emulator.env &
emulator=$!
trap 'kill "$emulator"' EXIT
i=0
until grep -q CLIENT_SECRET emulator.env; do
    i=$((i + 1))
    test "$i" -le 100
    sleep 0.1
done
eval "$(grep '^export ' emulator.env)"
./a.out
SCRIPT

step "apt-get update" inside apt-get -qq update
# What the README asks for beside the packages, which bring libcurl.
step "apt-get install g++ pkg-config ca-certificates ./*.deb" \
    inside sh -ec 'cd /root/kontext && apt-get install -qq -y --no-install-recommends g++ pkg-config ca-certificates ./*.deb'
printf '%d packages before, %d after; of ours:\n' "$before" "$(inside dpkg-query --show | wc -l)"
# shellcheck disable=SC2016
inside dpkg-query --show --showformat '  ${Package} ${Version}, ${Installed-Size} KiB\n' 'libkontext*' 'kontext*'

for kind in shared static; do
    command=$(cat -- "$bare/root/kontext/compile-$kind")
    step "$command" inside sh -ec "cd /root/kontext && $command"
    step "  run against the packaged emulator" inside sh -ec 'cd /root/kontext && . ./run'
    sed 's/^/    /' "$work/log"
    linked=$(inside ldd /root/kontext/a.out | sed -n 's/^[[:space:]]*\(libkontext[^ ]*\) => .*/\1/p')
    printf '  linked with: %s\n' "${linked:-libkontext.a}"
    if [[ $kind == shared && $linked != libkontext.so.0.1 || $kind == static && -n $linked ]]; then
        echo "that is not the $kind library"
        exit 1
    fi
done
step "apt-get purge leaves nothing behind" inside sh -ec "apt-get purge -qq -y 'libkontext*' 'kontext*' && ! find / -xdev -name '*kontext*' -not -path '/root/*' -not -path '/proc/*' | grep ."
printf 'in all %d s\n' $((SECONDS - start))
