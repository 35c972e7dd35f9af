#!/usr/bin/env python3
"""Compares the command with tiktoken, gigatoken and `wc -w` on the same files, answers checked equal.

    cargo build --release
    tests/bench/peers.sh FILE...       # or this file, where tiktoken and gigatoken are installed

For each file it prints how many times as fast as the peer the command is: processor time, the median of
several runs, all in turn so that a change in the machine's speed meets all of them. Of the command and of
`wc` the whole process counts, start and reading included. Of the libraries only the call counts, with the
text in memory and the vocabulary loaded: tiktoken's `encode_ordinary` and gigatoken's `encode`, the first
call in a fresh process, and for gigatoken also the best of three later ones, when its cache knows the text.
The libraries make ids, which the command does not need to. One thread each.
"""

import argparse
import os
import pathlib
import resource
import statistics
import struct
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]


def tiktoken_run(encoding, path):
    """The count and the processor time of one first pass of tiktoken; runs in a process of its own."""
    import time

    import tiktoken
    import tiktoken_ext.openai_public as public

    public.load_tiktoken_bpe = lambda url, **_: ranks(url.rsplit("/", 1)[-1].removesuffix(".tiktoken"))
    reference = tiktoken.Encoding(**public.ENCODING_CONSTRUCTORS[encoding]())
    text = pathlib.Path(path).read_bytes().decode()
    start = time.process_time()
    count = len(reference.encode_ordinary(text))
    print(count, time.process_time() - start)


def gigatoken_run(encoding, path):
    """The count and the processor times of a first and a later pass of gigatoken; in a process of its own."""
    import base64
    import tempfile
    import time

    import gigatoken

    lines = (base64.b64encode(token) + b" %d\n" % rank for token, rank in ranks(encoding).items())
    with tempfile.NamedTemporaryFile(suffix=".tiktoken") as file:
        file.write(b"".join(lines))
        file.flush()
        scheme = {"o200k_base": "o200k", "cl100k_base": "gpt4"}[encoding]
        tokenizer = gigatoken.Tokenizer.from_tiktoken(file.name, pretokenizer=scheme, special_tokens={})
    text = pathlib.Path(path).read_bytes()
    times = []
    for _ in range(4):
        start = time.process_time()
        count = len(tokenizer.encode(text))
        times.append(time.process_time() - start)
    print(count, times[0], min(times[1:]))


def ranks(name):
    """The vocabulary in a pack, in tiktoken's form (src/format/packed.rs says what a pack is)."""
    pack = (ROOT / "vocab" / f"{name}.pack").read_bytes()
    at = pack.index(b"\n") + 1
    (runs,) = struct.unpack_from("<I", pack, at)
    spans = [struct.unpack_from("<II", pack, at + 4 + 8 * i) for i in range(runs)]
    ids = [first + i for first, length in spans for i in range(length)]
    at += 4 + 8 * runs
    lengths, at = pack[at : at + len(ids)], at + len(ids)
    tokens = {}
    for token_id, length in zip(ids, lengths):
        tokens[pack[at : at + length]] = token_id
        at += length
    return tokens


def timed(command):
    """The standard output and the processor time of a command."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run(command, capture_output=True, check=True, env={**os.environ, "LC_ALL": "C.UTF-8"})
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return done.stdout.decode(), sum(getattr(after, f) - getattr(before, f) for f in ("ru_utime", "ru_stime"))


def peer(kind, encoding, path):
    """What a run of a library in a process of its own says: the count, then seconds."""
    out, _ = timed([sys.executable, __file__, "--peer", kind, encoding, path])
    count, *seconds = out.split()
    return int(count), [float(second) for second in seconds]


def compare(encoding, path, runs):
    command = [str(ROOT / "target/release/tokenize"), "count", "-q", "-j1", "-e", encoding, path]
    ratios = {"tiktoken": [], "gigatoken, first": [], "gigatoken, later": [], "wc -w": []}
    for _ in range(runs):
        out, own = timed(command)
        count = int(out)
        ratios["wc -w"].append(timed(["wc", "-w", path])[1] / own)
        for kind, columns in (("tiktoken", ["tiktoken"]), ("gigatoken", ["gigatoken, first", "gigatoken, later"])):
            theirs, seconds = peer(kind, encoding, path)
            if theirs != count:
                sys.exit(f"{path}: {count} tokens, {kind} says {theirs}")
            for column, second in zip(columns, seconds):
                ratios[column].append(second / own)
    # Pair by pair: the ratio of runs that were neighbours in time.
    return count, [statistics.median(column) for column in ratios.values()]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("files", nargs="*")
    parser.add_argument("--encoding", action="append", help="default: o200k_base and cl100k_base")
    parser.add_argument("--runs", type=int, default=7)
    parser.add_argument("--peer", choices=["tiktoken", "gigatoken"], help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.peer:
        return {"tiktoken": tiktoken_run, "gigatoken": gigatoken_run}[arguments.peer](*arguments.files)
    print("| encoding | file | tokens (equal) | tiktoken | gigatoken, first pass | gigatoken, later pass | wc -w |")
    print("|---|---|---|---|---|---|---|")
    for encoding in arguments.encoding or ["o200k_base", "cl100k_base"]:
        for path in arguments.files:
            count, ratios = compare(encoding, path, arguments.runs)
            row = [encoding, pathlib.Path(path).name, f"{count:,}", *(f"{ratio:.2f}" for ratio in ratios)]
            print("| " + " | ".join(row) + " |", flush=True)


if __name__ == "__main__":
    main()
