#!/usr/bin/env bash
# Measures a batch beside wrk on the same nginx at the same concurrency, with the rate off; prints a table for
# benches/README.md. Needs nginx, wrk, python3 and /usr/bin/time. LINES (100000), FEW (10000), MANY (1000000; 0: not) and
# CONNECTIONS (256) change its size.
set -euo pipefail

cd "$(dirname "${BASH_SOURCE[0]}")/.."
target=${CARGO_TARGET_DIR:-target}
lines=${LINES_OF_BATCH:-100000}
few=${FEW:-10000}
many=${MANY:-1000000}
connections=${CONNECTIONS:-256}
seconds=${SECONDS_OF_WRK:-8}

say() { printf '==> %s\n' "$*" >&2; }

for tool in nginx wrk python3 /usr/bin/time; do
    command -v "$tool" >/dev/null || { say "install $tool first"; exit 1; }
done
if [[ -z ${PAYCLI:-} ]]; then
    say "building"
    cargo build --release --locked >&2
    PAYCLI=$(cd "$target/release" && pwd)/paycli
fi
paycli=$PAYCLI

work=$(mktemp -d)
nginx_pid=''
end() {
    [[ -z $nginx_pid ]] || kill "$nginx_pid" 2>/dev/null || true
    rm -rf "$work"
}
trap end EXIT
# A made-up key, put together here: no file holds a text that looks like a real one.
PAYCLI_API_KEY=sk_test_51$(printf 'Bench%.0s' 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19)
export PAYCLI_API_KEY HOME=$work NO_COLOR=1

port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
cat >"$work/nginx.conf" <<CONF
worker_processes auto;
daemon off;
pid $work/nginx.pid;
error_log $work/error.log;
events { worker_connections 4096; }
http {
    access_log off;
    keepalive_requests 1000000000;
    client_body_temp_path $work/body; proxy_temp_path $work/proxy; fastcgi_temp_path $work/fastcgi;
    uwsgi_temp_path $work/uwsgi; scgi_temp_path $work/scgi;
    server {
        listen 127.0.0.1:$port backlog=4096;
        location / {
            default_type application/json;
            add_header Request-Id req_bench;
            return 200 '{"id":"pi_bench","object":"payment_intent","amount":2000,"currency":"usd","livemode":false}';
        }
    }
}
CONF
nginx -c "$work/nginx.conf" -p "$work" &
nginx_pid=$!
base=http://127.0.0.1:$port

make_lines() {
    python3 - "$1" <<'PY'
import sys
line = '{"id":"order-%d","method":"POST","path":"/v1/payment_intents","data":{"amount":2000,"currency":"usd","metadata":{"order":"%d"}}}'
print("\n".join(line % (n, n) for n in range(int(sys.argv[1]))))
PY
}
cat >"$work/post.lua" <<'LUA'
wrk.method = "POST"
wrk.body = "amount=2000&currency=usd&metadata%5Border%5D=17"
wrk.headers["Content-Type"] = "application/x-www-form-urlencoded"
wrk.headers["Idempotency-Key"] = "bench"
LUA

printf '%s cores, %s connections, %s; load average at the start: %s.\n\n' \
    "$(nproc)" "$connections" "$("$paycli" --version)" "$(cut -d' ' -f1-3 /proc/loadavg)"
say "wrk"
of_wrk=$(wrk -t2 -c"$connections" -d"${seconds}s" -s "$work/post.lua" "$base/v1/payment_intents" |
    awk '/Requests\/sec/ { printf "%d", $2 }')
printf '| what | lines | a second | of wrk | resident MB |\n| --- | ---: | ---: | ---: | ---: |\n'
printf '| `wrk`, one request again and again | | %s | 100 %% | |\n' "$of_wrk"

run() {
    local count=$1 home=$work/home-$1 before after
    make_lines "$count" >"$work/lines.ndjson"
    before=$(date +%s%N)
    PAYCLI_HOME=$home /usr/bin/time -f %M -o "$work/memory" "$paycli" --api-base "$base" batch "$work/lines.ndjson" \
        --concurrency "$connections" -q >"$work/results"
    after=$(date +%s%N)
    [[ $(wc -l <"$work/results") == "$count" ]]
    local rate=$((count * 1000000000 / (after - before)))
    printf '| `paycli batch`, intent and result durable | %s | %s | %s %% | %s |\n' \
        "$count" "$rate" "$((rate * 100 / of_wrk))" "$(($(cat "$work/memory") / 1024))"
    rm -rf "$home" "$work/results"
}
say "batch"
run "$few"
run "$lines"
if ((many > 0)); then run "$many"; fi
