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

# compiles CODE: nlohmann/json takes as long to compile as all the rest.
compiles() {
    local header=management
    if [[ $1 == *json* || $1 == *Json* ]]; then header=json; fi
    {
        printf '#include <kontext/%s.hpp>\nusing namespace kontext;\n' "$header"
        if [[ $header == json ]]; then printf 'extern const nlohmann::json json;\n'; fi
        printf 'void use(Pager<Application>& pager) {\n(void)pager;\n%s\n}\n' "$1"
    } >"$scratch/use.cpp"
    "$cxx" -std=c++20 -fsyntax-only -I"$root/include" "$scratch/use.cpp" >"$scratch/said" 2>&1
}

# accepts CODE
right=
accepts() { right+="{ $1 }"$'\n'; }

# refuses WORDS CODE
refuses() {
    if compiles "$2"; then
        echo "this compiles, and should not: $2"
        failed=1
    elif ! grep -qE -- "$1" "$scratch/said"; then
        echo "the compiler refuses this, but does not say '$1': $2"
        cat -- "$scratch/said"
        failed=1
    fi
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
exit "$failed"
