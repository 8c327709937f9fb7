#!/usr/bin/env bash
# misuses.sh CXX: what the public headers promise not to compile does not, and for the reason that is promised; what looks
# like it and is right does.
set -euo pipefail
export LC_ALL=C

root=$(CDPATH='' cd -- "$(dirname -- "${BASH_SOURCE[0]}")/../.." && pwd -P)
cxx=$1
scratch=$(mktemp -d -t kontext-misuses.XXXXXXXX)
trap 'rm -rf -- "$scratch"' EXIT
failed=0

begin='#include <kontext/json.hpp>
#include <kontext/management.hpp>
using namespace kontext;
extern const nlohmann::json json;
'

# compiles CODE
compiles() { "$cxx" -std=c++20 -fsyntax-only -w "${all_errors[@]}" -I"$root/include" -x c++ - <<<"$begin$1" >"$scratch/said" 2>&1; }

# All that is wrong is compiled as one, since the headers take seconds, and each piece by its own name and line 1.
all_errors=(-fmax-errors=0)
if "$cxx" --version | grep -q clang; then all_errors=(-ferror-limit=0); fi
use() { printf '#line 1 "%s"\nvoid use_%s([[maybe_unused]] Pager<Application>& pager) { %s }\n' "$1" "$1" "$2"; }

right='' wrong='' pieces=() words=()

# accepts CODE
accepts() { right+=$(use "right_${#right}" "$1")$'\n'; }

# refuses WORDS CODE
refuses() {
    wrong+=$(use "wrong_${#pieces[@]}" "$2")$'\n'
    words+=("$1")
    pieces+=("$2")
}

accepts '(void)UpdateApplicationOAuthInput{.redirectUris = {"https://a.example"}, .scopes = std::vector<std::string>{}};'
accepts '(void)UpdateApplicationInput{.name = "n", .description = nullptr};'
accepts '(void)CreateApplicationOAuthInput{.scopes = {}};'
refuses 'explicit' '(void)UpdateApplicationOAuthInput{.scopes = {}};'
refuses 'explicit' '(void)UpdateApplicationOAuthInput{.pkceRequired = {}};'
refuses 'explicit' '(void)UpdateApplicationInput{.name = {}};'
refuses 'deleted' '(void)UpdateApplicationOAuthInput{.pkceRequired = "yes"};'
refuses 'deleted' '(void)UpdateApplicationOAuthInput{.pkceRequired = 1};'

accepts 'toJson(std::vector<Application>{}); toJson(std::optional<ExternalAuth>{}); toJson(ListTracesParams{});'
refuses 'no matching function' 'toJson(42);'
refuses 'no matching function' 'toJson(ClientConfig{});'
refuses 'no matching function' 'struct Mine {}; toJson(std::vector<Mine>{});'
accepts 'fromJson<Application>(json); fromJson<Page<Application>>(json); fromJson<std::vector<McpEvent>>(json);'
refuses 'no matching function' 'fromJson<CreateApplicationInput>(json);'
refuses 'no matching function' 'fromJson<std::string>(json);'
accepts 'const RawJson raw = toRawJson(json);'
refuses 'deleted' 'const RawJson raw(json);'
refuses 'deleted' 'RawJson raw; raw = json;'

accepts 'auto it = pager.begin(); it++; const Application& application = *it; (void)application;'
refuses 'void' 'auto it = pager.begin(); const Application& application = *it++; (void)application;'
refuses 'const' 'const Pager<Application>& same = pager; same.maxItems(1);'
accepts '(void)(Timestamp() < std::chrono::system_clock::now());'
refuses 'deleted' '(void)(Timestamp() == std::chrono::system_clock::now());'
if ! compiles "$right"; then
    echo 'this does not compile, and should:'
    cat -- "$scratch/said"
    failed=1
fi
compiles "$wrong" || true
for i in "${!pieces[@]}"; do
    errors=$(grep -E "^wrong_$i:1:[0-9]+: error:" "$scratch/said" || true)
    if [[ -z $errors ]]; then
        echo "this compiles, and should not: ${pieces[i]}"
        failed=1
    elif ! grep -qE -- "${words[i]}" <<<"$errors"; then
        echo "the compiler refuses this, but does not say '${words[i]}': ${pieces[i]}"
        echo "$errors"
        failed=1
    fi
done
exit "$failed"
