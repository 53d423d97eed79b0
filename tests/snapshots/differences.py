"""What differs between two files of the same name, told in a few lines."""

from __future__ import annotations

import difflib
import hashlib
import json
import re
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from sheetformer.writers.page import unpack

LINES = 12
"""How many lines of a difference are shown of one file."""
WIDTH = 200
"""How many characters are shown around the first difference of a part."""

_PAYLOAD = re.compile(r'(<script type="application/json" id="sheetformer-book">)(.*?)(</script>)')
_BUNDLE = (
    re.compile(r"(<style>)(.*?)(</style>)", re.DOTALL),
    re.compile(r'(<script type="text/plain" id="sheetformer-program">)(.*?)(</script>)'),
    re.compile(r'(<script type="text/plain" id="sheetformer-style">)(.*?)(</script>)'),
    re.compile(r"(<script>)(.*?)(</script>)", re.DOTALL),
)


def fingerprint(path: Path) -> str:
    """The SHA-256 of a file; of a page, without the program and style that every page carries.

    The page's bundle is built from `web/` and changes on its own. What is hashed of a page is its
    markup and the unpacked data of its book, so that a new bundle does not hide whether these
    changed; the hashes of scripts and style in its content security policy go with the bundle.
    """
    data = bare_page(path).encode() if path.suffix == ".html" else path.read_bytes()
    return hashlib.sha256(data).hexdigest()


def bare_page(path: Path) -> str:
    """A page without program and style, its book unpacked."""
    text = path.read_text(encoding="utf-8")
    text = _PAYLOAD.sub(lambda found: found[1] + unpack(found[2]) + found[3], text, count=1)
    head, book, rest = _split(text)
    for pattern in _BUNDLE:
        head, rest = (pattern.sub(r"\1\3", part) for part in (head, rest))
    return re.sub(r"'sha256-[^']*'", "'sha256-'", head) + book + rest


def _split(text: str) -> tuple[str, str, str]:
    """What stands before the book's data, the data, and what stands after it."""
    found = _PAYLOAD.search(text)
    if found is None:
        return text, "", ""
    return text[: found.start(2)], found[2], text[found.end(2) :]


def differences(one: Path, other: Path) -> Iterator[str]:
    """Lines that say where two files differ."""
    if one.suffix == ".xlsx":
        lines = _workbooks(one, other)
    elif one.suffix == ".html":
        lines = _pages(one, other)
    else:
        lines = _texts(one.read_text(encoding="utf-8"), other.read_text(encoding="utf-8"))
    return iter(list(lines))


def _texts(one: str, other: str) -> Iterator[str]:
    changed = difflib.unified_diff(one.splitlines(), other.splitlines(), lineterm="", n=0)
    lines = [line[:WIDTH] for line in list(changed)[2:]]
    yield from lines[:LINES]
    if len(lines) > LINES:
        yield f"… and {len(lines) - LINES} lines more"


def _workbooks(one: Path, other: Path) -> Iterator[str]:
    with zipfile.ZipFile(one) as left, zipfile.ZipFile(other) as right:
        names = sorted({*left.namelist(), *right.namelist()})
        told = False
        for name in names:
            sides = [z.read(name).decode() if name in z.namelist() else None for z in (left, right)]
            if sides[0] != sides[1]:
                told = True
                yield from _parts(name, *sides)
        if not told:
            yield "every part is the same; their order or packing differs"


def _parts(name: str, one: str | None, other: str | None) -> Iterator[str]:
    if one is None or other is None:
        yield f"{name}: only in the {'second' if one is None else 'first'}"
        return
    yield f"{name}:"
    yield from _first(one, other)


def _first(one: str, other: str) -> Iterator[str]:
    """The surroundings of the first difference of two texts."""
    pairs = enumerate(zip(one, other, strict=False))
    place = next((i for i, (a, b) in pairs if a != b), min(len(one), len(other)))
    start = max(0, place - WIDTH // 4)
    yield f"  - {one[start : start + WIDTH]}"
    yield f"  + {other[start : start + WIDTH]}"


def _pages(one: Path, other: Path) -> Iterator[str]:
    left, right = (_split(bare_page(path)) for path in (one, other))
    for i, name in ((0, "markup before the book"), (2, "markup after the book")):
        if left[i] != right[i]:
            yield f"{name}:"
            yield from _first(left[i], right[i])
    if left[1] != right[1]:
        found = list(_payloads(json.loads(left[1]), json.loads(right[1]), "book"))
        yield from found[:LINES] or ["the book's data: the order of keys, or how a number is spelt"]
        if len(found) > LINES:
            yield f"… and {len(found) - LINES} places more"


def _payloads(one: Any, other: Any, path: str) -> Iterator[str]:
    """The paths at which two JSON documents differ, with what stands there."""
    if isinstance(one, dict) and isinstance(other, dict):
        for key in sorted({*one, *other}):
            if key not in one or key not in other:
                yield f"{path}.{key}: only in the {'second' if key in other else 'first'}"
            else:
                yield from _payloads(one[key], other[key], f"{path}.{key}")
    elif isinstance(one, list) and isinstance(other, list) and len(one) == len(other):
        for i, (a, b) in enumerate(zip(one, other, strict=True)):
            yield from _payloads(a, b, f"{path}[{i}]")
    elif one != other or type(one) is not type(other):
        told = [json.dumps(side, ensure_ascii=False)[: WIDTH // 2] for side in (one, other)]
        yield f"{path}: {told[0]} → {told[1]}"
