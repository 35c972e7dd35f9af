#!/usr/bin/env python3
"""Measures training against peers, whole runs in turn, answers compared.

    train.py TOKENIZE CORPORA [ROUNDS] [--with hf,rustbpe] [--growth]

CORPORA is the folder that `train_corpora.py` makes. Needs PyPI's gigabpe (0.1.0), and with `--with` tokenizers (0.23.3) and
rustbpe (0.1.0), which run once. All train 32,768 tokens with the pattern of GPT-2 on two threads (rustbpe and Hugging Face's
take as many as there are). Of peers, the time of the call in Python is taken, without the start of Python and imports; of
`tokenize`, that of the whole process. Peak memory is that of the process, for peers less what Python takes before the call.

What each learned is compared with what `tokenize train --lines` learns, because Hugging Face's trainer and gigabpe take each
line of a file as a document. All of our merges have to be theirs, in the same order; gigabpe's alphabet is only the bytes that
occur, and it learns some merges more in place of the others. rustbpe's are compared with `--ties raw`.

`--growth` measures `tokenize` alone: 10 MB, 100 MB and 994 MB of code, and 100,000 tokens against 32,768.
"""

import json
import os
import statistics
import subprocess
import sys
import tempfile

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
import json, sys, time
SIZE, PATTERN = {size}, {pattern!r}
{train}
def peak_memory():
    with open("/proc/self/status") as file:
        return next(int(line.split()[1]) * 1024 for line in file if line.startswith("VmHWM"))
before = peak_memory()
start, used = time.perf_counter(), time.process_time()
tokens = train(sys.argv[1])
wall, processor = time.perf_counter() - start, time.process_time() - used
json.dump([wall, processor, peak_memory() - before, tokens], open(sys.argv[2], "w"))
"""
# Starts a command from a process that is small: what wait4 tells is never less than the peak of the process that started it,
# and this one here holds the answers.
LAUNCH = """
import os, sys, time
start = time.perf_counter()
pid = os.posix_spawn(sys.argv[1], sys.argv[1:], os.environ, file_actions=[(os.POSIX_SPAWN_OPEN, 1, "/dev/null", os.O_WRONLY, 0)])
_, status, usage = os.wait4(pid, 0)
wall = time.perf_counter() - start
print([wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss * 1024])
sys.exit(os.waitstatus_to_exitcode(status) != 0)
"""


def ours(executable, path, out, size=SIZE, flags=()):
    """Wall time, processor time, peak memory and tokens."""
    command = [executable, "train", path, "-s", str(size), "--pattern", "gpt2", "-o", out, "-j", "2", "-q", *flags]
    process = subprocess.run([sys.executable, "-ISc", LAUNCH, *command], stdout=subprocess.PIPE)
    if process.returncode:
        sys.exit("tokenize failed")
    with open(out, encoding="utf-8") as file:
        tokens = ["".join(pair) for pair in json.load(file)["model"]["merges"]]
    return *json.loads(process.stdout), tokens


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
        own, learned = raw if name == "rustbpe" else tokens, runs[name][0][3]
        equal = next((i for i, pair in enumerate(zip(own, learned)) if pair[0] != pair[1]), len(own))
        walls = [run[0] / own_run[0] for run, own_run in zip(runs[name], runs["tokenize"])]
        print(
            f"  {name}: {theirs[0] / mine[0]:.2f} times the time ({min(walls):.2f} to {max(walls):.2f}), processor "
            f"{theirs[1] / mine[1]:.2f}, memory {theirs[2] / mine[2]:.2f}; "
            f"the first {equal} of {len(own)} merges are the same, {len(learned) - len(own)} more"
        )
        if equal < len(own):
            sys.exit(f"not what {name} learns")


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
