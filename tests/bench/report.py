#!/usr/bin/env python3
"""Prints the comparison of the command and the library with other tokenizers, as Markdown for `record/`.

    tests/bench/peers.sh [--runs N] [--encoding NAME] [--pipe MB] [--quick] FILE... > tests/bench/record/DATE.md

`peers.sh` installs the others and starts this file; see `peers.py` for what is timed of each of them,
`libraries.py` for the comparison, `command.py` for threads, start, memory and measures.
"""

import argparse
import dataclasses
import datetime
import importlib.metadata
import os
import pathlib
import platform
import subprocess
import sys
import tempfile

import command
import libraries
import peers
import timing
import vocabulary

NOT_COMPARABLE = """\
Not comparable: the command is a whole process, with start, reading and writing, and always a first pass; of the
libraries only the call counts, with vocabulary and text loaded before, which can take more than a second.
The libraries make ids, which counting does not need; only bpe-openai can count without them. Those in Python also
make what Python is given: tiktoken a list of numbers, gigatoken an array, fastokens and tokenizers an object that
keeps the ids. A later pass has met this very text before, and has its pieces in a cache that grows with the text.
`wc -w` counts words. Special tokens are taken as text by all. On a shared machine ratios differ from run to run."""

ONE_CORE = """\
The libraries may use one core only. Fastokens is also run as it comes, with all cores: how much it prepares in
the first pass depends on their number. The processor time of all threads of a library counts."""


@dataclasses.dataclass
class Places:
    """Where the programs are, and the vocabularies in the forms of others."""

    tokenize: str
    passes: str
    bpe_openai: str
    vocabularies: str


def say(text=""):
    print(text, flush=True)


def table(rows):
    say("| " + " | ".join(rows[0]) + " |")
    say("|---" * len(rows[0]) + "|")
    for row in rows[1:]:
        say("| " + " | ".join(row) + " |")
    say()


def progress(text):
    print(text, file=sys.stderr, flush=True)


def first_line(*arguments):
    """The first line that a program prints; nothing if it cannot be run."""
    try:
        done = subprocess.run(arguments, capture_output=True, text=True, cwd=vocabulary.ROOT)
    except OSError:
        return ""
    return done.stdout.partition("\n")[0]


def processor():
    try:
        lines = pathlib.Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        lines = []
    models = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return models[0] if models else platform.processor() or platform.machine()


def versions():
    found = []
    for package in sorted({peer.package for peer in peers.PEERS.values()}):
        try:
            found.append(f"{package} {importlib.metadata.version(package)}")
        except importlib.metadata.PackageNotFoundError:
            found.append(f"{package} (not installed)")
    crate = (vocabulary.ROOT / "tests/bench/bpe-openai/Cargo.toml").read_text()
    found.append("bpe-openai " + crate.partition('bpe-openai = "=')[2].partition('"')[0])
    return [*found, first_line("wc", "--version")]


def heading(arguments, places):
    load = ", ".join(f"{number:.1f}" for number in os.getloadavg())
    today = datetime.date.today()
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    say(f"# {today.day} {today:%B %Y}\n")
    say(f"* Machine: {processor()}, {cores} cores, {platform.system()}; load before the first run {load}.")
    commit = first_line("git", "rev-parse", "--short", "HEAD") or "no commit"
    changed = " with changes" if first_line("git", "status", "--porcelain", "src", "vocab", "Cargo.toml") else ""
    version, compiler = first_line(places.tokenize, "--version"), first_line("rustc", "--version")
    say(f"* {version} ({commit}{changed}), {compiler}.")
    say(f"* Peers: {', '.join(versions())}; Python {platform.python_version()}.")
    quick = ", `--quick`" if arguments.quick else ""
    say(f"* Made by `tests/bench/peers.sh`{quick}: medians of {arguments.runs} rounds; in each round all in turn.\n")
    for path in arguments.files:
        say(f"* {pathlib.Path(path).name}: {pathlib.Path(path).stat().st_size:,} bytes")
    say("\nOnly ratios are results; MB/s* is for orientation, of this machine on this day.\n")
    say(NOT_COMPARABLE + "\n")


