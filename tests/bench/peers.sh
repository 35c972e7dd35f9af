#!/usr/bin/env bash
# Installs other tokenizers into a throw-away environment, builds the command and the library, and prints how fast they
# are against each other, as Markdown that can be kept in tests/bench/record/:
#
#     tests/bench/peers.sh [--runs N] [--encoding NAME] [--pipe MB] [--quick] FILE... > tests/bench/record/DATE.md
#
# What cannot be installed is listed as left out. What is measured, and how, is told in report.py.
set -euo pipefail
here="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
export PYTHONDONTWRITEBYTECODE=1
for argument in "$@"; do
    case "$argument" in
        -h | --help) exec python3 "$here/report.py" --help ;;
    esac
done
python3 "$here/report.py" --check "$@" # A wrong argument is told before anything is installed.

environment="$(mktemp -d)"
trap 'rm -rf "$environment"' EXIT
python3 -m venv "$environment"
for package in tiktoken==0.14.0 gigatoken==0.10.0 fastokens==0.3.5 tokenizers==1.0.0rc3; do
    echo "installing $package" >&2
    "$environment/bin/pip" install --quiet --disable-pip-version-check "$package" >&2 || echo "left out: $package" >&2
done

# Built from a copy: its lock file and its target folder are thrown away, too.
echo "building bpe-openai" >&2
copy="$environment/bytepair/tests"
mkdir -p "$copy/bench"
cp -r "$here/bpe-openai" "$copy/bench/"
cp -r "$here/../tools" "$copy/"
cargo build --release --quiet --manifest-path "$copy/bench/bpe-openai/Cargo.toml" \
    --target-dir "$environment/target" >&2 || echo "left out: bpe-openai" >&2

echo "building tokenize" >&2
target="${CARGO_TARGET_DIR:-$here/../../target}"
cargo build --release --quiet --manifest-path "$here/../../Cargo.toml" --target-dir "$target" \
    --bin tokenize --example encode_passes >&2
"$environment/bin/python" "$here/report.py" --target "$target" \
    --bpe-openai "$environment/target/release/bpe-openai-passes" "$@"
