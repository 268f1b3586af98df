#!/usr/bin/env bash
# Measures the verification of deliveries in bulk beside Stripe's libraries; prints tables for benches/README.md.
# Needs what scripts/test.sh installs; about 2 GB of room for temporary files. ROUNDS (5) and LINES (400000) change its length.
set -euo pipefail

cd "$(dirname "${BASH_SOURCE[0]}")/.."
target=${CARGO_TARGET_DIR:-target}
rounds=${ROUNDS:-5}
lines=${LINES:-400000}
seed=20000

say() { printf '==> %s\n' "$*" >&2; }

python=$target/peers-venv/bin/python
[[ -x $python && -d $target/peers-node/node_modules ]] || { say "run scripts/test.sh first: it installs Stripe's libraries"; exit 1; }
[[ -x /usr/bin/time ]] || { say "install /usr/bin/time first (Debian: time)"; exit 1; }

say "building"
cargo build --release --locked >&2
paycli=$(cd "$target/release" && pwd)/paycli
PAYCLI_BENCH_MODULES=$(cd "$target/peers-node" && pwd)
export PAYCLI_BENCH_MODULES

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
# A made-up secret, put together here: no file holds a text that looks like a real one.
PAYCLI_WEBHOOK_SECRET=whsec_$(printf 'bench%.0s' 1 2 3 4 5 6)
export PAYCLI_WEBHOOK_SECRET PAYCLI_HOME=$work/home HOME=$work NO_COLOR=1
now=$(date +%s)
batch=("$paycli" webhook verify --quiet --tolerance 1d --batch)

# seconds COMMAND...: how long it runs, and how often it says valid.
seconds() {
    /usr/bin/time -f %e -o "$work/time" "$@" >"$work/out"
    tail -n 1 "$work/time"
}

# times FILE N: a file so many times over.
times() { for ((n = 0; n < $2; n++)); do cat "$1"; done; }

median() { sort -g | awk '{ all[NR] = $1 } END { print (NR % 2) ? all[(NR + 1) / 2] : (all[NR / 2] + all[NR / 2 + 1]) / 2 }'; }

rate() { awk -v lines="$1" -v seconds="$2" 'BEGIN { printf "%d", lines / seconds / 1000 }'; }

row() { printf '| %s | %s | %s |\n' "$@"; }

printf 'Medians of %s rounds, events of 1.5 kB, %s cores, %s.\n\n' "$rounds" "$(nproc)" "$("$paycli" --version)"
row 'thousand events a second' 'lines with `payload`' 'lines with `payload_utf8`'
row --- ---: ---:
declare -A median_of
few=$((lines / 10))
for form in payload payload_utf8; do
    say "making lines with $form"
    "$python" benches/webhook_lines.py "$form" $seed "$now" >"$work/seed"
    times "$work/seed" $((lines / seed)) >"$work/lines"
    head -n $few "$work/lines" >"$work/few"
    rm -f "$work"/of-*
    for ((round = 1; round <= rounds; round++)); do
        say "$form, round $round of $rounds"
        seconds "${batch[@]}" "$work/lines" --threads 1 >>"$work/of-one"
        [[ $(grep -c '"valid":true' "$work/out") == "$lines" ]] || { say "not every line is valid"; exit 1; }
        seconds "${batch[@]}" "$work/lines" --threads 2 >>"$work/of-two"
        seconds "$python" benches/webhook_peer.py <"$work/few" >>"$work/of-python"
        seconds node benches/webhook_peer.mjs <"$work/few" >>"$work/of-node"
        [[ $(grep -c '"valid":true' "$work/out") == "$few" ]] || { say "node does not call every line valid"; exit 1; }
    done
    for who in one two python node; do
        median_of[$form-$who]=$(median <"$work/of-$who")
    done
done
entry() { row "$1" "$(rate "$3" "${median_of[payload-$2]}")" "$(rate "$3" "${median_of[payload_utf8-$2]}")"; }
entry '`paycli webhook verify --batch`, one thread' one "$lines"
entry 'the same, two threads' two "$lines"
entry 'python `stripe`' python "$few"
entry 'node `stripe`' node "$few"
gain() { awk -v one="${median_of[$1-one]}" -v two="${median_of[$1-two]}" 'BEGIN { printf "%.2f", one / two }'; }
row 'two threads beside one' "$(gain payload)" "$(gain payload_utf8)"

printf '\nMemory, two threads, lines from a pipe:\n\n'
row lines 'MB at most' ''
row ---: ---: ---
"$python" benches/webhook_lines.py payload 10000 "$now" >"$work/seed"
for many in 1 100 1000; do
    say "$((many * 10000)) lines from a pipe"
    times "$work/seed" $many | /usr/bin/time -f %M -o "$work/rss" "${batch[@]}" - --threads 2 >/dev/null
    row "$((many * 10000))" "$(awk '{ printf "%.1f", $1 / 1024 }' "$work/rss")" ''
done
