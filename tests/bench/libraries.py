"""Counting and encoding against other libraries and `wc -w`: the runs, the check of the answers, the ratios."""

import collections
import locale
import pathlib
import statistics
import sys

import peers
import timing

SLOW = ("tiktoken", "bpe-openai")  # Left out by --quick.
FIRST, LATER = 0, 1


def passes_of(name):
    """A first one, and three of which the best is the later one; the slow have no cache that would gain from more."""
    return "2" if name in SLOW else "4"


class Contender:
    """Something that prints tokens, hash and seconds; `counts` and `encodes` say in which table it stands."""

    def __init__(self, name, command, counts=True, encodes=True, encodings=None):
        self.name, self.command, self.counts, self.encodes = name, command, counts, encodes
        self.encodings = encodings

    def passes(self, encoding, path):
        """The number of tokens, the hash of the ids, the seconds of a first and of a later pass."""
        if self.encodings and encoding not in self.encodings:
            raise timing.Failed(f"has only {' and '.join(self.encodings)}")
        command = [part.format(encoding=encoding, path=path) for part in self.command]
        tokens, ids, *seconds = timing.run(command).out.split()
        seconds = [float(second) for second in seconds]
        return int(tokens), ids, (seconds[0], min(seconds[1:]))


def contenders(places, quick):
    """All that can be asked for; what cannot run says so when it is asked."""
    script = str(pathlib.Path(peers.__file__))
    found = []
    for name in peers.PEERS:
        command = [sys.executable, script, name, "{encoding}", places.vocabularies, "{path}", passes_of(name)]
        found.append(Contender(name, command))
    for what in ("count", "encode"):
        command = [places.bpe_openai, what, "{encoding}", "{path}", passes_of("bpe-openai")]
        both = ("cl100k_base", "o200k_base")
        found.append(Contender("bpe-openai", command, what == "count", what == "encode", both))
    return [contender for contender in found if not (quick and contender.name in SLOW)]


class Comparison:
    """One encoding and one file: ratios of times, a list for each column, and what was left out and why."""

    def __init__(self, places, encoding, path):
        self.places, self.encoding, self.path = places, encoding, path
        self.count = [places.tokenize, "count", "-q", "-j1", "-e", encoding, path]
        self.counting = collections.defaultdict(list)
        self.encoding_ratios = collections.defaultdict(list)
        self.left_out = {}
        self.tokens = None
        self.count_rate, self.encode_rate = [], []

    def round(self, everyone):
        """All contenders once, in turn."""
        size = pathlib.Path(self.path).stat().st_size / 1e6
        own = timing.run(self.count)
        self.tokens = int(own.out)
        self.count_rate.append(size / own.processor)
        if has_utf8_locale():
            self.counting["wc -w"].append(timing.run(["wc", "-w", self.path]).processor / own.processor)
        else:
            self.left_out["wc -w"] = "no locale C.UTF-8 here"
        name = "the library"
        library = Contender(name, [self.places.passes, "{encoding}", "{path}", passes_of(name)])
        tokens, ids, seconds = library.passes(self.encoding, self.path)
        self.agree(library, tokens, ids, ids)
        self.encode_rate.append(size / seconds[FIRST])
        for contender in everyone:
            if contender.name not in self.left_out:
                self.against(contender, own.processor, ids, seconds)

    def against(self, contender, own_count, own_ids, own_seconds):
        try:
            tokens, ids, seconds = contender.passes(self.encoding, self.path)
        except timing.Failed as error:
            self.left_out[contender.name] = str(error)
            return
        except FileNotFoundError:
            self.left_out[contender.name] = "not built"
            return
        self.agree(contender, tokens, ids, own_ids)
        if contender.counts:
            self.counting[contender.name].append([second / own_count for second in seconds])
        if contender.encodes:
            pairs = zip(seconds, own_seconds)
            self.encoding_ratios[contender.name].append([theirs / own for theirs, own in pairs])

    def agree(self, contender, tokens, ids, own_ids):
        """Stops everything where an answer differs; only counting gives no ids."""
        name = pathlib.Path(self.path).name
        if tokens != self.tokens:
            sys.exit(f"{self.encoding}, {name}: {self.tokens} tokens, {contender.name} says {tokens}")
        if ids not in ("-", own_ids):
            sys.exit(f"{self.encoding}, {name}: the ids of {contender.name} are others")


def has_utf8_locale():
    try:
        locale.setlocale(locale.LC_CTYPE, "C.UTF-8")
    except locale.Error:
        return False
    return True


def median_cell(ratios):
    """The median of each part, pair by pair: a ratio is of runs that were neighbours in time."""
    if not ratios:
        return "-"
    if not isinstance(ratios[0], list):
        return f"{statistics.median(ratios):.2f}"
    return " / ".join(f"{statistics.median(part):.2f}" for part in zip(*ratios))


def tables(comparisons, everyone):
    """The tables of counting and of encoding, as lists of rows, the heading first."""
    names = list(dict.fromkeys(contender.name for contender in everyone))
    counting = [["encoding", "file", "tokens (equal)", "MB/s*", *names, "wc -w"]]
    encoding = [["encoding", "file", "MB/s*", *names]]
    for one in comparisons:
        label = [one.encoding, pathlib.Path(one.path).name]
        rates = [f"{statistics.median(rate):.0f}" for rate in (one.count_rate, one.encode_rate)]
        cells = [median_cell(one.counting[name]) for name in [*names, "wc -w"]]
        counting.append([*label, f"{one.tokens:,}", rates[0], *cells])
        encoding.append([*label, rates[1], *(median_cell(one.encoding_ratios[name]) for name in names)])
    return counting, encoding


def left_out(comparisons, quick):
    """A line for each reason for which somebody could not take part, with the encodings and files."""
    files = collections.defaultdict(list)
    for one in comparisons:
        for name, why in one.left_out.items():
            files[name, why, one.encoding].append(pathlib.Path(one.path).name)
    places = collections.defaultdict(list)
    for (name, why, encoding), missing in files.items():
        everywhere = len(missing) == sum(one.encoding == encoding for one in comparisons)
        places[name, why].append(encoding if everywhere else f"{encoding} {' '.join(missing)}")
    names = collections.defaultdict(list)
    for (name, why), where in places.items():
        names[why, ", ".join(where)].append(name)
    lines = [f"* {', '.join(who)}: {why} ({where})" for (why, where), who in names.items()]
    return lines + ([f"* {', '.join(SLOW)}: slow, left out by --quick"] if quick else [])
