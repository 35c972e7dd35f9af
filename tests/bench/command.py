"""What the command costs by itself: threads, start, memory, and measuring more than tokens."""

import itertools
import pathlib
import statistics

import timing

THREADS = ("-j1", "-j2")


def cut(path, size):
    """The first bytes of a file, repeated where it is shorter."""
    with open(path, "rb") as file:
        start = file.read(size)
    return (start * (size // max(len(start), 1) + 1))[:size]


def files_of_sizes(path, folder):
    """A file of 1 kB and one of 1 MB from the beginning of a file."""
    files = []
    for name, size in (("1kB", 1000), ("1MB", 1_000_000)):
        file = pathlib.Path(folder, name)
        file.write_bytes(cut(path, size))
        files.append(str(file))
    return files


def same(answers):
    """Stops everything if answers to the same question differ."""
    if len(set(answers)) != 1:
        raise SystemExit(f"answers differ: {', '.join(sorted(set(answers)))}")


def threads(places, encoding, path, rounds):
    """How many times as fast two threads are as one, on the wall: a file, that file as input, a pipe."""
    ratios = {"file": [], "standard input": [], "pipe": []}
    for _ in range(rounds):
        answers = []
        for kind, column in ratios.items():
            seconds = []
            for flag in THREADS:
                command = [places.tokenize, "count", "-q", flag, "-e", encoding]
                if kind == "file":
                    done = timing.run([*command, path])
                elif kind == "pipe":
                    done = timing.run_in_pipe(command, path)
                else:
                    with open(path, "rb") as file:
                        done = timing.run(command, file)
                seconds.append(done.wall)
                answers.append(done.out)
            column.append(seconds[0] / seconds[1])
        same(answers)
    return [f"{statistics.median(column):.2f}" for column in ratios.values()]


def thread_table(places, encodings, paths, rounds):
    rows = [["encoding", "file", "as a file", "as standard input", "through a pipe"]]
    for encoding, path in itertools.product(encodings, paths):
        rows.append([encoding, pathlib.Path(path).name, *threads(places, encoding, path, rounds)])
    return rows


def start_row(places, encoding, small, large, runs):
    """Medians of whole processes, all in turn: 1 kB as a ratio to `wc` and `true`, 1 MB to `wc -w`."""
    quiet = [places.tokenize, "-q", "-e", encoding]
    commands = [[*quiet, small], ["wc", small], ["true"], [*quiet, large], ["wc", "-w", large]]
    seconds = [[] for _ in commands]
    for _ in range(runs):
        for command, column in zip(commands, seconds):
            column.append(timing.wall(command))
    own, wc, true, own_large, wc_large = map(statistics.median, seconds)
    return [f"{own / wc:.2f}", f"{own / true:.2f}", f"{own_large / wc_large:.2f}"]


def megabytes(commands, chunks=lambda: ()):
    """The largest of three peaks of each command, in MB; all must say the same."""
    peaks = []
    answers = []
    for command in commands:
        runs = [timing.peak_memory(command, chunks()) for _ in range(3)]
        peaks.append(f"{max(peak for peak, _ in runs) / 1e6:.1f} MB")
        answers += [answer for _, answer in runs]
    same(answers)
    return peaks


def start_table(places, names, small, large, runs):
    heads = ["1 kB: times as long as `wc`", "as `true`", "1 MB: as `wc -w`", "memory, 1 kB", "memory, 1 MB"]
    rows = [["encoding", *heads]]
    for encoding in names:
        quiet = [places.tokenize, "-q", "-e", encoding]
        memory = megabytes([[*quiet, small]]) + megabytes([[*quiet, large]])
        rows.append([encoding, *start_row(places, encoding, small, large, runs), *memory])
    return rows


def pipe_table(places, encodings, path, size):
    """Peak memory for `size` MB through a pipe: the beginning of a file, again and again."""
    block = cut(path, min(size, 50) * 1_000_000)
    pieces = [block[at : at + 1_000_000] for at in range(0, len(block), 1_000_000)]
    chunks = lambda: itertools.islice(itertools.cycle(pieces), size)
    rows = [["encoding", *(f"memory, `{flag}`" for flag in THREADS)]]
    for encoding in encodings:
        commands = [[places.tokenize, "count", "-q", flag, "-e", encoding] for flag in THREADS]
        rows.append([encoding, *megabytes(commands, chunks)])
    return rows


def measure_table(places, encodings, paths, rounds):
    """How many times as long tokens, words, characters and lines take as tokens alone, processor time."""
    rows = [["encoding", "file", "times as long"]]
    for encoding, path in itertools.product(encodings, paths):
        command = [places.tokenize, "count", "-j1", "-e", encoding, path]
        ratios = []
        for _ in range(rounds):
            quiet = timing.run([*command, "-q"])
            ratios.append(timing.run(command).processor / quiet.processor)
        rows.append([encoding, pathlib.Path(path).name, f"{statistics.median(ratios):.2f}"])
    return rows
