#!/usr/bin/env python3
"""How many times as long as counting a text takes to divide it into chunks of 512 tokens.

    chunk.py TOKENIZE FILE [RUNS]

TOKENIZE is the release build of the command; FILE a large text. Whole processes, one after the other in turns; medians of
the ratios of wall time and of processor time. First the answer is checked: the chunks together are the file, none has more
than 512 tokens, and every hundredth is counted once more.
"""

import json
import resource
import statistics
import subprocess
import sys
import time

LIMIT = 512


def check(command, file):
    out = subprocess.run([command, "chunk", "-n", str(LIMIT), file], check=True, capture_output=True).stdout
    chunks = [json.loads(line) for line in out.splitlines()]
    text = b"".join(
        chunk["text"].encode() if "text" in chunk else bytes.fromhex(chunk["text_hex"]) for chunk in chunks
    )
    assert text == open(file, "rb").read(), "the chunks are not the text"
    assert all(chunk["tokens"] <= LIMIT for chunk in chunks), "a chunk is over the limit"
    for chunk in chunks[::100]:
        own = text[chunk["start"] : chunk["end"]]
        count = subprocess.run([command, "-q"], input=own, check=True, capture_output=True).stdout
        assert int(count) == chunk["tokens"], chunk
    return len(chunks)


def run(args):
    def used():
        usage = resource.getrusage(resource.RUSAGE_CHILDREN)
        return usage.ru_utime + usage.ru_stime

    wall, before = time.perf_counter(), used()
    subprocess.run(args, check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - wall, used() - before


def main():
    command, file = sys.argv[1:3]
    runs = int(sys.argv[3]) if len(sys.argv) > 3 else 15
    print(f"{check(command, file)} chunks, checked")
    ratios = []
    for _ in range(runs):
        count, chunk = run([command, "count", file]), run([command, "chunk", "-n", str(LIMIT), file])
        ratios.append((chunk[0] / count[0], chunk[1] / count[1]))
    wall, cpu = (statistics.median(part) for part in zip(*ratios))
    print(f"chunk takes {wall:.2f} times the wall time of count, and {cpu:.2f} times its processor time")


if __name__ == "__main__":
    main()
