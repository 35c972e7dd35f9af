#!/usr/bin/env bash
# Installs the peers into a throw-away environment, builds the command, and prints the table of ratios:
#
#     tests/bench/peers.sh [--runs N] [--encoding NAME] FILE...
#
# What the table says, and what of it is not comparable, is told in compare.py.
set -euo pipefail
here="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
environment="$(mktemp -d)"
trap 'rm -rf "$environment"' EXIT
python3 -m venv "$environment"
"$environment/bin/pip" install --quiet --disable-pip-version-check tiktoken==0.14.0 gigatoken==0.10.0
cargo build --release --quiet --manifest-path "$here/../../Cargo.toml"
"$environment/bin/python" "$here/compare.py" "$@"
