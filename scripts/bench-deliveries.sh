#!/usr/bin/env bash
# Measures deliveries: replay beside wrk on the same nginx, and listen under wrk; prints tables for benches/README.md.
# Needs nginx, wrk, python3 and /usr/bin/time. EVENTS (100000), MANY (1000000) and CONNECTIONS (256) change its size.
set -euo pipefail

cd "$(dirname "${BASH_SOURCE[0]}")/.."
target=${CARGO_TARGET_DIR:-target}
events=${EVENTS:-100000}
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
nginx_pid='' listen_pid=''
end() {
    [[ -z $nginx_pid ]] || kill "$nginx_pid" 2>/dev/null || true
    [[ -z $listen_pid ]] || kill "$listen_pid" 2>/dev/null || true
    rm -rf "$work"
}
trap end EXIT
# A made-up secret, put together here: no file holds a text that looks like a real one.
PAYCLI_WEBHOOK_SECRET=whsec_$(printf 'bench%.0s' 1 2 3 4 5 6)
export PAYCLI_WEBHOOK_SECRET PAYCLI_HOME=$work/home HOME=$work NO_COLOR=1

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
    server { listen 127.0.0.1:$port backlog=4096; location / { return 200; } }
}
CONF
nginx -c "$work/nginx.conf" -p "$work" &
nginx_pid=$!
url=http://127.0.0.1:$port/hook

say "making $events events"
python3 benches/deliveries/events.py "$events" >"$work/events.ndjson"
export BENCH_EVENTS=$work/events.ndjson BENCH_SIGNED=$work/signed BENCH_THREADS=2
rate() { awk '/Requests\/sec/ { printf "%d", $2 }'; }

printf '%s cores, events of 1.5 kB, %s connections, %s; load average at the start: %s.\n\n' \
    "$(nproc)" "$connections" "$("$paycli" --version)" "$(cut -d' ' -f1-3 /proc/loadavg)"
say "wrk"
of_wrk=$(wrk -t2 -c"$connections" -d"${seconds}s" -s benches/deliveries/post.lua "$url" | rate)
"$paycli" webhook events import "$work/events.ndjson" -q >/dev/null
say "replay"
replay() {
    /usr/bin/time -f %M -o "$work/memory" "$paycli" webhook replay --to "$1" --concurrency "$connections" --unordered --json -q >"$work/report"
    python3 -c 'import json, sys; r = json.load(open(sys.argv[1])); print(r["accepted"], int(r["per_second"]), r["latency_ms"]["p50"], r["latency_ms"]["p99"])' "$work/report"
}
read -r accepted per_second p50 p99 < <(replay "$url")
printf '| what | events | a second | of wrk | p50 ms | p99 ms | resident MB |\n| --- | ---: | ---: | ---: | ---: | ---: | ---: |\n'
printf '| `wrk`, one event again and again | | %s | 100 %% | | | |\n' "$of_wrk"
printf '| `paycli webhook replay`, signed, durable | %s | %s | %s %% | %s | %s | %s |\n' \
    "$accepted" "$per_second" "$((per_second * 100 / of_wrk))" "$p50" "$p99" "$(($(cat "$work/memory") / 1024))"
if ((many > 0)); then
    say "making $many events"
    python3 benches/deliveries/events.py "$many" >"$work/events.ndjson"
    PAYCLI_HOME=$work/many
    "$paycli" webhook events import "$work/events.ndjson" -q >/dev/null
    read -r accepted per_second p50 p99 < <(replay "$url")
    printf '| `paycli webhook replay`, signed, durable | %s | %s | %s %% | %s | %s | %s |\n' \
        "$accepted" "$per_second" "$((per_second * 100 / of_wrk))" "$p50" "$p99" "$(($(cat "$work/memory") / 1024))"
fi

say "listen"
PAYCLI_HOME=$work/listen
python3 benches/deliveries/events.py "$events" "$PAYCLI_WEBHOOK_SECRET" >"$work/signed"
"$paycli" webhook listen --port 0 --json -q >"$work/lines" &
listen_pid=$!
until [[ -s $work/lines ]]; do sleep 0.05; done
to=$(head -n 1 "$work/lines" | python3 -c 'import json, sys; print(json.loads(sys.stdin.readline())["url"])')
wrk -t2 -c64 -d"${seconds}s" -s benches/deliveries/signed.lua "$to/" >"$work/wrk"
kill -INT "$listen_pid"
wait "$listen_pid" 2>/dev/null || true
listen_pid=''
printf '\n`listen`: %s deliveries a second, verified and stored; wrk: %s; events shown: %s; %s.\n' "$(rate <"$work/wrk")" \
    "$(awk '/requests in/ { print $1 " answers" }' "$work/wrk")" "$(grep -c '"kind":"event"' "$work/lines")" \
    "$(grep -E 'Non-2xx|Socket errors' "$work/wrk" | tr -s ' ' || echo 'no error')"
