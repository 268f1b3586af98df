#!/usr/bin/env bash
# Measures start-up, a durable request, memory and size; prints tables for benches/README.md on stdout.
set -euo pipefail

cd "$(dirname "${BASH_SOURCE[0]}")/.."
target=${CARGO_TARGET_DIR:-target}
runs=${RUNS:-500}

say() { printf '==> %s\n' "$*" >&2; }

missing=()
command -v hyperfine >/dev/null || missing+=(hyperfine)
command -v curl >/dev/null || missing+=(curl)
[[ -x /usr/bin/time ]] || missing+=(time)
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
paycli=$(cd "$target/release" && pwd)/paycli

work=$(mktemp -d)
trap 'kill "${server:-}" 2>/dev/null || true; rm -rf "$work"' EXIT
python3 benches/fast_answer.py >"$work/url" &
server=$!
until [[ -s $work/url ]]; do sleep 0.05; done
base=$(<"$work/url")

# A made-up key, put together here: no file holds a text that looks like a real one.
key=sk_test_$(printf '51%097d' 0)
export PAYCLI_API_KEY=$key PAYCLI_HOME=$work/home HOME=$work NO_COLOR=1
data=(-d amount=2000 -d currency=usd)
url=$base/v1/payment_intents
post=("$paycli" --api-base "$base" request POST /v1/payment_intents "${data[@]}")
curl=(curl -s -H "Authorization: Bearer $key" -H 'Idempotency-Key: bench' "${data[@]}" "$url")

# Stripe's own CLI, where npm can install it; STRIPE_CLI names another binary, or is empty for none.
stripe=${STRIPE_CLI-}
if [[ -z ${STRIPE_CLI+set} ]] && command -v npm >/dev/null; then
    tools=$target/bench-tools
    if [[ ! -x $tools/node_modules/.bin/stripe ]]; then
        say "installing Stripe's CLI into $tools"
        npm install --silent --ignore-scripts --no-fund --no-audit --prefix "$tools" @stripe/cli >&2 || say "it does not install: left out"
    fi
    # The package's start script is node's; the program itself is what is compared.
    stripe=$(find "$PWD/$tools" "$tools" -type f -name stripe -perm -u+x -size +1M 2>/dev/null | head -n 1)
fi

# median NAME COMMAND...: the median time of a command in milliseconds.
median() {
    local name=$1
    shift
    say "timing $name"
    hyperfine --shell=none --warmup 20 --runs "$runs" --export-csv "$work/csv" \
        --command-name "$name" "$(printf '%q ' "$@")" >/dev/null 2>"$work/log" || { cat "$work/log" >&2; return 1; }
    awk -F, 'NR == 2 { printf "%.2f", $4 * 1000 }' "$work/csv"
}

# resident COMMAND...: the largest resident size of five runs in megabytes.
resident() {
    local most=0 size
    for _ in 1 2 3 4 5; do
        size=$(/usr/bin/time -f %M -o "$work/rss" "$@" >/dev/null 2>&1 || true; tail -n 1 "$work/rss")
        ((size > most)) && most=$size
    done
    awk -v kilobytes="$most" 'BEGIN { printf "%.1f", kilobytes / 1024 }'
}

ratio() { awk -v a="$1" -v b="$2" 'BEGIN { printf "%.2f", a / b }'; }

row() { printf '| %s | %s | %s | %s |\n' "$@"; }

printf 'Medians of %s runs, the largest size of 5, %s cores, %s.\n\n' "$runs" "$(nproc)" "$("$paycli" --version)"
row what 'median ms' 'resident MB' ratio
row --- ---: ---: ---
nothing=$(median true /bin/true)
row "\`/bin/true\`" "$nothing" "$(resident /bin/true)" ''
version=$(median 'paycli --version' "$paycli" --version)
row "\`paycli --version\`" "$version" "$(resident "$paycli" --version)" "$(ratio "$version" "$nothing") of \`/bin/true\`"
curled=$(median curl "${curl[@]}")
row "\`curl\`, the same POST" "$curled" "$(resident "${curl[@]}")" ''
posted=$(median 'paycli request POST' "${post[@]}")
row "\`paycli request POST\`, durable" "$posted" "$(resident "${post[@]}")" "$(ratio "$posted" "$curled") of curl"
if [[ -n $stripe ]]; then
    runs=$((runs < 50 ? runs : 50))
    theirs=("$stripe" post /v1/payment_intents --api-base "$base" --api-key "$key" "${data[@]}")
    helped=$(median 'stripe --help' "$stripe" --help)
    row "\`stripe --help\`" "$helped" "$(resident "$stripe" --help)" "$(ratio "$helped" "$version") of \`paycli --version\`"
    sent=$(median 'stripe post' "${theirs[@]}")
    row "\`stripe post\`" "$sent" "$(resident "${theirs[@]}")" "$(ratio "$sent" "$posted") of \`paycli request POST\`"
fi
size=$(($(wc -c <"$paycli")))
printf '\nThe release binary has %s bytes (%s MB).\n' "$size" "$(awk -v bytes="$size" 'BEGIN { printf "%.1f", bytes / 1e6 }')"
