#!/usr/bin/env python3
"""Trains on random small corpora, and compares with Hugging Face's BpeTrainer and rustbpe.

    train_exact.py TOKENIZE [CORPORA] [SEED]

Needs PyPI's tokenizers (0.23.3), rustbpe (0.1.0) and tiktoken. For each of CORPORA (default: 1000) corpora, with options
that are random, too:

* `tokenize train --hf-compat` must give the tokenizer.json of a vocabulary that has the merges and the ids of BpeTrainer's,
* that file must load in tokenizers, and the .tiktoken in tiktoken, and give the ids of `tokenize encode` on other text,
* `tokenize train --ties raw` must learn the tokens that rustbpe learns.

Exit status 1 and the seeds of all corpora that differ, if any does.
"""

import base64
import json
import os
import random
import subprocess
import sys
import tempfile

import rustbpe
import tiktoken
from tokenizers import AddedToken, Regex, Tokenizer, models, pre_tokenizers, trainers

PATTERNS = {
    "gpt2": r"'(?:[sdmt]|ll|ve|re)| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+",
    "cl100k": r"'(?i:[sdmt]|ll|ve|re)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+",
}
ALPHABETS = [
    "ab", "abc ", "aab  b\n", "etaoin shrdlu ", "abcdefghijklmnopqrstuvwxyz ", "漢字日本語 ", "กขคงจ ิ่", "🦀👍🏽❤\ufe0f ",
    "éèñüß ", "0123456789 ", " \t\r\n", "\0\x01\x7f a", "'sSdDtT llLveRE", "абвгд ", "!?.,;:-()[]{} ", "e\u0301a\u0300 ",
]  # fmt: skip


def corpus(chance):
    """A text of random words over some alphabets, many of them more than once."""
    alphabet = "".join(chance.sample(ALPHABETS, chance.randint(1, 4)))
    if chance.random() < 0.1:
        alphabet += "".join(chr(chance.randint(0x20, 0x2FFF)) for _ in range(300))
    word = lambda: "".join(chance.choice(alphabet) for _ in range(chance.choice([1, 2, 3, 5, 8, 40])))  # noqa: E731
    words = [word() for _ in range(chance.randint(1, 40))]
    joint = chance.choice([" ", "\n", "", ". "])
    return joint.join(chance.choice(words) for _ in range(chance.randint(0, 200)))[:3000]


