#!/usr/bin/env bash
# Measures what a long journal costs: the same POST with an empty one and with one of ENTRIES earlier runs of it.
set -euo pipefail

cd "$(dirname "${BASH_SOURCE[0]}")/.."
target=${CARGO_TARGET_DIR:-target}
runs=${RUNS:-10}
rounds=${ROUNDS:-41}
entries=${ENTRIES:-5000000}

for tool in hyperfine sqlite3 python3; do
    command -v "$tool" >/dev/null || { echo "the bench needs $tool" >&2; exit 1; }
done
[[ -n ${PAYCLI_BENCH_BUILT:-} ]] || cargo build --release --locked >&2
paycli=$(cd "$target/release" && pwd)/paycli
work=$(mktemp -d -p "${BENCH_DIR:-/tmp}")
trap 'kill "${server:-}" 2>/dev/null || true; rm -rf "$work"' EXIT
python3 benches/fast_answer.py >"$work/url" &
server=$!
until [[ -s $work/url ]]; do sleep 0.05; done

# A made-up key, put together here: no file holds a text that looks like a real one.
key=sk_test_$(printf '51%097d' 0)
export HOME=$work NO_COLOR=1 PAYCLI_API_KEY=$key
post=("$paycli" --api-base "$(<"$work/url")" post payment_intents -d amount=2000 -d currency=usd)

# What paycli wrote once is copied under other keys and ids, over the ninety days before: finished, reported runs of
# the very same request, which is what a job that never changes leaves behind.
fill() {
    sqlite3 "$1" >/dev/null <<SQL
PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA cache_size = -1000000;
BEGIN;
CREATE TEMP TABLE one AS SELECT * FROM entries LIMIT 1;
WITH RECURSIVE series(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM series WHERE n < $entries)
INSERT INTO entries (id, key, key_source, fingerprint, mode, profile, account, base_url, family, method, path, state,
    outcome, status, request_id, created_at, first_sent_at, last_seen_at, may_have_executed, attempts, told_at, headers,
    body, answer_kept, answer)
SELECT printf('%012x-%08x', created_at - 7776000000 + n * 7776000000 / $entries, n), lower(hex(randomblob(16))),
    key_source, fingerprint, mode, profile, account, base_url, family, method, path, 'succeeded', 'succeeded', 200,
    request_id, created_at - 7776000000 + n * 7776000000 / $entries, first_sent_at - 7776000000, last_seen_at - 7776000000,
    0, 1, last_seen_at, headers, body, 'whole', answer
FROM one, series;
INSERT INTO attempts (entry, number, started_at, finished_at, status, request_id, detail)
SELECT id, 1, created_at, created_at, 200, request_id, '200' FROM entries WHERE id NOT IN (SELECT id FROM one);
COMMIT;
PRAGMA journal_mode = WAL;
SQL
}

# times HOME COMMAND...: the median time of a command and its processor time, in milliseconds.
times() {
    local home=$1
    shift
    PAYCLI_HOME=$home hyperfine --shell=none --warmup 2 --runs "$runs" --export-csv "$work/csv" "$(printf '%q ' "$@")" \
        >/dev/null 2>"$work/log" || { cat "$work/log" >&2; return 1; }
    awk -F, 'NR == 2 { printf "%.2f %.2f", $4 * 1000, ($5 + $6) * 1000 }' "$work/csv"
}

# middle: the median of the numbers on standard input.
middle() { sort -n | awk '{ n[NR] = $1 } END { printf "%.2f", n[int((NR + 1) / 2)] }'; }

for home in empty long; do PAYCLI_HOME=$work/$home "${post[@]}" >/dev/null 2>&1; done
started=$SECONDS
fill "$work/long/data/journal.test.sqlite"
echo "filled in $((SECONDS - started)) s" >&2
size=$(du -m "$work/long/data/journal.test.sqlite" | cut -f 1)

# In short turns, so that both see the same machine.
for ((round = 0; round < rounds; round++)); do
    for home in empty long; do
        read -r wall cpu < <(times "$work/$home" "${post[@]}"; echo)
        echo "$wall" >>"$work/$home.wall"
        echo "$cpu" >>"$work/$home.cpu"
    done
done
read -r list _ < <(times "$work/long" "$paycli" journal list --limit 20 --json; echo)
read -r rare _ < <(times "$work/long" "$paycli" journal list --state unknown --json; echo)
printf 'Medians of %s turns of %s runs, %s cores, %s; %s entries, %s MB; load average: %s.\n\n' "$rounds" "$runs" \
    "$(nproc)" "$("$paycli" --version)" "$entries" "$size" "$(cut -d ' ' -f 1-3 /proc/loadavg)"
printf '| a POST | with a new journal, ms | with the long one, ms | more ms |\n| --- | ---: | ---: | ---: |\n'
for what in wall cpu; do
    few=$(middle <"$work/empty.$what") many=$(middle <"$work/long.$what")
    printf '| %s | %s | %s | %s |\n' "$([[ $what == wall ]] && echo 'whole time' || echo 'processor time')" "$few" "$many" \
        "$(awk -v a="$many" -v b="$few" 'BEGIN { printf "%.2f", a - b }')"
done
printf '\n`journal list --limit 20`: %s ms; `journal list --state unknown`, of which there is none: %s ms.\n' "$list" "$rare"
