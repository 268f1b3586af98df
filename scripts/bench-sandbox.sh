#!/usr/bin/env bash
# Measures the sandbox beside localstripe and stripe-stateful-mock, with wrk, in one run; prints a table for
# benches/README.md on stdout.
#
# SIZES are the numbers of objects that are there when wrk begins, SECONDS_EACH is how long it runs, FILL is how long a
# server may take to get so many: one that takes longer is left out from there on. What is resident is read at the end.
set -euo pipefail

cd "$(dirname "${BASH_SOURCE[0]}")/.."
target=$(realpath -m "${CARGO_TARGET_DIR:-target}")
read -ra sizes <<<"${SIZES:-100 10000 100000}"
seconds=${SECONDS_EACH:-8}
fill=${FILL:-120}
clients=64

say() { printf '==> %s\n' "$*" >&2; }

missing=()
command -v wrk >/dev/null || missing+=(wrk)
command -v node >/dev/null && command -v npm >/dev/null || missing+=(nodejs npm)
python3 -c 'import ensurepip, venv' >/dev/null 2>&1 || missing+=(python3 python3-venv)
if ((${#missing[@]} > 0)); then
    if [[ $(id -u) == 0 ]] && command -v apt-get >/dev/null; then
        say "installing ${missing[*]}"
        apt-get update -qq >&2
        DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >&2
    else
        say "the bench needs these first (names as in Debian): ${missing[*]}"
        exit 1
    fi
fi

venv=$target/peers-venv
if ! cmp -s tests/peers/requirements.txt "$venv/installed.txt"; then
    say "installing localstripe into $venv"
    mkdir -p "$target"
    python3 -m venv --clear "$venv"
    "$venv/bin/python" -m pip install --quiet --disable-pip-version-check --requirement tests/peers/requirements.txt >&2
    cp tests/peers/requirements.txt "$venv/installed.txt"
fi
mock=$target/bench-tools/node_modules/stripe-stateful-mock/dist/cli.js
if [[ ! -f $mock ]]; then
    say "installing stripe-stateful-mock into $target/bench-tools"
    mkdir -p "$target/bench-tools"
    npm install --silent --ignore-scripts --no-fund --no-audit --prefix "$target/bench-tools" \
        stripe-stateful-mock@0.0.16 >&2
fi

say "building"
cargo build --release --locked >&2
paycli=$target/release/paycli

work=$(mktemp -d)
server=
stop() {
    if [[ -n $server ]]; then
        kill "$server" 2>/dev/null || true
        wait "$server" 2>/dev/null || true
    fi
    server=
}
trap 'stop; rm -rf "$work"' EXIT
export PAYCLI_HOME=$work/home HOME=$work NO_COLOR=1

row() { printf '| %s | %s | %s | %s | %s | %s | %s |\n' "$@"; }

# until_answers URL: waits until something listens there.
until_answers() {
    local _
    for _ in $(seq 200); do
        curl -s -o /dev/null "$1" && return
        sleep 0.1
    done
    say "nothing listens at $1"
    return 1
}

resident() { awk '/VmRSS/ { printf "%.1f", $2 / 1024 }' "/proc/$server/status"; }

# load SCRIPT URL: requests a second, the 99th percentile in milliseconds, and how many failed.
load() { wrk -t1 -c"$clients" -d"${seconds}s" -s "benches/sandbox/$1.lua" "$2" | awk '/^RESULT/ { print $2, $3, $4 }'; }

# measure NAME URL KEY START...: all sizes of one server, which is started anew for each.
measure() {
    local name=$1 url=$2 size have posted late failed got read_late read_failed
    export BENCH_KEY=$3 BENCH_IDS=$work/ids
    shift 3
    for size in "${sizes[@]}"; do
        say "$name: $size objects"
        rm -rf "$work/data" "$BENCH_IDS"
        "$@" >/dev/null 2>&1 &
        server=$!
        until_answers "$url"
        have=$(python3 benches/sandbox/fill.py "$url" "$BENCH_KEY" "$size" 0 "$fill" "$BENCH_IDS")
        if ((have < size)); then
            row "$name" "$size" "$have objects after $fill s" '' '' '' "$(resident)"
            stop
            return
        fi
        # Reading first: it adds nothing.
        read -r got read_late read_failed <<<"$(load get "$url")"
        read -r posted late failed <<<"$(BENCH_RUN=$size load post "$url")"
        row "$name" "$size" "$posted" "$late" "$got" "$read_late" "$(resident)"
        ((failed + read_failed == 0)) || say "$name: $failed POSTs and $read_failed GETs failed at $size"
        stop
    done
}

printf '%s s of wrk with %s connections for each number, %s cores, %s; load average at the start: %s.\n\n' \
    "$seconds" "$clients" "$(nproc)" "$("$paycli" --version)" "$(cut -d' ' -f1-3 /proc/loadavg)"
row server objects POST/s 'p99 ms' GET/s 'p99 ms' 'resident MB'
row --- ---: ---: ---: ---: ---: ---:

key=$("$paycli" sandbox keys --json | python3 -c 'import json, sys; print(json.load(sys.stdin)["secret_key"])')
measure "\`paycli sandbox serve\`, durable" http://127.0.0.1:12811 "$key" \
    "$paycli" sandbox serve --port 12811 --data "$work/data/bench.sqlite"

# A made-up key, put together here: no file holds a text that looks like a real one.
key=sk_test_$(printf '%024d' 0)
measure 'stripe-stateful-mock, in memory' http://127.0.0.1:12812 "$key" \
    env PORT=12812 LOG_LEVEL=silent node "$mock"
measure 'localstripe, in memory' http://127.0.0.1:12813 "$key" \
    "$venv/bin/python" tests/peers/localstripe_loopback.py 12813
