#!/usr/bin/env python3
"""How far o200k_base is off for Claude, by kind of text: the figures in src/registry/estimates.rs.

    claude_ratios.py TOKENIZE FILE...

TOKENIZE is the release build of the command; each FILE is a large text of one sort (books, code, logs, many
languages). Needs Python 3.12 and ctok 1.3.0 (MIT), a reconstruction of the closed tokenizers' counts. Passages of five
lengths are drawn with a fixed seed, counted by both, and told apart as `Profile::kind` does. For every kind and
tokenizer it prints the median ratio at 2,000 bytes, the least factor that covers 95 % of the passages of 2,000 and 20,000
bytes, and how many tokens on top of that cover 95 % of those of every length.
"""

import functools
import json
import math
import random
import re
import subprocess
import sys
import tempfile
import unicodedata
from pathlib import Path

import ctok

FRAMES = {"3.0": 7, "4.7": 11}
SIZES = {20: 500, 60: 500, 200: 400, 2000: 400, 20000: 80}


def passages(data, size, number):
    """Passages of about this many bytes; short ones begin and end with a word."""
    found = []
    while len(found) < number:
        start = random.randrange(len(data) - size - 300)
        text = data[start : start + size + 200].decode("utf-8", "ignore")
        if size < 100:
            space = re.search(r"\s", text)
            text = text[space.end() :] if space else text
            text = text[:size].strip()
        else:
            text = data[start : start + size].decode("utf-8", "ignore")
        if text:
            found.append(text)
    return found


def o200k(command, texts):
    """The exact counts of the texts."""
    with tempfile.TemporaryDirectory() as folder:
        for place, text in enumerate(texts):
            (Path(folder) / f"{place:06}").write_bytes(text.encode())
        args = [command, "count", "--jsonl", "-e", "o200k_base", "--text", "--sort", "path", folder]
        lines = subprocess.run(args, check=True, capture_output=True, text=True).stdout.splitlines()
    rows = [json.loads(line) for line in lines]
    counts = [row["tokens"] for row in rows if not row.get("total")]
    assert len(counts) == len(texts)
    return counts


@functools.lru_cache(None)
def sort_of(char):
    if char.isascii():
        return "letter" if char.isalpha() else "space" if char.isspace() else "symbol"
    if unicodedata.category(char)[0] in "LM":
        return "accented" if "LATIN" in unicodedata.name(char, "") else "other"
    return "symbol"


def kind(text):
    numbers = dict(letter=0, accented=0, other=0, symbol=0, space=0)
    for char in text:
        numbers[sort_of(char)] += 1
    letters = numbers["letter"] + numbers["accented"] + numbers["other"]
    if numbers["other"] * 5 > letters:
        return "other script"
    if numbers["symbol"] * 100 > (letters + numbers["symbol"]) * 15:
        return "code"
    return "plain Latin" if numbers["accented"] * 1000 < letters or letters == 0 else "accented Latin"


def quantile(values, share):
    values = sorted(values)
    return values[min(len(values) - 1, int(share * len(values)))]


def main():
    command, files = sys.argv[1], sys.argv[2:]
    random.seed(7)
    rows = []
    for file in files:
        data = Path(file).read_bytes()
        for size, number in SIZES.items():
            texts = passages(data, size, number)
            for text, base in zip(texts, o200k(command, texts)):
                claude = {v: ctok.token_count(text, v) - frame for v, frame in FRAMES.items()}
                rows.append((kind(text), size, base, claude))
    print("| kind | tokenizer | passages | median | upper | more | covered |\n|---|---|---|---|---|---|---|")
    for name in ["plain Latin", "accented Latin", "code", "other script"]:
        for version in FRAMES:
            by_size = [[(b, c[version]) for k, s, b, c in rows if k == name and s == size] for size in SIZES]
            by_size = [pairs for pairs in by_size if len(pairs) >= 20]
            long = [pairs for pairs in by_size[-2:]]
            median = quantile([c / b for b, c in long[0]], 0.5)
            upper = math.ceil(max(quantile([c / b for b, c in pairs], 0.955) for pairs in long) * 100) / 100

            def covered(more):
                shares = [sum(c <= math.ceil(b * upper) + more for b, c in pairs) / len(pairs) for pairs in by_size]
                return min(shares)

            more = next(more for more in range(1000) if covered(more) >= 0.95)
            number = sum(map(len, by_size))
            print(f"| {name} | {version} | {number} | {median:.2f} | {upper:.2f} | {more} | {covered(more):.3f} |")


if __name__ == "__main__":
    main()
