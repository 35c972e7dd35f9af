#!/usr/bin/env python3
"""Measures training against peers, whole runs in turn, answers compared.

    train.py TOKENIZE CORPORA [ROUNDS] [--with hf,rustbpe] [--growth]

CORPORA is the folder that `train_corpora.py` makes. Needs PyPI's gigabpe (0.1.0), and with `--with` tokenizers (0.23.3) and
rustbpe (0.1.0), which run once. All train 32,768 tokens with the pattern of GPT-2 on two threads (rustbpe and Hugging Face's
take as many as there are). Of peers, the time of the call in Python is taken, without the start of Python and imports; of
`tokenize`, that of the whole process. Peak memory is that of the process, for peers less what Python takes before the call.

What each learned is compared with ours as a set of tokens: Hugging Face's has to be the same; gigabpe takes each line as a
document and has only the bytes that occur for an alphabet, so that some differ.

`--growth` measures `tokenize` alone: 10 MB, 100 MB and 994 MB of code, and 100,000 tokens against 32,768.
"""

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time

SIZE = 32768
PATTERN = r"'(?:[sdmt]|ll|ve|re)| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+"
PEERS = {
    "gigabpe": """
import gigabpe
def train(path):
    vocab, merges = gigabpe.train_bpe([path], SIZE, pretokenizer="bytelevel", threads=2, special_tokens=[])
    return ["".join(pair) for pair in merges]
""",
    "hf": """
from tokenizers import Regex, Tokenizer, models, pre_tokenizers, trainers
def train(path):
    tokenizer = Tokenizer(models.BPE())
    level = pre_tokenizers.ByteLevel
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence([level(False, use_regex=True)])
    tokenizer.train([path], trainers.BpeTrainer(vocab_size=SIZE, initial_alphabet=level.alphabet(), show_progress=False))
    import json
    return ["".join(pair) for pair in json.loads(tokenizer.to_str())["model"]["merges"]]
""",
    "rustbpe": """
import rustbpe
def train(path):
    tokenizer = rustbpe.Tokenizer()
    with open(path, encoding="utf-8", newline="") as file:
        tokenizer.train_from_iterator(iter(file), SIZE, pattern=PATTERN)
    order = [n for n in range(256) if chr(n).isprintable() and chr(n) not in " \\xa0\\xad"]
    letters = {n: chr(n) for n in order} | {n: chr(256 + i) for i, n in enumerate(sorted(set(range(256)) - set(order)))}
    return ["".join(letters[b] for b in token) for token, rank in tokenizer.get_mergeable_ranks() if rank >= 256]
""",
}
RUN = """
import json, resource, sys, time
SIZE, PATTERN = {size}, {pattern!r}
{train}
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
start, used = time.perf_counter(), time.process_time()
tokens = train(sys.argv[1])
wall, processor = time.perf_counter() - start, time.process_time() - used
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
json.dump([wall, processor, peak * 1024, tokens], open(sys.argv[2], "w"))
"""


def ours(executable, path, out, size=SIZE, flags=()):
    """Wall time, processor time, peak memory and tokens."""
    command = [executable, "train", path, "-s", str(size), "--pattern", "gpt2", "-o", out, "-j", "2", "-q", *flags]
    start = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    wall = time.perf_counter() - start
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        sys.exit("tokenize failed")
    with open(out, encoding="utf-8") as file:
        tokens = ["".join(pair) for pair in json.load(file)["model"]["merges"]]
    return wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss * 1024, tokens


def peer(name, path, out):
    code = RUN.format(size=SIZE, pattern=PATTERN, train=PEERS[name])
    subprocess.run([sys.executable, "-c", code, path, out], check=True)
    with open(out, encoding="utf-8") as file:
        return json.load(file)


def medians(runs):
    return [statistics.median(run[i] for run in runs) for i in range(3)]


def compare(executable, path, rounds, slow, folder):
    names = ["gigabpe"]
    runs = {name: [] for name in ["tokenize", *names, *slow]}
    lines = os.path.join(folder, "lines.json")
    for turn in range(rounds):
        runs["tokenize"].append(ours(executable, path, os.path.join(folder, "whole.json")))
        for name in names + (slow if turn == 0 else []):
            runs[name].append(peer(name, path, os.path.join(folder, "peer.json")))
    # Hugging Face's trainer and gigabpe read files line by line, rustbpe is given lines.
    tokens = ours(executable, path, lines, flags=["--lines"])[3]
    raw = ours(executable, path, lines, flags=["--lines", "--ties", "raw"])[3]
    mine = medians(runs["tokenize"])
    print(f"{os.path.basename(path)}: tokenize {mine[0]:.2f} s, processor {mine[1]:.2f} s, {mine[2] / 1e6:.0f} MB")
    for name in names + slow:
        theirs = medians(runs[name])
        same = runs[name][0][3] == (raw if name == "rustbpe" else tokens)
        common = len(set(runs[name][0][3]) & set(raw if name == "rustbpe" else tokens))
        walls = [run[0] / own[0] for run, own in zip(runs[name], runs["tokenize"])]
        print(
            f"  {name}: {theirs[0] / mine[0]:.2f} times the time ({min(walls):.2f} to {max(walls):.2f}), processor "
            f"{theirs[1] / mine[1]:.2f}, memory {theirs[2] / mine[2]:.2f}; "
            f"{'the same tokens in the same order' if same else f'{common} of {len(tokens)} tokens the same'}"
        )
        if name == "hf" and not same:
            sys.exit("not what Hugging Face learns")


def growth(executable, corpora, rounds, folder):
    out = os.path.join(folder, "v.json")

    def median(name, size=SIZE):
        path = os.path.join(corpora, name)
        return medians([ours(executable, path, out, size) for _ in range(rounds)])[0] / os.path.getsize(path)

    small, middle, large = (median(name) for name in ("code10.txt", "code100.txt", "code.txt"))
    print(f"growth, seconds a byte against 10 MB: 100 MB {middle / small:.2f}, 994 MB {large / small:.2f}")
    for name in ("english.txt", "scripts.txt", "code.txt"):
        few, many = median(name), median(name, 100_000)
        print(f"{name}: 100,000 tokens take {many / few:.2f} times as long as {SIZE}")


def main():
    words = [word for word in sys.argv[1:] if not word.startswith("--")]
    executable, corpora = os.path.abspath(words[0]), words[1]
    slow = []
    if "--with" in sys.argv:
        slow = words.pop(words.index(sys.argv[sys.argv.index("--with") + 1])).split(",")
    rounds = int(words[2]) if len(words) > 2 else 5
    with tempfile.TemporaryDirectory() as folder:
        if "--growth" in sys.argv:
            return growth(executable, corpora, rounds, folder)
        for name in ("english.txt", "scripts.txt", "code.txt"):
            compare(executable, os.path.join(corpora, name), rounds, slow if name != "code.txt" else [], folder)


if __name__ == "__main__":
    main()
