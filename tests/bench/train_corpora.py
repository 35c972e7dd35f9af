#!/usr/bin/env python3
"""Makes the corpora that training is measured on, out of Debian packages.

    train_corpora.py OUT [NAME...]

Needs Debian with `apt-get download` (run `apt-get update` before), `dpkg-deb` and `xz`. Downloads some 500 MB of packages into
OUT/debs, and writes to OUT

    english.txt   100 MB of English: books, dictionaries, manuals (the mark-up taken off)
    scripts.txt   82 MB in 22 languages, 14 of them in a script of their own: translated manuals and messages
    code.txt      994 MB of the kernel's source (C, headers, assembly, device trees, scripts)
    english10.txt, code10.txt, code100.txt   the first 10 or 100 MB

or only those named (`english`, `scripts`, `code`). The result depends on nothing but the versions of the packages: files are
taken in an order of their own, and what is mixed is mixed by a hash of its content, so that a beginning of a file is like the
whole. Each is valid UTF-8 with line ends of `\\n`, is printed with its size and SHA-256, and is for measuring only: the
licences differ, and none of it goes into the project.
"""

import gzip
import hashlib
import html
import io
import os
import re
import struct
import subprocess
import sys
import tarfile
import zipfile

ENGLISH_BYTES, SCRIPTS_BYTES, CODE_BYTES = 100_000_000, 82_000_000, 994_000_000
# Packages of English, prose first; those after the one with which there is enough are not downloaded.
ENGLISH = (
    "anarchism dict-gcide dict-foldoc dict-jargon dict-devil dict-vera wordnet-base fortunes debian-handbook "
    "debian-reference-en developers-reference debian-policy gnome-user-docs gimp-help-en libreoffice-help-en-us manpages "
    "manpages-dev installation-guide-amd64 git-doc postgresql-doc-15 perl-doc sqlite3-doc apache2-doc octave-doc "
    "python3.11-doc linux-doc-6.1 sagemath-doc libboost1.81-doc qt5-doc-html openjdk-17-doc"
).split()
# The language in the names of folders -> in the names of packages, where that is another.
LANGUAGES = {
    "ar": "ar", "bn": "bn", "de": "de", "el": "el", "fa": "fa", "fr": "fr", "he": "he", "hi": "hi", "ja": "ja",
    "ka": "ka", "km": "km", "ko": "ko", "ml": "ml", "my": "my", "ru": "ru", "ta": "ta", "th": "th", "tr": "tr",
    "uk": "uk", "vi": "vi", "zh_CN": "zh-cn", "zh_TW": "zh-tw",
}  # fmt: skip
# Packages in many languages, and (with {}) in one: those that there are.
MANY = "gnome-user-docs installation-guide-amd64 krita-l10n iso-codes debian-handbook".split()
EACH = (
    "libreoffice-help-{} gimp-help-{} libreoffice-l10n-{} firefox-esr-l10n-{} thunderbird-l10n-{} manpages-{} debian-faq-{} "
    "maint-guide-{} debian-reference-{} aptitude-doc-{} kicad-doc-{}"
).split()
LATIN = {"de", "fr", "tr", "vi"}
CODE = (".c", ".h", ".S", ".dts", ".dtsi", ".sh", ".py", ".pl", ".rs", ".lds")


def package(folder, name):
    """The path of a package, downloaded if it is not there, or None if Debian has none of that name."""

    def found():
        return sorted(entry for entry in os.listdir(folder) if entry.startswith(name + "_"))

    if not found():
        if not subprocess.run(["apt-cache", "show", name], capture_output=True).stdout:
            return None
        subprocess.run(["apt-get", "download", "-qq", name], cwd=folder, check=False, stderr=subprocess.DEVNULL)
    return os.path.join(folder, found()[-1]) if found() else None


