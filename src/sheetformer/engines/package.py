"""An .xlsx file as the zip archive it is: its parts, and what can be wrong with them."""

from __future__ import annotations

import lzma
import posixpath
import struct
import zipfile
import zlib
from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO
from xml.parsers import expat

from sheetformer.errors import FileError

LARGEST = 300_000_000
"""Bytes that all parts may have together once unpacked; a zip bomb has more."""
_TIGHTEST = 100
"""So many times smaller a part may be packed; parts of honest workbooks reach 13 or so."""
_SMALL = 100_000
"""Bytes of a part that may be packed as tightly as it can be."""
_MOST_PARTS = 10_000

_OLE = b"\xd0\xcf\x11\xe0"
_OFFICE_DOCUMENT = "/officeDocument"

Start = Callable[[str, dict[str, str]], None]
End = Callable[[str], None]
Characters = Callable[[str], None]


@dataclass(frozen=True)
class Archive:
    """An open file that is a zip archive of XML parts."""

    archive: zipfile.ZipFile


@dataclass(frozen=True)
class Package(Archive):
    """An open workbook: the archive, each sheet's part in the workbook's order, shared strings."""

    sheets: dict[str, str]
    strings: str | None
    workbook: str = ""
    styles: str | None = None


_DAMAGE = (
    zlib.error, lzma.LZMAError, EOFError, NotImplementedError, KeyError, expat.ExpatError,
    UnicodeError, struct.error, RecursionError,
)  # fmt: skip
"""What reading a damaged archive or part can raise."""


_ENCODINGS = {"UTF-8", "UTF-16", "US-ASCII", "ISO-8859-1"}
"""What the XML parser knows by itself."""


@contextmanager
def open_package(path: Path) -> Generator[Package]:
    """An .xlsx file, opened for reading; whatever is wrong with it is said in one sentence.

    Raises:
        FileError: The file is missing, a folder, no workbook, damaged, encrypted or far too large.
    """
    with open_archive(path) as opened:
        yield _package(opened)


@contextmanager
def open_archive(path: Path) -> Generator[Archive]:
    """A zip archive of XML parts, opened for reading, its sizes and names checked.

    Raises:
        FileError: as `open_package`; what its parts are is not looked at.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            _check_parts(archive.infolist())
            yield Archive(archive)
    except FileNotFoundError:
        raise FileError(f"there is no file '{path}'") from None
    except IsADirectoryError:
        raise FileError(f"'{path}' is a folder, not a workbook") from None
    except zipfile.BadZipFile:
        raise FileError(f"'{path}' {_no_archive(path)}") from None
    except _DAMAGE as error:
        raise FileError(f"'{path}' is damaged ({error}); save or download it again") from None
    except _PartError as error:
        raise FileError(f"'{path}' {error}") from None
    except FileError:
        raise
    except OSError as error:
        raise FileError(f"'{path}' cannot be read: {error.strerror or error}") from None


def check_workbook(path: Path) -> None:
    """Refuse a file that no engine should be given, reading each part once.

    Raises:
        FileError: As `open_package`; also a part whose checksum is wrong.
    """
    with open_package(path) as package:
        damaged = package.archive.testzip()
        if damaged:
            raise _PartError(f"is damaged (in {damaged}); save or download it again")


def nothing(_: str) -> None:
    """For events that do not matter."""


def parse(
    package: Archive,
    part: str,
    start: Start,
    end: End = nothing,
    characters: Characters = nothing,
) -> None:
    """Walk through the XML of a part; element and attribute names come without a namespace.

    Raises:
        FileError: As `open_package`, through it.
    """
    with package.archive.open(part) as stream:
        parse_stream(stream, start, end, characters)


def parse_stream(
    stream: IO[bytes], start: Start, end: End = nothing, characters: Characters = nothing
) -> None:
    """Walk through XML, as `parse` does."""
    parser = expat.ParserCreate()
    parser.buffer_text = True
    # Without a DOCTYPE there are no entities, and so none that grow without end.
    parser.StartDoctypeDeclHandler = _refuse_doctype
    parser.XmlDeclHandler = _refuse_encoding
    parser.CharacterDataHandler = characters

    def root(tag: str, attributes: dict[str, str]) -> None:
        # Most files give the main namespace no prefix: then there is nothing to take off.
        plain = ":" not in tag
        parser.StartElementHandler = start if plain else lambda t, a: start(local(t), a)
        parser.EndElementHandler = end if plain else lambda t: end(local(t))
        start(local(tag), attributes)

    parser.StartElementHandler = root
    parser.ParseFile(stream)


def local(tag: str) -> str:
    """A tag or attribute name without its namespace prefix.

    >>> local("x:c"), local("c")
    ('c', 'c')
    """
    return tag.rpartition(":")[2] if ":" in tag else tag


class _PartError(Exception):
    """What is wrong inside; `open_package` puts the file's name before it."""


