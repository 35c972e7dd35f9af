#!/usr/bin/env python3
"""Counts texts that are one long piece, in every encoding: megabytes a second for 1 MB, and how many times as
long 4 MB takes. No text may go slower than `LEAST`, nor take more than `MOST_TIMES` as long.

    cargo build --release
    python3 tests/bench/long_pieces.py [ENCODING...]

Processor time of the whole command on one thread, the best of three runs. Exit status 1 if a bar is missed.
"""

import itertools
import os
import pathlib
import random
import resource
import subprocess
import sys
import tempfile

TARGET = os.environ.get("CARGO_TARGET_DIR", pathlib.Path(__file__).resolve().parents[2] / "target")
TOKENIZE = str(pathlib.Path(TARGET, "release/tokenize"))
ENCODINGS = ["gpt2", "r50k_base", "p50k_base", "p50k_edit", "cl100k_base", "o200k_base", "o200k_harmony"]
LETTERS = "abcdefghijklmnopqrstuvwxyz"
BASE64 = LETTERS.upper() + LETTERS + "0123456789+/"
PUNCTUATION = "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~"

# The least rate of a text in MB/s, and how many times as long four times the text may take.
LEAST = 15
MOST_TIMES = 4.5


def characters(first, last):
    return [chr(code) for code in range(first, last)]


def texts(size):
    """Name and bytes of each text of about this size. None has a boundary that a word or a line would have;
    where letters of both cases or digits follow each other, the patterns still make pieces of some."""

    def pick(letters):
        return "".join(random.choices(letters, k=size // len(letters[0].encode())))

    def repeat(unit):
        return (unit * (size // len(unit.encode()) + 1)).encode()[:size]

    def in_turns(units):
        return "".join(itertools.islice(itertools.cycle(units), size // 4))

    faces = characters(0x1F600, 0x1F650)
    sequence = "\U0001F469\u200d\U0001F52C"
    mixed = faces + [sequence, "\u2764\ufe0f", "\U0001F1EB\U0001F1F7", "\U0001F44D\U0001F3FD"]
    word = lambda: "".join(random.choices(LETTERS, k=random.randint(2, 9)))
    every = "".join(characters(0, 0xD800) + characters(0xE000, 0x110000))
    return {
        "a": repeat("a"),
        "^": repeat("^"),
        "0": repeat("0"),
        "NUL": repeat("\0"),
        "spaces": repeat(" "),
        "spaces, letter": repeat(" ") + b"x",
        "newlines": repeat("\n"),
        "CRLF": repeat("\r\n"),
        "ab": repeat("ab"),
        "97 letters": repeat("".join(random.choices(LETTERS, k=97))),
        "3000 letters": repeat("".join(random.choices(LETTERS, k=3000))),
        "runs of letters": "".join(random.choice(LETTERS) * random.randint(1, 300) for _ in range(size // 150)),
        "a and b": pick("ab"),
        "letters": pick(LETTERS),
        "camelCase": "".join(word().title() for _ in range(size // 6)),
        "letters, digits": in_turns(["a", "1", "bc", "2"]),
        "letters, signs": in_turns(["a", "^", "漢", "!"]),
        "digits": pick("0123456789"),
        "signs": pick(PUNCTUATION),
        "base64": pick(BASE64),
        "Latin-1": pick([char for char in characters(0xC0, 0x100) if char.isalpha()]),
        "Cyrillic": pick(characters(0x430, 0x450)),
        "Devanagari": pick(characters(0x905, 0x93A) + characters(0x93E, 0x94D)),
        "Thai": pick(characters(0xE01, 0xE2F)),
        "Han": pick(characters(0x4E00, 0x4E00 + 5000)),
        "one emoji": repeat("\U0001F600"),
        "emoji": pick(faces),
        "mixed emoji": "".join(random.choices(mixed, k=size // 5)),
        "every character": repeat(every),
        "0xff": b"\xff" * size,
        "no UTF-8": bytes(random.choices(range(0x80, 0x100), k=size)),
        "random bytes": random.randbytes(size),
    }


def seconds(encoding, path):
    runs = []
    for _ in range(3):
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        command = [TOKENIZE, "count", "-q", "-j1", "--text", "-e", encoding, path]
        subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=True)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        runs.append(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
    return min(runs)


def main():
    random.seed(1)
    encodings = sys.argv[1:] or ENCODINGS
    missed = 0
    with tempfile.TemporaryDirectory() as folder:
        files = {}
        for size in (1, 4):
            for name, text in texts(size << 20).items():
                path = pathlib.Path(folder, f"{len(files)}")
                path.write_bytes(text if isinstance(text, bytes) else text.encode())
                files[name, size] = str(path)
        print("| text | " + " | ".join(encodings) + " |\n|---" + "|---" * len(encodings) + "|")
        for name in dict.fromkeys(name for name, _ in files):
            cells = []
            for encoding in encodings:
                paths = files[name, 1], files[name, 4]
                small, large = (seconds(encoding, path) for path in paths)
                least, most = (os.path.getsize(path) for path in paths)
                # Where the larger file is not four times the smaller, what counts is time for a byte.
                rate, times = least / small / 1e6, 4 * (large / most) / (small / least)
                missed += rate < LEAST or times > MOST_TIMES
                cells.append(f"{rate:.0f}, x{times:.1f}")
            print(f"| {name} | " + " | ".join(cells) + " |", flush=True)
    sys.exit(missed > 0)


if __name__ == "__main__":
    main()
