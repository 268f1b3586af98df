#!/usr/bin/env bash
# Measures `keys scan` beside ripgrep with the same pattern, in one run: 500 MB in 30,000 files, warm; and the history
# of 20,000 contents. Needs `cargo build --release` and rg on the PATH.
set -euo pipefail

cd "$(dirname "${BASH_SOURCE[0]}")/.."
paycli=${PAYCLI:-$PWD/${CARGO_TARGET_DIR:-target}/release/paycli}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export PAYCLI_HOME=$work/home
exec python3 benches/scan.py "$paycli" "$work"
