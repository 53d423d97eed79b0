"""Damaged texts, formulas, dumped numbers and .ods files; the same again from the same numbers."""

# ruff: noqa: E501 (what is hostile is long)

from __future__ import annotations

import io
import zipfile
from functools import cache
from random import Random
from xml.sax.saxutils import escape

import numpy as np

from .workbooks import FORMULAS

LETTERS = [
    *"ab Ω\t\n\r\0\x1b\u202e\ufeff\"'`=+-@*/^&<>()[]{},;:|%$#!?\\.~_0179", "\ud800", "é", "A1",
    "SUM(", "IF(", "x[0]", "]]>", "<script>", "1E+999", "LET(", "R1C1", "'a'!B2", "|||", "-1", "€",
]  # fmt: skip
"""Of which texts are made: signs of terminals, of markup, of formulas, halves of letters."""
QUOTED = {'"': "&quot;"}


def text(rng: Random, most: int = 12) -> str:
    """Any text at all."""
    size = rng.choice((0, 1, 3, most, most))
    return "".join(rng.choices(LETTERS, k=size)) * rng.choice((1, 1, 1, 1, 3000))


def formula(rng: Random) -> str:
    """A formula, with parts of it lost, doubled or exchanged."""
    good = rng.choice((*FORMULAS, "IF(x<>0,EXP(x)/SUM(EXP(A1:B2)),0)", "MMULT(A1:B2,TRANSPOSE(x))"))
    at, end = sorted(rng.choices(range(len(good) + 1), k=2))
    return rng.choice((good, good[:at] + text(rng, 3) + good[end:], good[at:end] * 2, text(rng)))


def dump(suffix: str, rng: Random) -> bytes:
    """The bytes of dumped numbers, damaged, or a bomb."""
    stream = io.BytesIO()
    if suffix == ".npz":
        np.savez_compressed(stream, a=np.ones((2, 3)), b=np.array([1, 2]))
    elif suffix == ".npy":
        np.save(stream, np.ones((2, 3)))
    else:
        from safetensors.numpy import save

        stream.write(save({"a": np.ones((2, 3)), "b": np.arange(3)}))
    content = bytearray(stream.getvalue())
    what = rng.randrange(4)
    if what == 0:
        return bytes(content[: rng.randrange(len(content))])
    if what == 1 and suffix == ".npz":
        return _bomb(rng)
    if what == 2:
        huge = str(rng.choice((10**9, 10**18, -1))).encode()
        return (
            bytes(content).replace(b"(2, 3)", b"(2, %s)" % huge).replace(b"[2,3]", b"[%s]" % huge)
        )
    for _ in range(rng.choice((1, 3, 30))):
        content[rng.randrange(len(content))] = rng.randrange(256)
    return bytes(content)


@cache
def zeros() -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive, archive.open("a.npy", "w", force_zip64=True) as part:  # fmt: skip
        header = b"{'descr': '<f8', 'fortran_order': False, 'shape': (625000000,), }"
        header = header.ljust(117) + b"\n"
        part.write(b"\x93NUMPY\x01\x00" + len(header).to_bytes(2, "little") + header)
        for _ in range(500):
            part.write(bytes(10_000_000))
    return stream.getvalue()


def _bomb(rng: Random) -> bytes:
    """Five megabytes of an archive that hold five gigabytes of zeros; or an odd archive."""
    if rng.random() < 0.1:
        return zeros()
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", rng.choice((zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA, 0))) as archive:  # fmt: skip
        archive.writestr(rng.choice(("a.npy", "../a.npy", "a")), rng.randbytes(50))
    return stream.getvalue()


def open_document(rng: Random) -> bytes:
    """A small spreadsheet of LibreOffice's format, its content damaged."""
    cell = ('<table:table-cell office:value-type="float" office:value="1" '
            'table:formula="of:=[.A1]+1"><text:p>2</text:p></table:table-cell>')  # fmt: skip
    content = (
        '<?xml version="1.0"?><office:document-content '
        + " ".join(f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
                   for name in ("office", "table", "text"))
        + '><office:body><office:spreadsheet><table:table table:name="a"><table:table-row>'
        + cell * 3 + "</table:table-row></table:table></office:spreadsheet></office:body>"
        "</office:document-content>"
    )  # fmt: skip
    for _ in range(rng.choice((0, 1, 2, 4))):
        at, end = sorted(rng.choices(range(len(content)), k=2))
        content = rng.choice((
            content[:at] + content[end:],
            content.replace('="float"', f'="{rng.choice(("string", "date", "error", "boolean", ""))}"'),
            content.replace('office:value="1"', f'office:value="{rng.choice(("nan", "1e999", "", "x", "1" * 9999))}"', 1),
            content.replace("<table:table-cell", f'<table:table-cell table:number-columns-repeated="{rng.choice(("1000000000", "-1", "x", "16384", "0"))}"', 1),
            content.replace("<table:table-row>", f'<table:table-row table:number-rows-repeated="{rng.choice(("1048576", "99999999999", "-1", ""))}">', 1),
            content.replace("of:=[.A1]+1", f"of:={escape(formula(rng), QUOTED)}", 1),
            content.replace("<office:body>", "<!DOCTYPE a [<!ENTITY b 'bb'>]><office:body>&b;"),
            content.replace("<table:table-row>", "<table:table-row>" * 3000, 1),
            content.replace("<text:p>2</text:p>", f"<text:p>{'y' * 50_000}</text:p>" * 20, 1),
        ))  # fmt: skip
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        kind = "application/vnd.oasis.opendocument.spreadsheet"
        archive.writestr(zipfile.ZipInfo("mimetype"), kind)
        archive.writestr("content.xml", content.encode("utf-8", "surrogatepass"))
        if rng.random() < 0.1:
            archive.writestr("bomb.xml", bytes(10**8))
    return stream.getvalue()