def files(path):
    """(name, content) of each file of a package in the order of the names; what is compressed is unpacked."""
    with subprocess.Popen(["dpkg-deb", "--fsys-tarfile", path], stdout=subprocess.PIPE) as process:
        held = []
        with tarfile.open(fileobj=process.stdout, mode="r|") as tar:
            for member in tar:
                if not member.isfile() or re.search(r"\.(pdf|png|jpg|svg|webm|xz|ttf|woff2)(\.gz)?$", member.name):
                    continue
                content = tar.extractfile(member).read()
                name = member.name
                if name.endswith((".gz", ".dz")):
                    name, content = name[:-3], gzip.decompress(content)
                if name.endswith((".xpi", ".jar")):
                    with zipfile.ZipFile(io.BytesIO(content)) as inner:
                        held += [(f"{name}/{one}", inner.read(one)) for one in inner.namelist()]
                else:
                    held.append((name, content))
    return sorted(held)


def without_tags(text):
    text = re.sub(r"(?is)<(script|style|head)\b.*?</\1\s*>", " ", text)
    return html.unescape(re.sub(r"(?s)<!--.*?-->|<[^>]*>", "", text))


def translations(content):
    """The translated messages of a .mo file of gettext."""
    magic = struct.unpack("<I", content[:4])[0]
    order = "<" if magic == 0x950412DE else ">"
    _, count, _, table = struct.unpack(order + "4I", content[4:20])
    for index in range(1, count):  # The first is the header.
        length, start = struct.unpack_from(order + "2I", content, table + 8 * index)
        yield content[start : start + length].decode("utf-8", "ignore").replace("\0", "\n")


def plain(name, content):
    """The text of a file, or None if it has none that is wanted."""
    if name.endswith(".mo"):
        return without_tags("\n".join(translations(content)))
    text = content.decode("utf-8", "ignore")
    if re.search(r"\.(x?html?|page|xml)(\.[a-zA-Z_-]+)?$", name):
        return without_tags(text)
    if re.search(r"/man/.*\.\d\w*$", name):
        text = "\n".join(line for line in text.split("\n") if not line.startswith((".\\\"", "'\\\"")))
        text = re.sub(r"(?m)^\.[A-Za-z]{1,2}\b ?", "", text)
        return re.sub(r"\\f[A-Z]|\\&", "", text).replace("\\-", "-").replace("\\(aq", "'")
    if name.endswith((".ftl", ".properties")):
        return "\n".join(line.split("=", 1)[-1].strip() for line in text.split("\n") if not line.startswith("#"))
    if name.endswith(".pod"):
        return text
    if re.search(r"/wordnet/data\.[a-z]+$", name):  # What words mean, without the numbers before it.
        return "\n".join(line.split("| ", 1)[1] for line in text.split("\n") if "| " in line)
    if re.search(r"\.(txt|rst)$|\.dict$|/games/fortunes/[a-z]+$", name):
        return text
    return None


def tidied(text, seen, wanted=lambda line: True):
    """Without lines met before (in `seen`), without runs of empty lines and spaces at the ends of lines."""
    out = []
    for line in text.replace("\r", "\n").replace("\0", "").split("\n"):
        line = line.rstrip()
        if not line:
            if out and out[-1]:
                out.append("")
        elif hash_of(line) not in seen and wanted(line):
            seen.add(hash_of(line))
            out.append(line)
    return "\n".join(out).strip("\n") + "\n" if any(out) else ""


def hash_of(text):
    return hashlib.blake2b(text.encode(), digest_size=8).digest()


def mixed(texts, size, block=65536):
    """The first `size` bytes of the texts, cut into blocks of whole lines in the order of their hashes."""
    whole = "".join(texts).encode()
    blocks, start = [], 0
    while start < min(size, len(whole)):
        end = whole.find(b"\n", min(start + block, len(whole))) + 1 or len(whole)
        blocks.append(whole[start:end])
        start = end
    blocks.sort(key=lambda one: hashlib.sha256(one).digest())
    return cut(b"".join(blocks), size)


def cut(content, size):
    """At most `size` bytes, not within a character."""
    return content if len(content) <= size else content[:size].decode("utf-8", "ignore").encode()


def write(out, name, content):
    with open(os.path.join(out, name), "wb") as file:
        file.write(content)
    print(f"{name}: {len(content):,} bytes, SHA-256 {hashlib.sha256(content).hexdigest()}", flush=True)


