"""Each family of vocabularies against gigatoken, Hugging Face's tokenizers and `wc`, in one run.

    python families.py TOKENIZE PASSES FOLDER FILE [NAME ...]

TOKENIZE is the command, PASSES the example `encode_passes`, both built for release. FOLDER has the files that the models
came with, as NAME/tokenizer.json or NAME/*.model*; where there are none, `tokenize convert` writes a tokenizer.json. Prints
a table in Markdown; a peer that gives other ids than ours is not timed, and is said to do so. Every figure is the median
of ROUNDS runs, each in a process of its own, one after another; processor time but for the start.
"""

import array
import hashlib
import pathlib
import statistics
import subprocess
import sys
import tempfile
import time

import timing

ROUNDS = 3
STARTS = 25
NAMES = (
    "o200k_base cl100k_base llama3 llama4 llama2 mistral-v3 tekken-240911 gemma2 gemma3 gemma4 qwen2.5 qwen3.5 "
    "deepseek-v3 glm-4.5 kimi-k2 gpt-neox claude-legacy"
).split()


def peer(name, model, path):
    """In a process of its own: the number of tokens, the hash of the ids, the seconds of the first pass, and of loading."""
    raw = pathlib.Path(path).read_bytes()
    start = time.process_time()
    if name == "gigatoken":
        import gigatoken

        is_json = model.endswith(".json")
        tokenizer = (gigatoken.Tokenizer if is_json else gigatoken.Tokenizer.from_sentencepiece)(model)
        text, encode = raw, tokenizer.encode
    else:
        import tokenizers

        tokenizer = tokenizers.Tokenizer.from_file(model)
        text, encode = raw.decode(), lambda text: tokenizer.encode(text, add_special_tokens=False).ids
    loaded = time.process_time()
    ids = encode(text)
    done = time.process_time()
    ids = ids.astype("<u4").tobytes() if hasattr(ids, "astype") else array.array("I", ids).tobytes()
    print(len(ids) // 4, hashlib.sha256(ids).hexdigest(), done - loaded, loaded - start)


def model_files(folder, name, tokenize, made):
    """The file for gigatoken and the one for tokenizers; None where there is none."""
    own = pathlib.Path(folder, name)
    found = sorted(own.glob("tokenizer*.json"))
    pieces = sorted(path for path in own.glob("*.model*") if path.read_bytes()[:1] == b"\n")
    if found or pieces:
        return str((pieces or found)[0]), str(found[0]) if found else None
    path = pathlib.Path(made, f"{name}.json")
    done = subprocess.run([tokenize, "convert", name, "-o", path], stderr=subprocess.DEVNULL)
    return (str(path), str(path)) if done.returncode == 0 else (None, None)


def against(kind, model, path, own):
    """The seconds of a first pass and of loading, or why there are none."""
    if model is None:
        return "no file"
    try:
        out = timing.run([sys.executable, __file__, "--peer", kind, model, path]).out.split()
    except timing.Failed as error:
        return f"fails ({str(error)[:60]})"
    return (float(out[2]), float(out[3])) if out[:2] == own else "other ids"


def ratio(times):
    return "-" if not times else f"{statistics.median(times):.2f}"


def row(name, arguments, made):
    tokenize, passes, folder, path = arguments
    files = dict(zip(("gigatoken", "tokenizers"), model_files(folder, name, tokenize, made)))
    count, encode = {kind: [] for kind in files}, {kind: [] for kind in files}
    why, rates = {}, ([], [])
    size = pathlib.Path(path).stat().st_size / 1e6
    for _ in range(ROUNDS):
        counted = timing.run([tokenize, "count", "-q", "-j1", "-e", name, path])
        *own, first = timing.run([passes, name, path, "1"]).out.split()
        assert int(counted.out) == int(own[0]), name
        rates[0].append(size / counted.processor)
        rates[1].append(size / float(first))
        for kind, model in files.items():
            if kind in why:
                continue
            found = against(kind, model, path, own)
            if isinstance(found, str):
                why[kind] = found
                continue
            count[kind].append(found[0] / counted.processor)
            encode[kind].append(found[0] / float(first))
    cells = [why.get(kind) or f"{ratio(count[kind])} / {ratio(encode[kind])}" for kind in files]
    starts = []
    for _ in range(STARTS):
        ours = timing.wall([tokenize, "-q", "-e", name, made + "/1kB"])
        starts.append(ours / timing.wall(["wc", "-w", made + "/1kB"]))
    loads = []
    for kind, model in files.items():
        try:
            theirs = timing.wall([sys.executable, __file__, "--peer", kind, model or "", made + "/1kB"])
            loads.append(f"{theirs / ours:.0f}")
        except timing.Failed:
            loads.append("-")
    rates = [f"{statistics.median(rate):.0f}" for rate in rates]
    return [name, f"{int(own[0]):,}", " / ".join(rates), *cells, ratio(starts), *loads]


def main(arguments):
    if arguments[:1] == ["--peer"]:
        return peer(*arguments[1:])
    names = arguments[4:] or NAMES
    heading = ["encoding", "tokens (equal)", "MB/s, count / encode", "gigatoken", "tokenizers", "start: wc"]
    heading += ["start: gigatoken", "start: tokenizers"]
    print("| " + " | ".join(heading) + " |\n" + "|---" * len(heading) + "|", flush=True)
    with tempfile.TemporaryDirectory() as made:
        with open(arguments[3], "rb") as file:
            pathlib.Path(made, "1kB").write_bytes(file.read(1000))
        for name in names:
            print("| " + " | ".join(row(name, arguments[:4], made)) + " |", flush=True)
    return None


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
