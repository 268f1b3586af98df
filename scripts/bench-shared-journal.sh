#!/usr/bin/env bash
# Measures one runner and four on one batch, over a PostgreSQL of the system's packages with fsync on, against a
# sandbox that takes 20 ms (LATENCY) to answer.
set -euo pipefail

cd "$(dirname "${BASH_SOURCE[0]}")/.."
target=${CARGO_TARGET_DIR:-target}
lines=${LINES_OF_BATCH:-4000}
concurrency=${CONCURRENCY:-4}
latency=${LATENCY:-20ms}

pg=$(ls -d /usr/lib/postgresql/*/bin | sort -V | tail -1)
[[ -x $pg/postgres ]] || { echo "the bench needs postgresql" >&2; exit 1; }
[[ -n ${PAYCLI_BENCH_BUILT:-} ]] || cargo build --release --locked >&2
paycli=${PAYCLI_BENCH_BINARY:-$(cd "$target/release" && pwd)/paycli}
work=$(mktemp -d -p "${BENCH_DIR:-/tmp}")
trap 'kill "${server:-}" "${postgres:-}" 2>/dev/null || true; wait 2>/dev/null || true; rm -rf "$work"' EXIT

# The server refuses root.
as_user=()
if [[ $(id -u) == 0 ]]; then
    as_user=(setpriv --reuid 65534 --regid 65534 --clear-groups)
    chown 65534:65534 "$work"
fi
cd /
"${as_user[@]}" "$pg/initdb" --auth=trust --username=postgres -D "$work/pg" >/dev/null
"${as_user[@]}" "$pg/postgres" -D "$work/pg" -k "$work" -c listen_addresses= >"$work/log" 2>&1 &
postgres=$!
until "$pg/psql" -h "$work" -U postgres -c 'SELECT 1' >/dev/null 2>&1; do sleep 0.1; done

export HOME=$work NO_COLOR=1
PAYCLI_HOME=$work/sandbox "$paycli" sandbox serve --port 0 --data :memory: --fault "latency=$latency" >"$work/url" &
server=$!
until [[ -s $work/url ]]; do sleep 0.05; done
key=$(PAYCLI_HOME=$work/sandbox "$paycli" sandbox keys --json | python3 -c 'import json, sys; print(json.load(sys.stdin)["secret_key"])')
export PAYCLI_API_KEY=$key
for ((i = 0; i < lines; i++)); do
    printf '{"id": "order-%d", "method": "POST", "path": "/v1/customers", "data": {"metadata": {"order": "%d"}}}\n' "$i" "$i"
done >"$work/orders.ndjson"

# lines_per_second RUNNERS: how fast so many runners finish the batch together.
lines_per_second() {
    local database=bench$1 runners=() started ended
    "$pg/psql" -h "$work" -U postgres -qc "CREATE DATABASE $database"
    export PAYCLI_JOURNAL_URL="postgres:///$database?host=$work&user=postgres"
    PAYCLI_HOME=$work/home "$paycli" journal list >/dev/null 2>&1
    started=$(date +%s.%N)
    for ((i = 0; i < $1; i++)); do
        PAYCLI_HOME=$work/home$i "$paycli" --api-base "$(<"$work/url")" batch "$work/orders.ndjson" --name bench \
            --unordered --concurrency "$concurrency" -q >"$work/out$i" &
        runners+=($!)
    done
    for runner in "${runners[@]}"; do wait "$runner"; done
    ended=$(date +%s.%N)
    awk -v lines="$lines" -v from="$started" -v to="$ended" 'BEGIN { printf "%.0f", lines / (to - from) }'
}

one=$(lines_per_second 1)
four=$(lines_per_second 4)
awk -v one="$one" -v four="$four" -v concurrency="$concurrency" -v latency="$latency" 'BEGIN {
    printf "| runners, %d requests in flight each, %s to answer | lines/s | of one |\n| --- | ---: | ---: |\n", concurrency, latency
    printf "| 1 | %d | 1.0 |\n| 4 | %d | %.1f |\n", one, four, four / one
}'