def english_file(name):
    """Whether a file of a package with many languages is the English one."""
    if "/apache2-doc/" in name:
        return not re.search(r"\.(?!en)[a-z]{2}(\.[a-z0-9-]+)?$", name)
    language = re.search(r"/(?:help|debian-handbook/html|installation-guide-\w+|man)/([^/]+)/", name)
    return not language or bool(re.fullmatch(r"C|en|en-US|man\d", language[1]))


def english(out, debs):
    texts, total, seen = [], 0, set()
    for name in ENGLISH:
        if total >= ENGLISH_BYTES:
            break
        before = total
        path = package(debs, name)
        for inner, content in files(path) if path else []:
            text = plain(inner, content) if english_file(inner) else None
            if text:
                texts.append(tidied(text, seen))
                total += len(texts[-1].encode())
        print(f"  {name}: {total - before:,} bytes", file=sys.stderr)
    content = mixed(texts, ENGLISH_BYTES)
    write(out, "english.txt", content)
    write(out, "english10.txt", cut(content, 10_000_000))


def in_language(language):
    """Whether a line is in the language: in its script at least a third of the letters, in Latin at least one letter."""
    if language in LATIN:
        return lambda line: not line.isascii()
    return lambda line: sum(char > "\u024f" for char in line) * 3 >= sum(char.isalpha() for char in line) > 0


def texts_of(language, name, debs, held):
    seen = set()
    pattern = re.compile(rf"/({language}|{name})(-[A-Z]+)?(\.UTF-8)?(/|\.)|l10n-{name}\b|-{name}/", re.IGNORECASE)
    for one in sorted(part.format(name) for part in EACH) + MANY:
        if one not in held:
            path = package(debs, one)
            content = files(path) if path else []
            if one not in MANY:
                yield from taken(content, seen, language, None)
                continue
            held[one] = content
        yield from taken(held[one], seen, language, pattern)


def taken(content, seen, language, pattern):
    for inner, data in content:
        if pattern is None or pattern.search(inner):
            text = plain(inner, data)
            if text:
                yield tidied(text, seen, in_language(language))


def scripts(out, debs):
    held, parts = {}, {}
    for language, name in LANGUAGES.items():
        parts[language] = "".join(texts_of(language, name, debs, held)).encode()
        print(f"  {language}: {len(parts[language]):,} bytes", file=sys.stderr)
    # What languages with little text leave over goes to those with more.
    left, rest, shares = SCRIPTS_BYTES, len(parts), {}
    for language in sorted(parts, key=lambda one: (len(parts[one]), one)):
        shares[language] = min(len(parts[language]), left // rest)
        left, rest = left - shares[language], rest - 1
    write(out, "scripts.txt", b"".join(cut(parts[one], shares[one]) for one in sorted(parts)))


def code(out, debs):
    path = package(debs, "linux-source-6.1")
    unpack = f"dpkg-deb --fsys-tarfile '{path}' | tar -xO ./usr/src/linux-source-6.1.tar.xz | xz -dc"
    held = []
    with subprocess.Popen(["bash", "-o", "pipefail", "-c", unpack], stdout=subprocess.PIPE) as process:
        with tarfile.open(fileobj=process.stdout, mode="r|") as tar:
            for member in tar:
                if member.isfile() and member.name.endswith(CODE):
                    content = tar.extractfile(member).read()
                    content = content.decode("utf-8", "replace").replace("\r\n", "\n").encode()
                    held.append((hashlib.sha256(member.name.encode()).digest(), content))
    held.sort()
    content = cut(b"".join(one for _, one in held), CODE_BYTES)
    write(out, "code.txt", content)
    write(out, "code100.txt", cut(content, 100_000_000))
    write(out, "code10.txt", cut(content, 10_000_000))


def main():
    arguments = sys.argv[1:]
    makers = {"code": code, "english": english, "scripts": scripts}
    if not arguments or arguments[0].startswith("-") or set(arguments[1:]) - set(makers):
        sys.exit(__doc__.strip())
    out = arguments[0]
    debs = os.path.join(out, "debs")
    os.makedirs(debs, exist_ok=True)
    for name in arguments[1:] or makers:
        makers[name](out, debs)


if __name__ == "__main__":
    main()
