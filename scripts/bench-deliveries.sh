#!/usr/bin/env bash
# Measures deliveries: replay beside wrk on the same nginx, and listen under wrk; prints tables for benches/README.md.
# Needs nginx, wrk, python3 and /usr/bin/time. wrk and replay take turns, ROUNDS (5) of them for each of CONNECTIONS
# ("256 1024"); each replay begins with a new copy of the store. EVENTS (100000) and MANY (1000000) change its size.
set -euo pipefail

cd "$(dirname "${BASH_SOURCE[0]}")/.."
target=${CARGO_TARGET_DIR:-target}
events=${EVENTS:-100000}
many=${MANY:-1000000}
read -ra connections <<<"${CONNECTIONS:-256 1024}"
rounds=${ROUNDS:-5}
seconds=${SECONDS_OF_WRK:-4}

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

export BENCH_EVENTS=$work/events.ndjson BENCH_SIGNED=$work/signed BENCH_THREADS=2
rate() { awk '/Requests\/sec/ { printf "%d", $2 }'; }

median() { sort -g "$1" | awk '{ all[NR] = $1 } END { print (NR % 2) ? all[(NR + 1) / 2] : (all[NR / 2] + all[NR / 2 + 1]) / 2 }'; }
load() { cut -d' ' -f1-3 /proc/loadavg; }

# The processor's time that nginx has used, in microseconds.
nginx_spent() {
    pgrep -P "$nginx_pid" | xargs -I PID cat /proc/PID/stat | awk -v tick="$(getconf CLK_TCK)" '{ all += $14 + $15 } END { print all * 1000000 / tick }'
}

# wrk_alone CONNECTIONS: notes requests a second, and microseconds of the processor a request, of wrk and of nginx.
wrk_alone() {
    local before
    before=$(nginx_spent)
    /usr/bin/time -f '%U %S' -o "$work/time" wrk -t2 -c"$1" -d"${seconds}s" -s benches/deliveries/post.lua "$url" >"$work/wrk.out"
    awk '/Requests\/sec/ { print $2 }' "$work/wrk.out" >>"$work/wrk.rate"
    awk -v nginx="$(($(nginx_spent) - before))" 'FNR == NR { if (/requests in/) count = $1; next }
        { print ($1 + $2) * 1000000 / count >>(dir "/wrk.cost"); print nginx / count >>(dir "/wrk.nginx") }' dir="$work" "$work/wrk.out" "$work/time"
}

# replay HOME CONNECTIONS: notes events a second, microseconds of the processor an event, and the resident size.
replay() {
    local before
    rm -rf "$work/run"
    cp -r "$1" "$work/run"
    before=$(nginx_spent)
    PAYCLI_HOME=$work/run /usr/bin/time -f '%U %S %M' -o "$work/time" \
        "$paycli" webhook replay --to "$url" --concurrency "$2" --unordered --json -q >"$work/report"
    python3 - "$work" "$(($(nginx_spent) - before))" <<'PYTHON'
import json, sys
work = sys.argv[1]
report = json.load(open(work + "/report"))
user, system, resident = map(float, open(work + "/time").read().split())
for name, value in [("rate", report["per_second"]), ("cost", (user + system) * 1e6 / report["accepted"]),
                    ("nginx", int(sys.argv[2]) / report["accepted"]), ("size", resident / 1024),
                    ("accepted", report["accepted"])]:
    print(value, file=open(f"{work}/{name}", "a"))
PYTHON
}
store() {
    say "storing $2 events"
    python3 benches/deliveries/events.py "$2" >"$work/events.ndjson"
    PAYCLI_HOME=$1 "$paycli" webhook events import "$work/events.ndjson" -q >/dev/null
}
# measure HOME CONNECTIONS ROUNDS: wrk and replay in turns, and their medians as two rows.
measure() {
    rm -f "$work"/{wrk.rate,wrk.cost,wrk.nginx,rate,cost,nginx,size,accepted}
    for ((round = 1; round <= $3; round++)); do
        say "$2 connections, round $round of $3; load: $(load)"
        wrk_alone "$2"
        replay "$1" "$2"
    done
    local of_wrk of_replay
    of_wrk=$(median "$work/wrk.rate") of_replay=$(median "$work/rate")
    printf '| `wrk`, one event again and again | %s | | %.0f | 100 %% | %.1f | %.1f | |\n' "$2" "$of_wrk" \
        "$(median "$work/wrk.cost")" "$(median "$work/wrk.nginx")"
    printf '| `paycli webhook replay`, signed, durable | %s | %s | %.0f | %.0f %% | %.1f | %.1f | %.0f |\n' "$2" \
        "$(median "$work/accepted")" "$of_replay" \
        "$(awk -v a="$of_replay" -v b="$of_wrk" 'BEGIN { print a * 100 / b }')" \
        "$(median "$work/cost")" "$(median "$work/nginx")" "$(sort -g "$work/size" | tail -n 1)"
}

printf 'Medians of %s rounds, %s cores, events of 1.5 kB, %s; load average at the start: %s.\n\n' \
    "$rounds" "$(nproc)" "$("$paycli" --version)" "$(load)"
printf '| what | connections | events | a second | of wrk | its µs an event | nginx'\''s | resident MB |\n'
printf '| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |\n'
store "$work/few" "$events"
for count in "${connections[@]}"; do measure "$work/few" "$count" "$rounds"; done
if ((many > 0)); then
    store "$work/many" "$many"
    measure "$work/many" "${connections[0]}" 1
    rm -rf "$work/many"
fi
printf '\nLoad average at the end: %s.\n' "$(load)"

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