def _refuse_encoding(_version: str, encoding: str | None, _standalone: int) -> None:
    """A workbook is UTF-8 or UTF-16; for other names the parser would ask Python's codecs."""
    if encoding is not None and encoding.upper() not in _ENCODINGS:
        raise _PartError(
            f"says that it is written in {encoding!a}, where UTF-8 belongs; save it again"
        )


def _refuse_doctype(*_: object) -> None:
    raise _PartError("has a DOCTYPE, which no workbook needs; it is not opened")


def _no_archive(path: Path) -> str:
    with path.open("rb") as stream:
        head = stream.read(4)
    if head == _OLE:
        return "is encrypted or an old .xls; save it as .xlsx without a password"
    if head == b"PK\x03\x04":
        return "is damaged or cut short; save or download it again"
    return "is no .xlsx workbook"


def _package(opened: Archive) -> Package:
    archive = opened.archive
    names = set(archive.namelist())
    package = Package(archive, {}, None)
    workbook = next(
        (target for kind, target in _relations(package, "").values() if kind == _OFFICE_DOCUMENT),
        None,
    )
    if workbook not in names:
        raise _PartError("is no .xlsx workbook")
    relations = _relations(package, workbook)
    strings, styles = (
        next((part for kind, part in relations.values() if kind == wanted), None)
        for wanted in ("/sharedStrings", "/styles")
    )
    sheets = {
        name: relations[key][1]
        for name, key in _sheets(package, workbook)
        if key in relations and relations[key][0] == "/worksheet"
    }
    missing = [part for part in (*sheets.values(), strings, styles) if part and part not in names]
    if missing:
        raise _PartError(f"is damaged: its part {missing[0]} is missing")
    return Package(archive, sheets, strings, workbook, styles)


def _check_parts(parts: Sequence[zipfile.ZipInfo]) -> None:
    """Refuse what is encrypted, what would fill the memory, and what programs read differently."""
    _check_sizes(parts)
    if any(part.flag_bits & 1 for part in parts):
        raise _PartError("is encrypted; save it without a password")
    if len({part.filename.casefold() for part in parts}) < len(parts):
        # Of two parts with one name one program reads the first and another the last.
        raise _PartError("holds two parts of one name; it is not opened")


def _check_sizes(parts: Sequence[zipfile.ZipInfo]) -> None:
    """Refuse what would fill the memory, before anything is unpacked."""
    if len(parts) > _MOST_PARTS or sum(part.file_size for part in parts) > LARGEST:
        raise _PartError(f"unpacks to more than {LARGEST / 1e6:.0f} MB; it is not opened")
    for part in parts:
        if part.file_size > max(_SMALL, _TIGHTEST * part.compress_size):
            raise _PartError(
                f"is packed more than {_TIGHTEST} times smaller (in {part.filename[:80]}), as no "
                "workbook is; it is not opened"
            )


def _relations(package: Package, part: str) -> dict[str, tuple[str, str]]:
    """Relation id → (last word of its type, target part)."""
    folder, file = posixpath.split(part)
    path = posixpath.join(folder, "_rels", f"{file}.rels")
    found: dict[str, tuple[str, str]] = {}
    if path not in package.archive.namelist():
        return found

    def start(tag: str, attributes: dict[str, str]) -> None:
        if tag == "Relationship" and attributes.get("TargetMode") != "External":
            target = posixpath.normpath(posixpath.join("/", folder, attributes["Target"]))
            kind = "/" + attributes["Type"].rpartition("/")[2]
            found[attributes["Id"]] = (kind, target.lstrip("/"))

    parse(package, path, start)
    return found


def _sheets(package: Package, workbook: str) -> list[tuple[str, str]]:
    """(sheet name, relation id) in the workbook's order."""
    found: list[tuple[str, str]] = []

    def start(tag: str, attributes: dict[str, str]) -> None:
        if tag == "sheet":
            key = next((value for name, value in attributes.items() if local(name) == "id"), "")
            found.append((attributes["name"], key))

    parse(package, workbook, start)
    return found
