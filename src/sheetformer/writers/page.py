"""A book as one web page that needs nothing else: no server, no network, no program installed.

The page holds the book as data, a program that works its formulas out, and a style sheet. Its
content security policy lets only these run (by their hashes) and forbids every request. Program,
style and book are packed (deflate, 13 bits in two characters) to keep the file small;
`bundle/boot.js` unpacks them.
"""

from __future__ import annotations

import base64
import hashlib
import json
import zlib
from collections.abc import Mapping
from functools import cache
from html import escape
from importlib import resources
from pathlib import Path
from typing import Any

from sheetformer.book.workbook import Book
from sheetformer.files import replacing
from sheetformer.formula.functions import FUNCTIONS
from sheetformer.language import Language
from sheetformer.scratch import Scratch
from sheetformer.writers.formats.xlsx import write
from sheetformer.writers.page_payload import page_payload


def write_page(book: Book, path: Path) -> None:
    """Write a book as one .html file.

    Raises:
        FileError: the file cannot be written; nothing half-written is left.
    """
    with replacing(path) as temporary:
        temporary.write_bytes(page_html(book).encode())


def page_html(book: Book, host: Mapping[str, Any] | None = None) -> str:
    """The whole page of a book.

    Args:
        book: what the page shows.
        host: what the server of the page writes into it, as plain data; then the page may send
            that server requests.
    """
    no_script = escape(Language(book.language).message("file.no_script"))
    workbook = _workbook(book)
    policy = content_policy(host is not None, bool(workbook))
    parts = [
        "<!doctype html>",
        f'<html lang="{escape(book.language)}" class="sheetformer-file"><head>',
        '<meta charset="utf-8">',
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">',
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        '<meta name="generator" content="Sheetformer">',
        f"<title>{escape(book.title)}</title>",
        f"<style>{bundled('first.css')}</style></head><body>",
        # The title is there at once; the program replaces it with the page.
        f'<div id="sheetformer" class="sheetformer" data-old="{no_script}"><header class="head">'
        f"<h1>{escape(book.title)}</h1></header><noscript>{no_script}</noscript></div>",
        _data("book", pack(_json(page_payload(book)))),
        _data("host", _json(host)) if host is not None else "",
        workbook,
        f'<script type="text/plain" id="sheetformer-style">{_packed("page.css")}</script>',
        f'<script type="text/plain" id="sheetformer-program">{_packed("page.js")}</script>',
        f"<script>{bundled('boot.js')}</script></body></html>",
    ]
    return "\n".join(part for part in parts if part) + "\n"


@cache
def content_policy(host: bool = False, workbook: bool = False) -> str:
    """The content security policy of a page: its own script and style, nothing from elsewhere.

    Args:
        host: the page may also send requests to the server that it came from.
        workbook: it carries a workbook, and what fills it in.
    """
    names = ("boot.js", "page.js", *(["workbook.js"] if workbook else []))
    scripts = " ".join(_hash(bundled(name)) for name in names)
    styles = " ".join(_hash(bundled(name)) for name in ("first.css", "page.css"))
    rules = [
        "default-src 'none'",
        f"script-src {scripts}",
        f"style-src {styles}",
        *(["connect-src 'self'"] if host else []),
        "base-uri 'none'",
        "form-action 'none'",
    ]
    return "; ".join(rules)


@cache
def bundled(name: str) -> str:
    """A file of the page's program: page.js, page.css, boot.js, first.css or workbook.js."""
    folder = resources.files("sheetformer.writers") / "bundle"
    return (folder / name).read_text(encoding="utf-8")


_DIGITS = "".join(chr(code) for code in range(35, 127) if chr(code) not in "<\\") + "!"
"""91 characters that mean nothing to HTML within a script: two of them hold 13 bits."""
_PAIRS = [a + b for b in _DIGITS for a in _DIGITS][: 1 << 13]
_WORTH = {pair: number for number, pair in enumerate(_PAIRS)}


def pack(text: str) -> str:
    """Text in few characters that mean nothing to HTML: deflated, 13 bits in two of them."""
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    packed = packer.compress(text.encode()) + packer.flush()
    pairs, held, bits = [], 0, 0
    for byte in packed:
        held |= byte << bits
        bits += 8
        if bits >= 13:
            pairs.append(_PAIRS[held & 8191])
            held >>= 13
            bits -= 13
    # At the end one character where that is enough: nothing may follow what deflate wrote.
    return "".join(pairs) + (_PAIRS[held][: 2 if bits > 5 else 1] if bits else "")


def unpack(packed: str) -> str:
    """The text that was packed."""
    found, held, bits = bytearray(), 0, 0
    for at in range(0, len(packed), 2):
        held |= _WORTH[packed[at : at + 2].ljust(2, _DIGITS[0])] << bits
        bits += 13
        while bits >= 8:
            found.append(held & 255)
            held >>= 8
            bits -= 8
    return zlib.decompressobj(-15).decompress(bytes(found)).decode()


@cache
def _packed(name: str) -> str:
    return pack(bundled(name))


def _hash(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


def _json(data: Any) -> str:
    """JSON in which nothing can end a script element."""
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    return text.replace("<", "\\u003c")


def _workbook(book: Book) -> str:
    """The workbook of an exercise, for whoever fills it in on the page; nothing of another book."""
    if not any(block.mark for block in book.blocks.values()):
        return ""
    with Scratch() as scratch:
        file = scratch.path / "book.xlsx"
        write(book, file)
        text = base64.b64encode(file.read_bytes()).decode()
    prefixes = {name: function.prefix for name, function in FUNCTIONS.items() if function.prefix}
    place = f'id="sheetformer-workbook" data-prefixes="{escape(_json(prefixes))}"'
    program = f'id="sheetformer-workbook-program">{_packed("workbook.js")}'
    return (
        f'<script type="text/plain" {place}>{text}</script>\n'
        f'<script type="text/plain" {program}</script>'
    )


def _data(name: str, text: str) -> str:
    return f'<script type="application/json" id="sheetformer-{name}">{text}</script>'