def hf_trained(documents, size, pattern, options):
    """What Hugging Face's trainer learns."""
    tokenizer = Tokenizer(models.BPE())
    split = pre_tokenizers.Split(Regex(pattern), "isolated")
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence([split, pre_tokenizers.ByteLevel(False, use_regex=False)])
    trainer = trainers.BpeTrainer(
        vocab_size=size,
        min_frequency=options["min_frequency"],
        max_token_length=options["max_token_length"],
        special_tokens=[AddedToken(name, special=True, normalized=False) for name in options["special"]],
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    tokenizer.train_from_iterator(documents, trainer)
    return json.loads(tokenizer.to_str())["model"], tokenizer


def train(executable, folder, out, size, pattern, *flags):
    command = [executable, "train", "text", "-s", str(size), "--pattern", pattern, "-o", out, "-q", *flags]
    subprocess.run(command, cwd=folder, check=True, stdout=subprocess.DEVNULL)


def encode(executable, folder, *flags):
    command = [executable, "encode", "other", *flags]
    out = subprocess.run(command, cwd=folder, check=True, stdout=subprocess.PIPE).stdout
    return [int(number) for number in out.split()]


def check(executable, folder, seed):
    """What differs, in words."""
    chance = random.Random(seed)
    text, other = corpus(chance), corpus(chance)
    name = chance.choice(sorted(PATTERNS))
    lines = chance.random() < 0.3
    options = {
        "min_frequency": chance.choice([0, 0, 0, 1, 2, 5]),
        "max_token_length": chance.choice([None, None, 2, 3, 6, 12]),
        "special": [f"<|special {number}|>" for number in range(chance.choice([0, 0, 1, 2]))],
    }
    size = 256 + len(options["special"]) + chance.choice([0, 1, 10, 100, 600])
    for file, content in (("text", text), ("other", other)):
        with open(os.path.join(folder, file), "w", encoding="utf-8", newline="") as out:
            out.write(content)
    flags = ["--hf-compat", "--min-frequency", str(options["min_frequency"])]
    flags += ["--lines"] if lines else []
    flags += [flag for name_ in options["special"] for flag in ("--special", name_)]
    if options["max_token_length"]:
        flags += ["--max-token-length", str(options["max_token_length"])]
    train(executable, folder, "v.json", size, name, *flags)
    with open(os.path.join(folder, "v.json"), encoding="utf-8") as file:
        ours = json.load(file)["model"]
    documents = text.split("\n") if lines else [text]
    if lines:
        documents = [line + "\n" for line in documents[:-1]] + documents[-1:]
    theirs, tokenizer = hf_trained(documents, size, PATTERNS[name], options)
    pairs = [[list(pair) for pair in model["merges"]] for model in (ours, theirs)]
    if pairs[0] != pairs[1]:
        place = next(i for i, pair in enumerate(pairs[0] + [None]) if [pair] != pairs[1][i : i + 1])
        return f"merge {place}: {pairs[0][place : place + 1]}, Hugging Face {pairs[1][place : place + 1]}"
    if ours["vocab"] != theirs["vocab"]:
        return f"other ids: {sorted(set(ours['vocab'].items()) ^ set(theirs['vocab'].items()))[:6]}"
    ids = encode(executable, folder, "--vocab", "v.json")
    loaded = Tokenizer.from_file(os.path.join(folder, "v.json"))
    if not ids == loaded.encode(other, add_special_tokens=False).ids == tokenizer.encode(other).ids:
        return "tokenizers loads v.json, and gives other ids"
    return check_raw(executable, folder, (name, size, text, other))


def check_raw(executable, folder, how):
    """The same for ties by bytes: rustbpe, and tiktoken with the file."""
    name, size, text, other = how
    train(executable, folder, "v.tiktoken", size, name, "--ties", "raw")
    with open(os.path.join(folder, "v.tiktoken"), "rb") as file:
        rows = [line.split() for line in file.read().splitlines()]
    ranks = {base64.b64decode(token): int(rank) for token, rank in rows}
    theirs = rustbpe.Tokenizer()
    theirs.train_from_iterator(iter([text]), size, pattern=PATTERNS[name])
    if ranks != {bytes(token): rank for token, rank in theirs.get_mergeable_ranks()}:
        return "the tokens are not rustbpe's"
    encoding = tiktoken.Encoding("own", pat_str=PATTERNS[name], mergeable_ranks=ranks, special_tokens={})
    # A file of ranks says nothing of the pattern, so that pieces are encoded here, whole.
    with open(os.path.join(folder, "other"), encoding="utf-8", newline="") as file:
        text = file.read()
    like = {"gpt2": "gpt2", "cl100k": "cl100k_base"}[name]
    ids = encode(executable, folder, "--vocab", "v.tiktoken", "--like", like)
    same_end = name == "gpt2" or not text[-1:].isspace()
    if same_end and ids != encoding.encode_ordinary(text):
        return "tiktoken loads v.tiktoken, and gives other ids"
    return None


def main():
    executable = os.path.abspath(sys.argv[1])
    corpora = int(sys.argv[2]) if len(sys.argv) > 2 else 1000
    first = int(sys.argv[3]) if len(sys.argv) > 3 else 0
    wrong = 0
    with tempfile.TemporaryDirectory() as folder:
        for seed in range(first, first + corpora):
            what = check(executable, folder, seed)
            if what:
                wrong += 1
                print(f"seed {seed}: {what}")
    print(f"{corpora} corpora, {wrong} of them not the same")
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()
