#!/usr/bin/env python3
"""Compares the command with tiktoken and `wc -w` on the same files, answers checked equal.

    pip install tiktoken
    cargo build --release
    python3 tests/bench/compare.py FILE...

For each file it prints how many times as fast as the peer the command is: processor time, the median of
several runs, the three in turn so that a change in the machine's speed meets all of them. Of the command and
of `wc` the whole process counts, start and reading included; of tiktoken only the first call of
`encode_ordinary` in a fresh process, with the text in memory and the vocabulary loaded. One thread each.
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


def compare(encoding, path, runs):
    command = [str(ROOT / "target/release/tokenize"), "count", "-q", "-j1", "-e", encoding, path]
    own, reference, words = [], [], []
    for _ in range(runs):
        out, seconds = timed(command)
        own.append(seconds)
        words.append(timed(["wc", "-w", path])[1])
        peer, _ = timed([sys.executable, __file__, "--tiktoken", encoding, path])
        count, seconds = peer.split()
        reference.append(float(seconds))
        if int(out) != int(count):
            sys.exit(f"{path}: {int(out)} tokens, tiktoken says {count}")
    # Pair by pair: the ratio of runs that were neighbours in time.
    times_tiktoken = statistics.median(peer / mine for peer, mine in zip(reference, own))
    times_wc = statistics.median(peer / mine for peer, mine in zip(words, own))
    return int(count), times_tiktoken, times_wc


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("files", nargs="*")
    parser.add_argument("--encoding", action="append", help="default: o200k_base and cl100k_base")
    parser.add_argument("--runs", type=int, default=7)
    parser.add_argument("--tiktoken", action="store_true", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.tiktoken:
        return tiktoken_run(*arguments.files)
    print("| encoding | file | tokens (equal) | times tiktoken | times wc -w |\n|---|---|---|---|---|")
    for encoding in arguments.encoding or ["o200k_base", "cl100k_base"]:
        for path in arguments.files:
            count, tiktoken, wc = compare(encoding, path, arguments.runs)
            row = [encoding, pathlib.Path(path).name, f"{count:,}", f"{tiktoken:.1f}", f"{wc:.2f}"]
            print("| " + " | ".join(row) + " |", flush=True)


if __name__ == "__main__":
    main()
