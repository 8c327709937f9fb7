#!/usr/bin/env bash
# proxies [CALLS]: make CALLS (default: 1,000) on 8 threads through nginx, haproxy and squid in every way; for releases
source "$(dirname -- "${BASH_SOURCE[0]}")/common.sh"

calls=${1:-1000}
[[ $# -le 1 && $calls =~ ^[1-9][0-9]*$ ]] || misused "proxies takes a number of calls, not '$*'"
PATH=$PATH:/usr/sbin:/sbin
need "${library[@]}" "${emulator[@]}" "${tests[@]}" "${proxies[@]}"
build dev kontext_proxies
make_scratch

row_pid=

# stop NAME: ends the proxy, whichever process it is by now.
stop() {
    local pid tries
    pid=$(cat -- "$scratch/$1.pid" 2>/dev/null) || return 0
    kill "$pid" 2>/dev/null || return 0
    for ((tries = 0; tries < 100; tries++)); do
        kill -0 "$pid" 2>/dev/null || return 0
        sleep 0.05
    done
    kill -KILL "$pid" 2>/dev/null || true
}

stop_all() {
    if [[ -n $row_pid ]]; then
        # Its group: or a shell that is restarting a proxy would start it after we have stopped it.
        kill -- "-$row_pid" 2>/dev/null || kill "$row_pid" 2>/dev/null || true
        wait "$row_pid" 2>/dev/null || true
    fi
    stop nginx
    stop haproxy
    stop squid
    clean_up
}
trap stop_all EXIT

# Free ones, below those that the kernel gives to connections: nobody takes one while a proxy restarts.
declare -A port
find_port() {
    local candidate
    while true; do
        candidate=$((20000 + RANDOM % 12000))
        if [[ " ${port[*]} " == *" $candidate "* ]]; then continue; fi
        (: <>"/dev/tcp/127.0.0.1/$candidate") 2>/dev/null || break
    done
    port[$1]=$candidate
}
for name in emulator nginx_http nginx_tls nginx_h2 nginx_503 nginx_429 haproxy_http haproxy_tls haproxy_h2 haproxy_429 \
    haproxy_h2_429 squid; do
    find_port "$name"
done

wait_for() {
    local deadline=$((SECONDS + 10))
    until (: <>"/dev/tcp/127.0.0.1/${port[$1]}") 2>/dev/null; do
        if ((SECONDS >= deadline)); then die "$1 did not start"; fi
        sleep 0.05
    done
}

### The configurations. All close idle connections after a second. Towards the emulator each request has a connection
### of its own, so that the connections that are lost are the client's.

openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=localhost \
    -addext subjectAltName=IP:127.0.0.1,DNS:emulator.test -keyout "$scratch/key.pem" -out "$scratch/cert.pem" \
    2>"$scratch/openssl.err" || die "openssl: $(<"$scratch/openssl.err")"
cat -- "$scratch/cert.pem" "$scratch/key.pem" >"$scratch/both.pem"

nginx_user=
# Of a process of root's, the workers would be nobody's, who may not read our directory.
if ((EUID == 0)); then nginx_user='user root;'; fi
cat >"$scratch/nginx.conf" <<EOF
$nginx_user
worker_processes 2;
pid $scratch/nginx.pid;
error_log $scratch/nginx.log;
events {}
http {
    access_log off;
    client_body_temp_path $scratch/body;
    proxy_temp_path $scratch/body;
    fastcgi_temp_path $scratch/body;
    uwsgi_temp_path $scratch/body;
    scgi_temp_path $scratch/body;
    keepalive_timeout 1s;
    ssl_certificate $scratch/cert.pem;
    ssl_certificate_key $scratch/key.pem;
    server {
        listen 127.0.0.1:${port[nginx_http]};
        listen 127.0.0.1:${port[nginx_tls]} ssl;
        location / { proxy_pass http://127.0.0.1:${port[emulator]}; }
    }
    server {
        listen 127.0.0.1:${port[nginx_h2]} ssl http2;
        if (\$server_protocol != HTTP/2.0) { return 403; }
        location / { proxy_pass http://127.0.0.1:${port[emulator]}; }
    }
    # An empty key is not limited: only creates are.
    map "\$request_method \$uri" \$create { '~^POST /api/' all; }
    limit_req_zone \$create zone=creates:1m rate=50r/s;
    server {
        listen 127.0.0.1:${port[nginx_503]};
        limit_req zone=creates burst=2 nodelay;
        location / { proxy_pass http://127.0.0.1:${port[emulator]}; }
    }
    server {
        listen 127.0.0.1:${port[nginx_429]};
        limit_req zone=creates burst=2 nodelay;
        limit_req_status 429;
        location / { proxy_pass http://127.0.0.1:${port[emulator]}; }
    }
}
EOF

cat >"$scratch/haproxy.cfg" <<EOF
defaults
    mode http
    timeout connect 5s
    timeout client 30s
    timeout server 30s
    timeout http-keep-alive 1s
    option http-server-close
    default_backend emulator
frontend http
    bind 127.0.0.1:${port[haproxy_http]}
frontend tls
    bind 127.0.0.1:${port[haproxy_tls]} ssl crt $scratch/both.pem alpn http/1.1
frontend h2
    bind 127.0.0.1:${port[haproxy_h2]} ssl crt $scratch/both.pem alpn h2,http/1.1
    http-request deny unless { req.ver 2.0 }
frontend limited
    bind 127.0.0.1:${port[haproxy_429]} ssl crt $scratch/both.pem alpn http/1.1
    http-request deny deny_status 429 if METH_POST { path_beg /api/ } { rand(5) eq 0 }
frontend limited_h2
    bind 127.0.0.1:${port[haproxy_h2_429]} ssl crt $scratch/both.pem alpn h2,http/1.1
    http-request deny deny_status 429 if METH_POST { path_beg /api/ } { rand(5) eq 0 }
backend emulator
    server emulator 127.0.0.1:${port[emulator]}
EOF

cat >"$scratch/squid.conf" <<EOF
http_port 127.0.0.1:${port[squid]}
http_access allow all
hosts_file $scratch/hosts
pid_filename $scratch/squid.pid
client_idle_pconn_timeout 1 second
server_persistent_connections off
shutdown_lifetime 0 seconds
cache deny all
cache_log /dev/null
access_log none
netdb_filename none
pinger_enable off
coredump_dir none
visible_hostname localhost
EOF
# If root starts it, Squid becomes another user, who must be able to read this.
chmod 711 "$scratch"
printf '127.0.0.1 localhost emulator.test\n' >"$scratch/hosts"

nginx="nginx -p '$scratch' -e '$scratch/nginx.log' -c '$scratch/nginx.conf'"
haproxy="haproxy -W -D -p '$scratch/haproxy.pid' -f '$scratch/haproxy.cfg' >>'$scratch/haproxy.log' 2>&1"
haproxy_pid="\$(cat '$scratch/haproxy.pid')"
# Away for a moment, in the middle of whatever they were doing.
nginx_restart="$nginx -s stop; while [ -e '$scratch/nginx.pid' ]; do sleep 0.02; done; sleep 0.2; $nginx"
haproxy_restart="pid=$haproxy_pid; kill \$pid; while kill -0 \$pid 2>/dev/null; do sleep 0.02; done; sleep 0.2
    $haproxy"

quietly "starting nginx" sh -c "$nginx"
quietly "starting haproxy" sh -c "$haproxy"
squid -N -f "$scratch/squid.conf" >"$scratch/squid.out" 2>&1 &
for name in "${!port[@]}"; do
    if [[ $name != emulator ]]; then wait_for "$name"; fi
done

### The table

missed=0
# row NAME ARGUMENT...: in the background and waited for, so that a signal ends it at once.
row() {
    setsid build/dev/tests/kontext_proxies --name "$1" --emulator "${port[emulator]}" --calls "$calls" "${@:2}" &
    row_pid=$!
    wait "$row_pid" || missed=$((missed + 1))
    row_pid=
}

export SSL_CERT_FILE=$scratch/cert.pem
unset SSL_CERT_DIR no_proxy NO_PROXY http_proxy "${!KONTEXT_@}"
printf '%s, %s, %s\n\n' "$(nginx -v 2>&1)" "$(haproxy -v | head -n 1)" "$(squid -v | head -n 1)"
printf '%-42s %6s %9s %6s %6s %6s %6s %9s %8s %7s\n' \
    '' calls succeeded twice mixed failed denied ambiguous executed seconds

for proxy in nginx haproxy; do
    reload="$nginx -s reload" restart=$nginx_restart
    if [[ $proxy == haproxy ]]; then reload="kill -USR2 $haproxy_pid" restart=$haproxy_restart; fi
    http=(--port "${port[${proxy}_http]}")
    tls=(--port "${port[${proxy}_tls]}" --tls)
    h2=(--port "${port[${proxy}_h2]}" --tls --http2)
    row "$proxy, HTTP/1.1" "${http[@]}"
    row "$proxy, HTTP/1.1 over TLS" "${tls[@]}"
    row "$proxy, HTTP/2" "${h2[@]}"
    row "$proxy, HTTP/1.1, 25 ms away" "${http[@]}" --delay-ms 25
    row "$proxy, HTTP/2, 25 ms away" "${h2[@]}" --delay-ms 25
    row "$proxy, HTTP/1.1 over TLS, reloads" "${tls[@]}" --reload "$reload"
    row "$proxy, HTTP/2, reloads" "${h2[@]}" --reload "$reload"
    row "$proxy, HTTP/1.1 over TLS, restarts" "${tls[@]}" --restart "$restart"
    row "$proxy, HTTP/2, restarts" "${h2[@]}" --restart "$restart"
done
row 'squid, plain http' --forward "${port[squid]}" --port "${port[emulator]}"
row 'squid, plain http, 25 ms away' --forward "${port[squid]}" --port "${port[emulator]}" --delay-ms 25
row 'squid, CONNECT' --forward "${port[squid]}" --port "${port[nginx_tls]}" --tls
row 'squid, CONNECT, 25 ms away' --forward "${port[squid]}" --port "${port[nginx_tls]}" --tls --delay-ms 25
# With pauses during which no connection is closed: what is ambiguous here is so because creates were refused.
row 'nginx, limit_req as it is (503)' --port "${port[nginx_503]}" --pause-ms 100
row 'nginx, limit_req_status 429' --port "${port[nginx_429]}" --pause-ms 100
row 'haproxy, HTTP/1.1 over TLS, a fifth is 429' --port "${port[haproxy_429]}" --tls --pause-ms 100
row 'haproxy, HTTP/2, a fifth is 429' --port "${port[haproxy_h2_429]}" --tls --http2 --pause-ms 100

cat <<'EOF'

twice      creates that reached the server twice
mixed      answers that belong to another call
failed     reads, updates and deletes that failed although the proxy was there
denied     creates that were executed although the error says that they were not
ambiguous  creates whose error says that they may have been executed
executed   of those, the creates that were
The first four must be 0.
EOF
printf '%d rows miss that; %d s\n' "$missed" "$SECONDS"
((missed == 0))
