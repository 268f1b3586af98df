#!/usr/bin/env bash
# Measures `keys scan` beside ripgrep with the same pattern, in one run: 500 MB in 30,000 files, warm; and the history
# of 20,000 contents. Needs git, ripgrep (apt-get install ripgrep), and `cargo build --release` or the program to measure
# in PAYCLI.
set -euo pipefail

cd "$(dirname "${BASH_SOURCE[0]}")/.."
paycli=${PAYCLI:-$PWD/${CARGO_TARGET_DIR:-target}/release/paycli}
for program in git rg python3 "$paycli"; do
  command -v "$program" > /dev/null || { echo "bench-scan: $program is missing" >&2; exit 2; }
done
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export PAYCLI_HOME=$work/home
python3 benches/scan.py "$paycli" "$work"
