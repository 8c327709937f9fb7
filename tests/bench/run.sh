#!/usr/bin/env bash
# run.sh BUILD_DIR [--quick]: measures what was built there with -DKONTEXT_BUILD_BENCH=ON, and prints a table of targets
# and figures; fails if one is missed. --quick: only what instruction counts and line counts decide, with 5 % of slack.
# docs/performance.md explains it.
set -euo pipefail
export LC_ALL=C
PATH=$PATH:/usr/sbin:/sbin

here=$(CDPATH='' cd -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd -P)
root=$(CDPATH='' cd -- "$here/../.." && pwd -P)

say() { printf 'bench: %s\n' "$*" >&2; }

die() {
    say "$@"
    exit 1
}

quick=
if (($# == 2)) && [[ $2 == --quick ]]; then
    quick=yes
elif (($# != 1)); then
    printf 'usage: run.sh BUILD_DIR [--quick]\n' >&2
    exit 2
fi
programs=$(CDPATH='' cd -- "$1" && pwd -P)/tests/bench
[[ -x $programs/kontext_bench_ours ]] || die "$1 holds no benchmarks: build it with -DKONTEXT_BUILD_BENCH=ON"
needed=(nginx openssl valgrind g++ awk)
if [[ -z $quick ]]; then needed+=(node cmake strip ldd); fi
for tool in "${needed[@]}"; do
    command -v "$tool" >/dev/null || die "$tool is missing"
done

scratch=$(mktemp -d -t kontext-bench.XXXXXXXX)

# Everything that takes long runs in the background and is waited for, so that a signal ends it at once.
clean_up() {
    local left
    mapfile -t left < <(jobs -p)
    if ((${#left[@]} > 0)); then kill "${left[@]}" 2>/dev/null || true; fi
    wait 2>/dev/null || true
    rm -rf -- "$scratch"
}
trap clean_up EXIT
trap 'exit 129' HUP
trap 'exit 130' INT
trap 'exit 143' TERM

# finish PID WHAT LOG: waits; says what it printed if it failed.
finish() {
    wait "$1" || {
        cat -- "$3" >&2
        die "$2: failed"
    }
}

# to FILE COMMAND...: its standard output goes to the file.
to() {
    local file=$1
    shift
    "$@" >"$file" 2>"$file.err" &
    finish $! "$*" "$file.err"
}

compute() { awk -v OFMT=%.10g "BEGIN { print ($1) }" </dev/null; }

# word NAME FILE: the value of the first NAME=value in it.
word() {
    local text
    text=$(grep -o -m 1 "$1=[^ ]*" "$2" | head -n 1) || die "no $1 in what was printed"
    printf '%s\n' "${text#*=}"
}

### The table

missed=0
slack=1
if [[ -n $quick ]]; then slack=1.05; fi

# row TARGET WHAT FIGURE [LIMIT [FORMAT]]: without a limit it is for information.
row() {
    local limit=${4:--} format=${5:-%.0f} verdict='' shown
    # shellcheck disable=SC2059
    shown=$(printf "$format" "$3")
    if [[ $limit != - ]]; then
        verdict=ok
        if (($(compute "($3) > ($limit) * $slack"))); then
            verdict=MISS
            missed=$((missed + 1))
        fi
    fi
    printf '%s\t%s\t%s\t%s\t%s\n' "$1" "$2" "$shown" "$limit" "$verdict" >>"$scratch/rows"
    say "$1  $2: $shown${verdict:+ (limit $limit: $verdict)}"
}

print_table() {
    awk -F '\t' '
        { for (i = 1; i <= 5; i++) { cell[NR, i] = $i; if (length($i) > width[i]) width[i] = length($i) } }
        END {
            for (r = 1; r <= NR; r++) {
                printf "| %-*s | %-*s | %*s | %*s | %-*s |\n", width[1], cell[r, 1], width[2], cell[r, 2],
                    width[3], cell[r, 3], width[4], cell[r, 4], width[5], cell[r, 5]
                if (r == 1) {
                    for (i = 1; i <= 5; i++) {
                        line = sprintf("%*s", width[i] + 2, ""); gsub(/ /, "-", line)
                        if (i == 3 || i == 4) sub(/-$/, ":", line)
                        printf "|%s", line
                    }
                    print "|"
                }
            }
        }' "$scratch/rows"
}
printf 'target\twhat\tfigure\tlimit\t\n' >"$scratch/rows"

### The server

http='' https=''

start_server() {
    local as_root='' attempt ports server
    # Of a process of root's, the workers would be nobody's, who may not read our directory.
    if ((EUID == 0)); then as_root='user root;'; fi
    for attempt in 1 2 3 4 5; do
        mapfile -t ports < <("$programs/kontext_bench_setup" "$scratch")
        http=http://127.0.0.1:${ports[0]} https=https://127.0.0.1:${ports[1]}
        cat >"$scratch/nginx.conf" <<EOF
daemon off;
$as_root
worker_processes 1;
pid $scratch/nginx.pid;
error_log $scratch/error.log warn;
events { worker_connections 1024; }
http {
    log_format calls '\$connection \$request_length \$request_method \$request_uri';
    access_log $scratch/access.log calls;
    client_body_temp_path $scratch/body;
    proxy_temp_path $scratch/body;
    fastcgi_temp_path $scratch/body;
    uwsgi_temp_path $scratch/body;
    scgi_temp_path $scratch/body;
    keepalive_timeout 300s;
    keepalive_requests 100000000;
    # A reply leaves in one piece, so that clients do not find it in two by chance.
    sendfile off;
    output_buffers 1 64k;
    open_file_cache max=16 inactive=1h;
    default_type application/json;
    add_header x-request-id 0123456789abcdef0123456789abcdef;
    server {
        listen 127.0.0.1:${ports[0]};
        listen 127.0.0.1:${ports[1]} ssl http2;
        ssl_certificate $scratch/cert.pem;
        ssl_certificate_key $scratch/key.pem;
        root $scratch;
        location = /oauth2/token { return 200 '$(<"$scratch/token.json")'; }
        location = /api/v1/applications { try_files /page.json =404; }
        location /api/v1/applications/ { try_files /one.json =404; }
        location = /api/v1/created { return 200 '$(<"$scratch/one.json")'; }
        location = /api/v1/slow { limit_rate 200; try_files /one.json =404; }
    }
}
EOF
        nginx -p "$scratch" -e "$scratch/error.log" -c "$scratch/nginx.conf" 2>"$scratch/nginx.err" &
        server=$!
        for ((tries = 0; tries < 50; tries++)); do
            kill -0 "$server" 2>/dev/null || break
            if (exec 3<>"/dev/tcp/127.0.0.1/${ports[1]}") 2>/dev/null; then return; fi
            sleep 0.1
        done
        kill "$server" 2>/dev/null || true
        say "nginx did not start (attempt $attempt)"
        cat -- "$scratch/nginx.err" "$scratch/error.log" >&2 || true
    done
    die "no server"
}

# since MARK: what the server did after line MARK of its log. It notes a request after its reply, so a moment is waited.
mark() { wc -l <"$scratch/access.log"; }
since() {
    sleep 0.3
    tail -n +"$(($1 + 1))" "$scratch/access.log"
}
connections() { since "$1" | awk '{ print $1 }' | sort -u | wc -l; }

### Counting

declare -A instructions allocations

# Valgrind's cachegrind without its caches counts the instructions that callgrind counts, in half of the time.
counting=(valgrind --tool=cachegrind --cache-sim=no --cachegrind-out-file=/dev/null)

counted() { awk '/I +refs:/ { gsub(",", "", $NF); n = $NF } END { if (n == "") exit 1; print n }' "$1"; }

# count_instructions NAME LOW HIGH PROGRAM ARGUMENT...: of one call, as the difference of a run with HIGH calls and one
# with LOW. The program's last argument is the number of calls.
count_instructions() {
    local name=$1 low=$2 high=$3 pid_low pid_high
    local log=$scratch/$name
    shift 3
    "${counting[@]}" "$programs/kontext_bench_$1" "${@:2}" "$low" >"$log.low" 2>&1 &
    pid_low=$!
    "${counting[@]}" "$programs/kontext_bench_$1" "${@:2}" "$high" >"$log.high" 2>&1 &
    pid_high=$!
    finish "$pid_low" "$name" "$log.low"
    finish "$pid_high" "$name" "$log.high"
    instructions[$name]=$(compute "($(counted "$log.high") - $(counted "$log.low")) / ($high - $low)")
}

# count_calls NAME LOW HIGH PROGRAM ARGUMENT...: instructions, and allocations in the same way.
count_calls() {
    local name=$1 low=$2 high=$3 calls
    local log=$scratch/$name
    count_instructions "$@"
    shift 3
    for calls in "$low" "$high"; do
        KONTEXT_BENCH_ALLOCATIONS=$log.allocations.$calls LD_PRELOAD=$programs/libkontext_bench_allocations.so \
            "$programs/kontext_bench_$1" "${@:2}" "$calls" >"$log.out" 2>&1 &
        finish $! "$name" "$log.out"
    done
    allocations[$name]=$(compute "($(word allocations "$log.allocations.$high") - \
        $(word allocations "$log.allocations.$low")) / ($high - $low)")
}

# least NAME ROUNDS COMMAND... [-- COMMAND...]: the commands in turn, so often; the least CPU time of each, as NAME.1, ...
# The least is what disturbs it least: CPU time grows when others use the machine.
declare -A least_cpu
least() {
    local name=$1 rounds=$2 round n cpu command=() rest
    shift 2
    for ((round = 0; round < rounds; round++)); do
        n=1
        rest=("$@" --)
        command=()
        for part in "${rest[@]}"; do
            if [[ $part != -- ]]; then
                command+=("$part")
                continue
            fi
            to "$scratch/least" env "${command[@]}"
            cpu=$(word cpu_us "$scratch/least")
            if [[ -z ${least_cpu[$name.$n]:-} ]] || (($(compute "$cpu < ${least_cpu[$name.$n]}"))); then
                least_cpu[$name.$n]=$cpu
            fi
            n=$((n + 1))
            command=()
        done
    done
}

### The targets

one_get() {
    count_calls bare 100 600 bare one "$http"
    count_calls raw 100 600 ours raw "$http"
    count_calls get 100 600 ours get "$http"
    row 1 'one GET, bare libcurl: instructions' "${instructions[bare]}"
    row 1 'one GET, raw: instructions over bare' "$(compute "${instructions[raw]} - ${instructions[bare]}")" 12000
    row 1 'one GET, raw: allocations over bare' "$(compute "${allocations[raw]} - ${allocations[bare]}")" 20 %.1f
    row 1 'one GET, decoded: instructions / bare' "$(compute "${instructions[get]} / ${instructions[bare]}")" 1.45 %.3f
}

one_get_tls() {
    count_calls bare_tls 100 600 bare one "$https"
    count_calls raw_tls 100 600 ours raw "$https"
    row 1 'one GET over TLS, bare libcurl: instructions' "${instructions[bare_tls]}"
    row 1 'one GET over TLS, raw: instructions over bare' \
        "$(compute "${instructions[raw_tls]} - ${instructions[bare_tls]}")" 12000
}

page() {
    count_calls dom_page 20 120 dom page "$http"
    count_calls page 20 120 ours page "$http"
    row 2 'page of 50, libcurl + nlohmann DOM: instructions' "${instructions[dom_page]}"
    row 2 'page of 50, ours: instructions / DOM' \
        "$(compute "${instructions[page]} / ${instructions[dom_page]}")" 0.82 %.3f
    row 2 'page of 50, ours: allocations / DOM' "$(compute "${allocations[page]} / ${allocations[dom_page]}")" - %.3f
}

# The requests that were measured must be as long as the bare ones.
equal_requests() {
    local different
    different=$(since 0 | awk '$3 == "GET" && $4 != "/api/v1/slow" { print $4, $2 }' | sort -u |
        awk '{ print $1 }' | uniq -d)
    [[ -z $different ]] || die "the clients' requests for $different differ in length"
}

cold() {
    local directory=$scratch/certs hash bare ours node
    mkdir -p "$directory"
    # The names that OpenSSL looks for, as the files they link to.
    [[ -d /etc/ssl/certs ]] || die "no hashed directory of certificates: install ca-certificates"
    cp -L /etc/ssl/certs/????????.[0-9] "$directory"/
    hash=$(openssl x509 -noout -hash -in "$scratch/cert.pem")
    cp "$scratch/cert.pem" "$directory/$hash.0"
    export SSL_CERT_DIR=$directory
    unset SSL_CERT_FILE
    to "$scratch/cold" "$programs/kontext_bench_processes" 25 \
        -- "$programs/kontext_bench_bare" cold "$https" 1 \
        -- "$programs/kontext_bench_ours" cold "$https" 1 \
        -- node --use-openssl-ca "$here/fetch.mjs" "$https"
    mapfile -t times < <(sed -n 's/^cpu_ms=\([^ ]*\) wall_ms=\([^ ]*\)$/\1 \2/p' "$scratch/cold")
    read -r -a bare <<<"${times[0]}"
    read -r -a ours <<<"${times[1]}"
    read -r -a node <<<"${times[2]}"
    row 3 "cold process over TLS, $(find "$directory" -type f | wc -l) CAs, bare: CPU ms (and ms)" "${bare[0]}" - \
        "%.1f (${bare[1]})"
    row 3 'cold process over TLS, ours: CPU ms (and ms)' "${ours[0]}" - "%.1f (${ours[1]})"
    row 3 'cold process over TLS, Node: CPU ms (and ms)' "${node[0]}" - "%.1f (${node[1]})"
    row 3 'cold process, ours / bare: CPU' "$(compute "${ours[0]} / ${bare[0]}")" 1.15 %.3f
    row 3 'cold process, ours / Node: CPU' "$(compute "${ours[0]} / ${node[0]}")" 0.0833 %.4f
    row 3 'cold process, ours / Node: time' "$(compute "${ours[1]} / ${node[1]}")" 0.0833 %.4f
    for client in bare ours; do
        "${counting[@]}" "$programs/kontext_bench_$client" cold "$https" 1 >"$scratch/cold_$client" 2>&1 &
        finish $! "cold $client" "$scratch/cold_$client"
    done
    row 3 'cold process, ours / bare: instructions' \
        "$(compute "$(counted "$scratch/cold_ours") / $(counted "$scratch/cold_bare")")" 1.15 %.3f
    export SSL_CERT_FILE=$scratch/cert.pem
    unset SSL_CERT_DIR
}

threads() {
    local from one many
    least threads 7 "$programs/kontext_bench_bare" one "$http" 10000 2 -- \
        "$programs/kontext_bench_ours" raw "$http" 10000 2
    row 4 '2 threads, raw: CPU / two bare loops' \
        "$(compute "${least_cpu[threads.2]} / ${least_cpu[threads.1]}")" 1.10 %.3f
    from=$(mark)
    to "$scratch/many" "$programs/kontext_bench_ours" raw "$http" 200 64
    row 4 '64 threads: token requests' "$(since "$from" | grep -c ' POST ')" 1
    row 4 '64 threads: connections' "$(connections "$from")" 64
    to "$scratch/slow1" "$programs/kontext_bench_ours" slow "$http" 1 1
    to "$scratch/slow64" "$programs/kontext_bench_ours" slow "$http" 1 64
    one=$(word seconds "$scratch/slow1") many=$(word seconds "$scratch/slow64")
    row 4 'a slow reply to each of 64 threads at once: time / one' "$(compute "$many / $one")" 2 %.2f
}

memory() {
    # The middle of nine each: how much of the libraries' files the kernel maps at once varies by a hundredth.
    local who bare ours
    for _ in {1..9}; do
        for who in bare ours; do
            to "$scratch/peak" "$programs/kontext_bench_$who" page "$http" 2000
            word peak_kib "$scratch/peak" >>"$scratch/${who}_peaks"
        done
    done
    bare=$(sort -n "$scratch/bare_peaks" | sed -n 5p)
    ours=$(sort -n "$scratch/ours_peaks" | sed -n 5p)
    row 5 'page loop: peak KiB, bare, median of 9' "$bare"
    row 5 'page loop: peak, ours / bare, medians of 9' "$(compute "$ours / $bare")" 1.10 %.3f
    to "$scratch/grow" "$programs/kontext_bench_ours" grow "$http" 100000
    row 5 'from call 10,000 to call 100,000: KiB grown' "$(word grown_kib "$scratch/grow")" 64
}

new_connections() {
    local from
    from=$(mark)
    to "$scratch/thousand" "$programs/kontext_bench_ours" raw "$http" 999
    row 6 '1,000 calls one after the other: connections' "$(connections "$from")" 1
    from=$(mark)
    to "$scratch/error" "$programs/kontext_bench_ours" error "$http" 1
    sleep 2 # the slow reply, which nobody waits for, is noted when it ends
    row 6 'a call, a timeout, a call: connections' "$(connections "$from")" 2
}

# What a POST pays for not taking a connection that has been idle for more than half a second, and a GET does not.
after_a_pause() {
    local from
    count_instructions post 20 120 ours post "$https"
    count_instructions paused_post 1 5 ours paused_post "$https"
    count_instructions paused_raw 1 5 ours paused_raw "$https"
    row 6 'one POST over TLS, connection in use: instructions' "${instructions[post]}"
    row 6 'one POST over TLS, after 0.6 s: instructions / connection in use' \
        "$(compute "${instructions[paused_post]} / ${instructions[post]}")" - %.2f
    row 6 'one GET over TLS, after 0.6 s: instructions / connection in use' \
        "$(compute "${instructions[paused_raw]} / ${instructions[raw_tls]}")" - %.2f
    from=$(mark)
    to "$scratch/paused" "$programs/kontext_bench_ours" post "$https" 5
    row 6 '5 POSTs over TLS, one after the other: connections' "$(connections "$from")"
    from=$(mark)
    to "$scratch/paused" "$programs/kontext_bench_ours" paused_post "$https" 5
    row 6 '5 POSTs over TLS, each after 0.6 s: connections' "$(connections "$from")"
    from=$(mark)
    to "$scratch/paused" "$programs/kontext_bench_ours" paused_raw "$https" 5
    row 6 '5 GETs over TLS, each after 0.6 s: connections' "$(connections "$from")" 1
}

http2_and_cas() {
    count_calls http2 100 600 ours http2 "$https"
    row 7 'one GET over TLS, HTTP/2 / HTTP/1.1: instructions' \
        "$(compute "${instructions[http2]} / ${instructions[raw_tls]}")" - %.3f
    cat "$scratch"/certs/* >"$scratch/bundle.pem"
    local ours=("$programs/kontext_bench_ours" handles "$https" 30)
    least handles 3 "SSL_CERT_FILE=$scratch/cert.pem" "${ours[@]}" -- \
        -u SSL_CERT_FILE "SSL_CERT_DIR=$scratch/certs" "${ours[@]}" -- \
        "SSL_CERT_FILE=$scratch/bundle.pem" "${ours[@]}"
    row 7 'CAs of a handle, hashed directory: ms of CPU more than one CA' \
        "$(compute "(${least_cpu[handles.2]} - ${least_cpu[handles.1]}) / 1000")" 2.5 %.2f
    row 7 'CAs of a handle, bundle file: ms of CPU more than one CA' \
        "$(compute "(${least_cpu[handles.3]} - ${least_cpu[handles.1]}) / 1000")" - %.2f
}

include_cost() {
    local name compiler multiarch flags=(-std=c++17 -I "$root/include") pids=()
    printf '#include <kontext/management.hpp>\n' >"$scratch/ours.cpp"
    printf '#include <%s>\n' string vector optional memory chrono >"$scratch/light.cpp"
    g++ "${flags[@]}" -E -P "$scratch/ours.cpp" >"$scratch/ours.i"
    row 8 '<kontext/management.hpp>: preprocessed lines' "$(wc -l <"$scratch/ours.i")" 36000
    # The compiler proper, as g++ calls it.
    compiler=$(g++ -print-prog-name=cc1plus) multiarch=$(g++ -print-multiarch)
    for name in light ours; do
        "${counting[@]}" "$compiler" -quiet ${multiarch:+-imultiarch "$multiarch"} -D_GNU_SOURCE "${flags[@]}" \
            -fsyntax-only "$scratch/$name.cpp" -o /dev/null >"$scratch/include_$name" 2>&1 &
        pids+=($!)
    done
    finish "${pids[0]}" 'the compiler' "$scratch/include_light"
    finish "${pids[1]}" 'the compiler' "$scratch/include_ours"
    row 8 '<kontext/management.hpp>: instructions / five light headers' \
        "$(compute "$(counted "$scratch/include_ours") / $(counted "$scratch/include_light")")" 1.8 %.3f
}

compile_time() {
    local compile=(g++ -std=c++17 -O2 -c -I "$root/include" -o "$scratch/compiled.o") ours hand
    to "$scratch/compile" "$programs/kontext_bench_processes" 5 -- "${compile[@]}" "$here/compile/ours.cpp" \
        -- "${compile[@]}" "$here/compile/by_hand.cpp"
    mapfile -t times < <(sed -n 's/^cpu_ms=\([^ ]*\) .*/\1/p' "$scratch/compile")
    ours=${times[0]} hand=${times[1]}
    row 8 'three calls, -O2: CPU seconds to compile' "$(compute "$ours / 1000")" - %.2f
    row 8 'three calls: time to compile / nlohmann + curl by hand' "$(compute "$ours / $hand")" 0.5 %.3f
}

program_size() {
    local static=$scratch/static program libcurl
    to "$scratch/configure" cmake -S "$root" -B "$static" -G Ninja -DCMAKE_BUILD_TYPE=MinSizeRel -DBUILD_SHARED_LIBS=OFF \
        -DKONTEXT_BUILD_BENCH=ON -DCMAKE_CXX_FLAGS='-ffunction-sections -fdata-sections' \
        -DCMAKE_EXE_LINKER_FLAGS=-Wl,--gc-sections
    to "$scratch/build" cmake --build "$static" --target kontext_bench_one_call --parallel "$(nproc)"
    program=$static/tests/bench/kontext_bench_one_call
    strip "$program"
    row 8 'one call, our library static, -Os, stripped: KiB' "$(compute "$(wc -c <"$program") / 1024")"
    libcurl=$(ldd "$program" | awk '/libcurl/ { print $3 }')
    row 8 'libcurl.so beside it: KiB' "$(compute "$(wc -c <"$(readlink -f "$libcurl")") / 1024")"
    row 8 'libcurl.so and the libraries that it loads: KiB' \
        "$({ printf '%s\n' "$libcurl" && ldd "$libcurl" | awk '$3 ~ /^\// { print $3 }'; } |
            xargs readlink -f | xargs cat | wc -c | awk '{ print $1 / 1024 }')"
}

# bytes_per_second NAME: the fastest of the repetitions, in MB/s.
speed() {
    awk -F , -v name="\"$1\"" '$1 == name && $6 > most { most = $6 } END { print most / 1e6 }' "$scratch/decode"
}

decoding() {
    local name size resources=(applications integrations serviceAccounts agentSessions traces events)
    to "$scratch/decode" "$programs/kontext_bench_decode" --benchmark_format=csv --benchmark_min_time=0.1 \
        --benchmark_repetitions=3
    for name in "${resources[@]}"; do
        row 9 "$name, page of 50: MB/s" "$(speed "$name/50")"
    done
    for size in 1 32 1024; do
        row 9 "an event with $size KB of responseJson: MB/s" "$(speed "responseJson/${size}KB")"
    done
    # The slope of the second part over that of the first: 1 is linear, whatever a call costs beside.
    for name in "${resources[@]}"; do
        for size in 1 50 200; do
            count_calls "read_$size" 5 15 read "$name" "$size"
        done
        row 9 "$name: instructions an item, 50 to 200 / 1 to 50" "$(compute "(${instructions[read_200]} - \
            ${instructions[read_50]}) / 150 / ((${instructions[read_50]} - ${instructions[read_1]}) / 49)")" 1.1 %.3f
    done
    local -A bytes
    for size in 1024 32768 1048576; do
        count_calls "json_$size" 2 5 read responseJson "$size"
        bytes[$size]=$(word bytes "$scratch/json_$size.out")
    done
    row 9 'responseJson: instructions a byte, 32 KB to 1 MB / 1 to 32 KB' \
        "$(compute "(${instructions[json_1048576]} - ${instructions[json_32768]}) / (${bytes[1048576]} - ${bytes[32768]}) \
            / ((${instructions[json_32768]} - ${instructions[json_1024]}) / (${bytes[32768]} - ${bytes[1024]}))")" 1.1 %.3f
    row 9 'responseJson: allocations of 1 MB over those of 1 KB' \
        "$(compute "${allocations[json_1048576]} - ${allocations[json_1024]}")" 40
}

openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=localhost \
    -addext subjectAltName=IP:127.0.0.1 -keyout "$scratch/key.pem" -out "$scratch/cert.pem" 2>"$scratch/openssl.err" ||
    die "openssl: $(<"$scratch/openssl.err")"
export SSL_CERT_FILE=$scratch/cert.pem
unset SSL_CERT_DIR
unset "${!KONTEXT_@}"
start_server

if [[ -z $quick ]]; then
    # It sleeps for a minute, so it begins first.
    "$programs/kontext_bench_ours" pool "$http" 1 64 >"$scratch/pool" 2>&1 &
    pool=$!
fi
one_get
page
if [[ -z $quick ]]; then
    one_get_tls
    equal_requests
    cold
    finish "$pool" 'the pool' "$scratch/pool"
    threads
    row 4 'idle pool after 64 threads: descriptors' "$(word full "$scratch/pool")"
    row 4 'idle pool 61 s and 128 calls later: descriptors' "$(word shrunk "$scratch/pool")" 8
    memory
    new_connections
    after_a_pause
    http2_and_cas
fi
include_cost
if [[ -z $quick ]]; then
    compile_time
    program_size
    decoding
fi

version() { "$@" 2>&1 | head -n 1; }
printf '%s\n' "$(version g++ --version)" "$(version nginx -v)" "$(version valgrind --version)" \
    "libcurl $(version curl-config --version)" "Node $(version node --version)" |
    sed 's/^/- /'
printf '\n'
print_table
printf '\n%d of %d rows with a limit are missed; %d s\n' "$missed" "$(awk -F '\t' '$5 != "" && NR > 1' "$scratch/rows" | wc -l)" \
    "$SECONDS"
((missed == 0))
