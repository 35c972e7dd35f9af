"""The vocabularies of this repository in the forms that other tokenizers read.

A pack (`src/format/packed.rs` says what it is) holds tokens and ids. A `.tiktoken` file says the same. A
`tokenizer.json` also wants the pattern and the merges: the two parts of each token, which are found by merging
its bytes with the tokens that come before it. Nothing is fetched.
"""

import base64
import functools
import json
import pathlib
import struct

MAGIC = b"bytepair pack 3\n"
CHARACTERS, LISTED = 1, 4

ROOT = pathlib.Path(__file__).resolve().parents[2]

PACKS = {
    "gpt2": "r50k_base",
    "r50k_base": "r50k_base",
    "p50k_base": "p50k_base",
    "p50k_edit": "p50k_base",
    "cl100k_base": "cl100k_base",
    "o200k_base": "o200k_base",
    "o200k_harmony": "o200k_base",
}

# The spellings that published tokenizer.json files have: a peer may know a fast way for exactly these.
GPT2 = r"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+"
PATTERNS = {
    "r50k_base": GPT2,
    "p50k_base": GPT2,
    "cl100k_base": r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|"
    r"\s*[\r\n]+|\s+(?!\S)|\s+",
    "o200k_base": r"[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+"
    r"(?i:'s|'t|'re|'ve|'m|'ll|'d)?|[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]+"
    r"[\p{Ll}\p{Lm}\p{Lo}\p{M}]*(?i:'s|'t|'re|'ve|'m|'ll|'d)?|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n/]*|"
    r"\s*[\r\n]+|\s+(?!\S)|\s+",
}


def ranks(pack_name):
    """The tokens of a pack and their ids, in the order of their ranks."""
    path = ROOT / "vocab" / f"{pack_name}.pack"
    if not path.exists():
        raise SystemExit(f"the vocabulary vocab/{path.name} of this repository is missing")
    pack = path.read_bytes()
    if not pack.startswith(MAGIC):
        raise SystemExit(f"vocab/{path.name} is not in the packed form that is known here")
    flags, count, others, runs = struct.unpack_from("<4I", pack, len(MAGIC))
    if others or flags & (CHARACTERS | LISTED):
        raise SystemExit(f"vocab/{path.name} is not simply a list of bytes by rank")
    at = len(MAGIC) + 16 + 4 * 256
    spans = [struct.unpack_from("<II", pack, at + 8 * i) for i in range(runs)]
    ids = [first + i for first, length in spans for i in range(length)]
    lengths = struct.unpack_from(f"<{count}H", pack, at + 8 * runs)
    at += 8 * runs + 2 * count
    tokens = {}
    for token_id, length in zip(ids, lengths, strict=True):
        tokens[pack[at : at + length]] = token_id
        at += length
    return tokens


def tiktoken_file(tokens):
    """The content of a `.tiktoken` file."""
    return b"".join(base64.b64encode(token) + b" %d\n" % rank for token, rank in tokens.items())


def parts(token, tokens):
    """The two tokens that become `token` when its bytes are merged, lowest rank first, with lower ranks only."""
    own = tokens[token]
    pieces = [token[i : i + 1] for i in range(len(token))]
    while len(pieces) > 2:
        joined = ((tokens.get(pieces[i] + pieces[i + 1], own), i) for i in range(len(pieces) - 1))
        rank, i = min(joined)
        if rank >= own:
            return None  # Merging never reaches it; a peer finds it only if it looks up whole pieces.
        pieces[i : i + 2] = [pieces[i] + pieces[i + 1]]
    return pieces if len(pieces) == 2 else None


@functools.cache
def byte_letters():
    """The letter that stands for each byte in a tokenizer.json: itself if it can be seen, else from U+0100 on."""
    seen = [*range(0x21, 0x7F), *range(0xA1, 0xAD), *range(0xAE, 0x100)]
    others = [byte for byte in range(256) if byte not in seen]
    letters = {byte: chr(byte) for byte in seen} | {byte: chr(0x100 + i) for i, byte in enumerate(others)}
    return [letters[byte] for byte in range(256)]


def tokenizer_json(pack_name):
    """The content of a tokenizer.json: pattern, bytes as letters, merges, no special tokens."""
    tokens, letters = ranks(pack_name), byte_letters()
    spelled = {token: "".join(letters[byte] for byte in token) for token in tokens}
    merges = (parts(token, tokens) for token in tokens if len(token) > 1)
    split = {"type": "Split", "pattern": {"Regex": PATTERNS[pack_name]}, "behavior": "Removed", "invert": True}
    level = {"type": "ByteLevel", "add_prefix_space": False, "trim_offsets": True, "use_regex": False}
    model = {
        "type": "BPE",
        "dropout": None,
        "unk_token": None,
        "continuing_subword_prefix": "",
        "end_of_word_suffix": "",
        "fuse_unk": False,
        "byte_fallback": False,
        "vocab": {spelled[token]: rank for token, rank in tokens.items()},
        "merges": [f"{spelled[pair[0]]} {spelled[pair[1]]}" for pair in merges if pair],
    }
    whole = {
        "version": "1.0",
        "truncation": None,
        "padding": None,
        "added_tokens": [],
        "normalizer": None,
        "pre_tokenizer": {"type": "Sequence", "pretokenizers": [split, level]},
        "post_processor": None,
        "decoder": {"type": "ByteLevel", "add_prefix_space": True, "trim_offsets": True, "use_regex": True},
        "model": model,
    }
    return json.dumps(whole, ensure_ascii=False).encode()


def write(encoding, folder):
    """Writes both forms of an encoding's vocabulary into a folder."""
    name = PACKS[encoding]
    pathlib.Path(folder, f"{name}.tiktoken").write_bytes(tiktoken_file(ranks(name)))
    pathlib.Path(folder, f"{name}.json").write_bytes(tokenizer_json(name))