def compare(arguments, places):
    """The tables of counting and encoding; all rounds of a file are measured together."""
    everyone = libraries.contenders(places, arguments.quick)
    comparisons = []
    for encoding in arguments.encoding:
        vocabulary.write(encoding, places.vocabularies)
        for path in arguments.files:
            comparisons.append(libraries.Comparison(places, encoding, path))
            for number in range(arguments.runs):
                progress(f"{encoding}, {pathlib.Path(path).name}: round {number + 1} of {arguments.runs}")
                comparisons[-1].round(everyone)
    counting, encoding_rows = libraries.tables(comparisons, everyone)
    say("## Counting\n")
    say("How many times as fast as the peer the whole command `tokenize count -q -j1 FILE` is, processor time.")
    say("Against a library's first pass in a fresh process / against the best of three later passes (of tiktoken and")
    say("bpe-openai, which keep no pieces, one).")
    say(ONE_CORE + "\n")
    table(counting)
    say("## Encoding to ids, text in memory\n")
    say("How many times as fast as the peer `Tokenizer::encode` is, one thread, processor time: first pass against")
    say("first pass / later against later. All ids are equal.\n")
    table(encoding_rows)
    missing = libraries.left_out(comparisons, arguments.quick)
    say("## Left out\n")
    say("\n".join(missing) + "\n" if missing else "Nothing: every contender answered for every file.\n")


def alone(arguments, places, folder):
    """The tables of the command by itself."""
    rounds, encodings, files = arguments.runs, arguments.encoding, arguments.files
    progress("two threads")
    say("## Two threads against one\n")
    say("How many times as fast `tokenize count -q -j2` is as `-j1`, time on the wall; the pipe is filled by `cat` on")
    say("the same cores.\n")
    table(command.thread_table(places, encodings, files, rounds))
    starts = 20 if arguments.quick else 100
    progress("start and memory")
    say("## Start and memory\n")
    say("How many times as long as the other `tokenize -q FILE` takes from start to end, time on the wall, medians of")
    say(f"{starts} runs; and the largest resident memory. The text is the beginning of {pathlib.Path(files[0]).name}.\n")
    small, large = command.files_of_sizes(files[0], folder)
    try:
        table(command.start_table(places, list(vocabulary.PACKS), small, large, starts))
        say(f"{arguments.pipe} MB of the same text, again and again, through a pipe into `tokenize count -q`:\n")
        table(command.pipe_table(places, encodings, files[0], arguments.pipe))
    except timing.Failed as error:
        say(f"Left out: {error}\n")
    progress("words, characters and lines")
    say("## Words, characters and lines\n")
    say("How many times as long `tokenize count -j1`, which also counts these, takes as `tokenize count -q -j1`,")
    say("processor time.\n")
    table(command.measure_table(places, encodings, files, rounds))


def parse():
    parser = argparse.ArgumentParser(
        prog="tests/bench/peers.sh", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("files", nargs="+", metavar="FILE")
    parser.add_argument("--runs", type=int, default=7, metavar="N", help="rounds, each of all in turn (default: 7)")
    parser.add_argument(
        "--encoding", action="append", choices=vocabulary.PACKS, help="default: o200k_base and cl100k_base"
    )
    parser.add_argument("--pipe", type=int, default=200, metavar="MB", help="size of the long pipe (default: 200)")
    parser.add_argument("--quick", action="store_true", help="without the slow peers, and with 20 starts for 100")
    parser.add_argument("--check", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("--target", default=str(vocabulary.ROOT / "target"), help=argparse.SUPPRESS)
    parser.add_argument("--bpe-openai", default="", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    arguments.encoding = arguments.encoding or ["o200k_base", "cl100k_base"]
    for path in arguments.files:
        if not os.path.isfile(path):
            parser.error(f"no file {path}")
        if os.path.getsize(path) == 0:
            parser.error(f"{path} is empty")
    arguments.files = [os.path.abspath(path) for path in arguments.files]
    return arguments


def main():
    arguments = parse()
    if arguments.check:
        return
    built = pathlib.Path(arguments.target).resolve() / "release"
    with tempfile.TemporaryDirectory() as folder:
        # Where no settings file of anybody is found.
        os.chdir(folder)
        places = Places(
            tokenize=str(built / "tokenize"),
            passes=str(built / "examples/encode_passes"),
            bpe_openai=arguments.bpe_openai or "bpe-openai-passes",
            vocabularies=folder,
        )
        heading(arguments, places)
        compare(arguments, places)
        alone(arguments, places, folder)


if __name__ == "__main__":
    main()
