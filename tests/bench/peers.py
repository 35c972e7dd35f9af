"""The libraries that the command is compared with, one class each, and how one of them is timed.

    peers.py NAME ENCODING FOLDER FILE PASSES      prints: number of tokens, hash of the ids, seconds of each pass

is run in a process of its own, so that the first pass is the first thing that the library encodes. A pass is one
call for the whole text, which lies in memory; vocabulary and text are read before. The seconds are processor time of
all threads. The hash is the SHA-256 of the ids as little-endian u32.
"""

import array
import gc
import hashlib
import os
import pathlib
import sys
import time

import vocabulary


class Peer:
    """A library from PyPI. FOLDER holds the vocabulary as NAME.tiktoken and as NAME.json (a tokenizer.json)."""

    package = ""
    one_core = True

    def __init__(self, encoding, folder):
        """Loads the vocabulary."""

    def text(self, raw):
        """The form of text that the library takes."""
        return raw.decode()

    def encode(self, text):
        """What is timed."""

    def ids(self, answer):
        """The ids as little-endian u32."""
        return array.array("I", answer).tobytes()


class Tiktoken(Peer):
    package = "tiktoken"

    def __init__(self, encoding, folder):
        import tiktoken
        import tiktoken_ext.openai_public as public

        # In place of a download: the same tokens and ranks.
        tokens = vocabulary.ranks(vocabulary.PACKS[encoding])
        public.load_tiktoken_bpe = public.data_gym_to_mergeable_bpe_ranks = lambda *_, **__: tokens
        self.tokenizer = tiktoken.Encoding(**public.ENCODING_CONSTRUCTORS[encoding]())

    def encode(self, text):
        return self.tokenizer.encode_ordinary(text)


class Gigatoken(Peer):
    package = "gigatoken"

    def __init__(self, encoding, folder):
        import gigatoken

        name = vocabulary.PACKS[encoding]
        scheme = {"o200k_base": "o200k", "cl100k_base": "gpt4"}.get(name, "gpt2")
        path = pathlib.Path(folder, f"{name}.tiktoken")
        self.tokenizer = gigatoken.Tokenizer.from_tiktoken(path, pretokenizer=scheme, special_tokens={})

    def text(self, raw):
        return raw

    def encode(self, text):
        return self.tokenizer.encode(text)

    def ids(self, answer):
        return answer.astype("<u4").tobytes()


class Fastokens(Peer):
    """As it comes. How many cores there are changes how much it prepares in the first pass."""

    package = "fastokens"
    one_core = False

    def __init__(self, encoding, folder):
        import fastokens

        name = vocabulary.PACKS[encoding]
        self.tokenizer = fastokens.Tokenizer.from_file(str(pathlib.Path(folder, f"{name}.json")))

    def encode(self, text):
        return self.tokenizer.encode(text)

    def ids(self, answer):
        return super().ids(answer.ids)


class FastokensOneCore(Fastokens):
    one_core = True


class Tokenizers(Peer):
    """Hugging Face's."""

    package = "tokenizers"

    def __init__(self, encoding, folder):
        import tokenizers

        name = vocabulary.PACKS[encoding]
        self.tokenizer = tokenizers.Tokenizer.from_file(str(pathlib.Path(folder, f"{name}.json")))

    def encode(self, text):
        return self.tokenizer.encode(text, add_special_tokens=False)

    def ids(self, answer):
        return super().ids(answer.ids)


PEERS = {
    "gigatoken": Gigatoken,
    "fastokens": Fastokens,
    "fastokens, one core": FastokensOneCore,
    "tokenizers": Tokenizers,
    "tiktoken": Tiktoken,
}


def main(name, encoding, folder, path, passes):
    kind = PEERS[name]
    if kind.one_core and hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
    peer = kind(encoding, folder)
    text = peer.text(pathlib.Path(path).read_bytes())
    gc.disable()
    seconds = []
    for _ in range(int(passes)):
        start = time.process_time()
        answer = peer.encode(text)
        seconds.append(time.process_time() - start)
        ids = peer.ids(answer)
        del answer
    print(len(ids) // 4, hashlib.sha256(ids).hexdigest(), *seconds)


if __name__ == "__main__":
    main(*sys.argv[1:])
