#!/usr/bin/env python3
"""Counts texts that are one long piece, in every encoding: megabytes a second for 1 MB, and how many times as
long 4 MB takes. No text may go slower than 5 MB/s (random letters 3), and 4 MB at most 5 times as long.

    cargo build --release
    python3 tests/bench/long_pieces.py

Processor time of the whole command on one thread, the best of three runs. Exit status 1 if a bar is missed.
"""

import pathlib
import random
import resource
import subprocess
import sys
import tempfile

TOKENIZE = str(pathlib.Path(__file__).resolve().parents[2] / "target/release/tokenize")
ENCODINGS = ["gpt2", "r50k_base", "p50k_base", "p50k_edit", "cl100k_base", "o200k_base", "o200k_harmony"]
BASE64 = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"


def texts(size):
    pick = lambda letters, count: "".join(random.choices(letters, k=count))
    han = [chr(code) for code in range(0x4E00, 0x4E00 + 5000)]
    thai = [chr(code) for code in range(0xE01, 0xE2F)]
    return {
        "a": "a" * size,
        "^": "^" * size,
        "spaces": " " * size,
        "spaces, letter": " " * size + "x",
        "letters": pick("abcdefghijklmnopqrstuvwxyz", size),
        "base64": pick(BASE64, size),
        "Han": pick(han, size // 3),
        "Thai": pick(thai, size // 3),
    }


def seconds(encoding, path):
    runs = []
    for _ in range(3):
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        subprocess.run([TOKENIZE, "-q", "-j1", "-e", encoding, path], stdout=subprocess.DEVNULL, check=True)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        runs.append(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
    return min(runs)


def main():
    random.seed(1)
    missed = 0
    with tempfile.TemporaryDirectory() as folder:
        files = {}
        for size in (1, 4):
            for name, text in texts(size << 20).items():
                path = pathlib.Path(folder, f"{len(files)}")
                path.write_text(text)
                files[name, size] = str(path)
        names = list(dict.fromkeys(name for name, _ in files))
        print("| encoding | " + " | ".join(names) + " |\n|---" * 1 + "|---" * len(names) + "|")
        for encoding in ENCODINGS:
            cells = []
            for name in names:
                small, large = seconds(encoding, files[name, 1]), seconds(encoding, files[name, 4])
                rate, times = 1.048576 / small, large / small
                missed += rate < (3 if name == "letters" else 5) or times > 5
                cells.append(f"{rate:.0f}, x{times:.1f}")
            print(f"| {encoding} | " + " | ".join(cells) + " |", flush=True)
    sys.exit(missed > 0)


if __name__ == "__main__":
    main()
