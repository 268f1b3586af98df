#!/usr/bin/env bash
# Runs every test: installs what they need where it can, then `cargo test` and the slow tests.
set -euo pipefail

cd "$(dirname "${BASH_SOURCE[0]}")/.."
target=${CARGO_TARGET_DIR:-target}

say() { printf '==> %s\n' "$*" >&2; }

has_venv() { python3 -c 'import ensurepip, venv' >/dev/null 2>&1; }

# The packages of Debian that are missing, and what they are called elsewhere.
missing=()
command -v faketime >/dev/null || missing+=(faketime)
command -v curl >/dev/null || missing+=(curl)
command -v git >/dev/null || missing+=(git)
command -v strace >/dev/null || missing+=(strace)
command -v gnome-keyring-daemon >/dev/null || missing+=(gnome-keyring)
command -v dbus-run-session >/dev/null || missing+=(dbus-daemon)
command -v gdbus >/dev/null || missing+=(libglib2.0-bin)
compgen -G '/usr/lib/postgresql/*/bin/postgres' >/dev/null || missing+=(postgresql)
command -v setpriv >/dev/null || missing+=(util-linux)
command -v cc >/dev/null || missing+=(gcc libc6-dev)
if ! command -v python3 >/dev/null || ! has_venv; then
    missing+=(python3 python3-venv)
fi

if ! command -v node >/dev/null || ! command -v npm >/dev/null; then
    missing+=(nodejs npm)
fi

if ((${#missing[@]} > 0)); then
    if [[ $(id -u) == 0 ]] && command -v apt-get >/dev/null; then
        say "installing ${missing[*]}"
        apt-get update -qq
        DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}"
    else
        say "the tests need these first (names as in Debian): ${missing[*]}"
        if command -v apt-get >/dev/null; then
            say "sudo apt-get install ${missing[*]}"
        fi
        exit 1
    fi
fi
command -v cargo >/dev/null || { say "the tests need a Rust toolchain: cargo is missing"; exit 1; }

# The real peers, in a virtual environment that is made once for each list of requirements.
venv=$target/peers-venv
requirements=tests/peers/requirements.txt
if ! cmp -s "$requirements" "$venv/installed.txt"; then
    say "installing localstripe and Stripe's python library into $venv"
    mkdir -p "$target"
    python3 -m venv --clear "$venv"
    "$venv/bin/python" -m pip install --quiet --disable-pip-version-check --requirement "$requirements"
    cp "$requirements" "$venv/installed.txt"
fi

modules=$target/peers-node
manifest=tests/peers/package.json
if ! cmp -s "$manifest" "$modules/installed.json"; then
    say "installing Stripe's node library and its command line into $modules"
    mkdir -p "$modules"
    cp "$manifest" "$modules/package.json"
    npm install --prefix "$modules" --loglevel=error --no-audit --no-fund --no-package-lock --ignore-scripts
    cp "$manifest" "$modules/installed.json"
fi

say "building the receiver with async-stripe in $target/peers-rust"
cargo build --locked --quiet --manifest-path tests/receivers/async-stripe/Cargo.toml --target-dir "$target/peers-rust"

say "cargo test"
cargo test --locked
say "the slow tests"
cargo test --locked --test cli -- --ignored
