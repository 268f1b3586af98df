#!/usr/bin/env bash
# Measures what a stored key costs a request: from the environment, a real Secret Service, and the key file.
set -euo pipefail

cd "$(dirname "${BASH_SOURCE[0]}")/.."
target=${CARGO_TARGET_DIR:-target}
runs=${RUNS:-200}

say() { printf '==> %s\n' "$*" >&2; }

if [[ -z ${PAYCLI_BENCH_BUS:-} ]]; then
    missing=()
    command -v hyperfine >/dev/null || missing+=(hyperfine)
    command -v gnome-keyring-daemon >/dev/null || missing+=(gnome-keyring)
    command -v dbus-run-session >/dev/null || missing+=(dbus-daemon)
    command -v gdbus >/dev/null || missing+=(libglib2.0-bin)
    if ((${#missing[@]} > 0)); then
        if [[ $(id -u) == 0 ]] && command -v apt-get >/dev/null; then
            say "installing ${missing[*]}"
            apt-get update -qq >&2
            DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >&2
        else
            say "the benches need these first (names as in Debian): ${missing[*]}"
            exit 1
        fi
    fi
    say "building"
    cargo build --release --locked >&2
    work=$(mktemp -d)
    trap 'rm -rf "$work"' EXIT
    export HOME=$work XDG_DATA_HOME=$work/keyring PAYCLI_BENCH_BUS=1 PAYCLI_BENCH=$PWD/scripts/bench-keys.sh
    mkdir "$XDG_DATA_HOME"
    # shellcheck disable=SC2016 # the inner shell expands it
    dbus-run-session -- sh -c 'printf %s pw | gnome-keyring-daemon --unlock --components=secrets >/dev/null 2>&1
        gdbus wait --session --timeout 10 org.freedesktop.secrets && exec "$PAYCLI_BENCH"'
    exit
fi

paycli=$(cd "$target/release" && pwd)/paycli
trap 'kill "${server:-}" 2>/dev/null || true' EXIT
python3 benches/fast_answer.py >"$HOME/url" &
server=$!
until [[ -s $HOME/url ]]; do sleep 0.05; done

# A made-up key, put together here: no file holds a text that looks like a real one.
key=sk_test_$(printf '51%097d' 0)
export PAYCLI_HOME=$HOME/home PAYCLI_KEYSTORE_PASSPHRASE=bench NO_COLOR=1
get=("$paycli" --api-base "$(<"$HOME/url")" get customers)
"$paycli" -q keys add --offline --from - <<<"$key" >/dev/null
"$paycli" -q profile create filed --mode test
"$paycli" -q -p filed keys add --offline --keystore file --from - <<<"$key" >/dev/null

# median COMMAND...: the median time of a command in milliseconds.
median() {
    hyperfine --shell=none --warmup 10 --runs "$runs" --export-csv "$HOME/csv" "$(printf '%q ' "$@")" >/dev/null 2>"$HOME/log" ||
        { cat "$HOME/log" >&2; return 1; }
    awk -F, 'NR == 2 { printf "%.2f", $4 * 1000 }' "$HOME/csv"
}

env_ms=$(PAYCLI_API_KEY=$key median "${get[@]}")
ring_ms=$(median "${get[@]}")
file_ms=$(median "${get[@]}" -p filed)
more() { awk -v a="$1" -v b="$env_ms" 'BEGIN { printf "%.2f", a - b }'; }
printf 'Medians of %s runs, %s cores, %s.\n\n' "$runs" "$(nproc)" "$("$paycli" --version)"
printf '| a GET with its key from | median ms | more ms |\n| --- | ---: | ---: |\n'
printf '| the environment | %s | |\n' "$env_ms"
printf '| the Secret Service | %s | %s |\n' "$ring_ms" "$(more "$ring_ms")"
printf '| the key file | %s | %s |\n' "$file_ms" "$(more "$file_ms")"
