"""Do other libraries read what the writers write, and do they give our ids?

    cargo build --release --example write
    python convert_round_trip.py WRITE VECTORS [NAME ...]

WRITE is that example's executable, VECTORS a folder with NAME.jsonl (golden ids; what they look like is in
tests/data/README.md) and, beside them or in tests/data, docs/. Each vocabulary is written as a tokenizer.json, which
Hugging Face's `tokenizers` (0.23, which can be told to take special tokens for text) loads, and some as .tiktoken, which `tiktoken` loads. Every row that the
library can encode is compared; what it cannot (bytes that are no UTF-8, for Hugging Face's) is counted and said.
Exits 1 if any differs.
"""

import base64
import hashlib
import json
import pathlib
import struct
import subprocess
import sys
import tempfile

import tiktoken
import tiktoken.load
import tokenizers

HUGGING_FACE = (
    "cl100k_base o200k_base llama3 glm-4 tekken-240911 deepseek-v3 qwen2.5 qwen3.5 claude-legacy gpt-neox".split()
)
TIKTOKEN = "cl100k_base o200k_base llama3 kimi-k2".split()


def write(program, name, form, path):
    """Writes a vocabulary; what the file does not hold, or None and why it cannot be written."""
    run = subprocess.run([program, name, form, path], capture_output=True, text=True)
    return (json.loads(run.stdout), "") if run.returncode == 0 else (None, run.stderr.strip())


def rows(vectors, name):
    """The rows that are encoded: (what it is, text or bytes, mode, ids or (count, sha256))."""
    for line in (vectors / f"{name}.jsonl").read_text("utf-8").splitlines():
        row = json.loads(line)
        if row["kind"] == "doc":
            path = vectors / "docs" / row["doc"]
            if path.exists():
                yield row["doc"], path.read_bytes().decode(), row["special"], (row["count"], row["ids_sha256"])
        elif "special" in row:
            text = row["text"] if "text" in row else base64.b64decode(row["bytes_b64"])
            yield row["id"], text, row["special"], row["ids"]


def agrees(ids, wanted):
    if isinstance(wanted, list):
        return ids == wanted
    return (len(ids), hashlib.sha256(struct.pack(f"<{len(ids)}I", *ids)).hexdigest()) == wanted


def compare(label, encode, all_rows):
    """Compares; `encode` gives None for what the library cannot encode."""
    compared, skipped, wrong = 0, 0, []
    for row, text, mode, wanted in all_rows:
        ids = encode(text, mode)
        if ids is None:
            skipped += 1
            continue
        compared += 1
        if not agrees(ids, wanted):
            wrong.append(f"{row} ({mode})")
    shown = f": {', '.join(wrong[:12])}" if wrong else ""
    print(f"{label}: {compared} rows compared, {skipped} left out, {len(wrong)} differ{shown}", flush=True)
    return not wrong and compared > 0


def hugging_face(path):
    tokenizer = tokenizers.Tokenizer.from_file(path)

    def encode(text, mode):
        # "plain" is text in which no added token is found at all; it has no such mode.
        if isinstance(text, bytes) or mode == "plain":
            return None
        tokenizer.encode_special_tokens = mode == "none"
        return tokenizer.encode(text, add_special_tokens=False).ids

    return encode


def tiktoken_encoding(path, rest):
    # Its default would keep a copy of the file under a name by its path.
    ranks = {}
    for line in pathlib.Path(path).read_bytes().splitlines():
        token, rank = line.split()
        ranks[base64.b64decode(token)] = int(rank)
    assert ranks == tiktoken.load.load_tiktoken_bpe(path)
    encoding = tiktoken.Encoding(
        "written", pat_str=rest["pattern"], mergeable_ranks=ranks, special_tokens=rest["specials"]
    )

    def encode(text, mode):
        if isinstance(text, bytes):
            return encoding._encode_bytes(text)
        return encoding.encode(text, allowed_special="all") if mode == "all" else encoding.encode_ordinary(text)

    return encode


def main():
    program, vectors, *names = sys.argv[1:]
    vectors = pathlib.Path(vectors)
    print(f"tokenizers {tokenizers.__version__}, tiktoken {tiktoken.__version__}")
    fine = True
    with tempfile.TemporaryDirectory() as folder:
        for form, all_names in [("tokenizer.json", HUGGING_FACE), ("tiktoken", TIKTOKEN)]:
            for name in names or all_names:
                if name not in all_names and form == "tiktoken":
                    continue
                path = str(pathlib.Path(folder) / f"{name}.{form}")
                rest, why = write(program, name, form, path)
                if rest is None:
                    print(f"{name} as {form}: not written: {why}")
                    fine = False
                    continue
                encode = hugging_face(path) if form == "tokenizer.json" else tiktoken_encoding(path, rest)
                fine &= compare(f"{name} as {form}", encode, rows(vectors, name))
    sys.exit(0 if fine else 1)


if __name__ == "__main__":
    main()
