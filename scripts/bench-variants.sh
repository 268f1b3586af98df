#!/usr/bin/env bash
# Measures variants of paycli beside each other on verification, in turns: `verify --batch` of LINES (300000) lines of
# 1.5 kB with payload and with payload_utf8 on one thread, and 200 single verifies. Arguments are NAME=BINARY, the first
# is what the others are compared with. Prints a table for benches/README.md: medians of the processor's time, which a
# busy machine disturbs least. ROUNDS (5) changes its length.
set -euo pipefail

cd "$(dirname "${BASH_SOURCE[0]}")/.."
rounds=${ROUNDS:-5}
lines=${LINES:-300000}
(($# > 1)) || { echo "usage: $0 NAME=BINARY NAME=BINARY..." >&2; exit 2; }

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
# A made-up secret, put together here: no file holds a text that looks like a real one.
PAYCLI_WEBHOOK_SECRET=whsec_$(printf 'bench%.0s' 1 2 3 4 5 6)
export PAYCLI_WEBHOOK_SECRET PAYCLI_HOME=$work/home HOME=$work NO_COLOR=1
now=$(date +%s)
seed=10000

for form in payload payload_utf8; do
    python3 benches/webhook_lines.py $form $seed "$now" >"$work/seed"
    for ((n = 0; n < lines / seed; n++)); do cat "$work/seed"; done >"$work/$form"
done
python3 - "$work" <<'PYTHON'
import json, sys
line = json.loads(open(sys.argv[1] + "/payload_utf8").readline())
open(sys.argv[1] + "/body", "w").write(line["payload_utf8"])
open(sys.argv[1] + "/header", "w").write(line["header"])
PYTHON

# spent COMMAND...: the processor's time in milliseconds.
spent() {
    local TIMEFORMAT='%U %S'
    { time "$@" >"$work/out"; } 2>"$work/time"
    awk '{ printf "%d\n", ($1 + $2) * 1000 }' "$work/time"
}
single() { for ((n = 0; n < 200; n++)); do "$1" webhook verify -q --tolerance 1d "$work/body" --header "file:$work/header"; done; }

for ((round = 1; round <= rounds; round++)); do
    echo "==> round $round of $rounds" >&2
    for variant in "$@"; do
        name=${variant%%=*} binary=${variant#*=}
        for form in payload payload_utf8; do
            spent "$binary" webhook verify -q --tolerance 1d --threads 1 --batch "$work/$form" >>"$work/$name.$form"
            [[ $(grep -c '"valid":true' "$work/out") == "$lines" ]] || { echo "not every line is valid" >&2; exit 1; }
        done
        spent single "$binary" >>"$work/$name.single"
    done
done

median() { sort -g "$1" | awk '{ all[NR] = $1 } END { print (NR % 2) ? all[(NR + 1) / 2] : (all[NR / 2] + all[NR / 2 + 1]) / 2 }'; }
first=${1%%=*}
cell() { awk -v own="$(median "$work/$1.$2")" -v first="$(median "$work/$first.$2")" 'BEGIN { printf "%d ms (%+.1f %%)", own, (own / first - 1) * 100 }'; }
printf 'Medians of %s rounds, %s lines, %s cores; load average at the end: %s.\n\n' "$rounds" "$lines" "$(nproc)" "$(cut -d' ' -f1-3 /proc/loadavg)"
printf '| variant | `payload` | `payload_utf8` | 200 single verifies |\n| --- | ---: | ---: | ---: |\n'
for variant in "$@"; do
    name=${variant%%=*}
    printf '| %s | %s | %s | %s |\n' "$name" "$(cell "$name" payload)" "$(cell "$name" payload_utf8)" "$(cell "$name" single)"
done
