"""Numbers that somebody dumped, by the names of blocks or modules."""

from __future__ import annotations

import lzma
import struct
import tokenize
import zipfile
import zlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from sheetformer.book.workbook import Block, Book
from sheetformer.errors import FileError, SheetformerError
from sheetformer.files import read_whole
from sheetformer.frontends.comparison.points import Floats, Operand, Point, Trace, type_of
from sheetformer.graph.storable import LARGEST
from sheetformer.suggest import suggestion

MOST = 1 << 32
"""Bytes of the largest dump that is read."""
_SAFE = {"F64": "<f8", "F32": "<f4", "F16": "<f2", "I64": "<i8", "I32": "<i4", "BOOL": "?"}


class Dump(dict[str, tuple[Floats, str]]):
    """For each name its numbers as float64, and their type.

    Attributes:
        title: where they come from.
    """

    title: str = "b"


def read_dump(given: Any) -> Dump:
    """Read an `.npz` or `.safetensors` file, a folder of `.npy` files, or a mapping of arrays.

    Raises:
        FileError: there is no such file, or it holds something else.
    """
    dump = Dump()
    if isinstance(given, Mapping):
        items: Mapping[str, Any] = given
    else:
        path = Path(given)
        items = _read(path)
        dump.title = path.name
    for name, value in items.items():
        dump[str(name)] = _numbers(value, str(name))
    if not dump:
        raise FileError(f"{dump.title} holds no arrays")
    return dump


def _read(path: Path) -> dict[str, Any]:
    if path.is_dir():
        return {file.stem: _array(file) for file in sorted(path.glob("*.npy"))}
    if not path.exists():
        raise FileError(f"{path}: there is no such file or folder")
    if path.suffix == ".npz":
        return _npz(path)
    if path.suffix == ".safetensors":
        return _safetensors(path)
    raise FileError(
        f"{path}: give an .npz or .safetensors file, or a folder of .npy files; pickled files "
        "(.pt, .bin) can run any code and are not read"
    )


_DAMAGE = (
    ValueError, OSError, EOFError, KeyError, RuntimeError, SyntaxError, OverflowError, struct.error,
    zipfile.BadZipFile, zlib.error, lzma.LZMAError, tokenize.TokenError,
)  # fmt: skip
"""What NumPy and its archives say of a file that is none; encryption is a RuntimeError."""


def _npz(path: Path) -> dict[str, Any]:
    try:
        with zipfile.ZipFile(path) as archive:
            # A few megabytes of an archive can hold terabytes of zeros.
            if sum(part.file_size for part in archive.infolist()) > MOST:
                raise FileError(f"{path} holds more than {MOST >> 30} GB; dump fewer arrays")
        with np.load(path, allow_pickle=False) as arrays:
            return {name: arrays[name] for name in arrays.files}
    except FileError:
        raise
    except MemoryError as error:
        raise _too_large(path) from error
    except _DAMAGE as error:
        raise FileError(f"{path} cannot be read as an .npz file: {error}") from error


def _array(path: Path) -> Any:
    try:
        if path.stat().st_size > MOST:
            raise FileError(f"{path} holds more than {MOST >> 30} GB; dump fewer arrays")
        return np.load(path, allow_pickle=False)
    except FileError:
        raise
    except MemoryError as error:
        raise _too_large(path) from error
    except _DAMAGE as error:
        raise FileError(f"{path} cannot be read as an .npy file: {error}") from error


def _too_large(path: Path) -> FileError:
    """An array that says that it is larger than all memory; most often it is damaged."""
    return FileError(f"{path} says that it holds more numbers than the memory can; dump it again")


def _safetensors(path: Path) -> dict[str, Any]:
    from safetensors import SafetensorError, deserialize

    try:
        found = deserialize(read_whole(path, MOST))
        return {name: _safe_array(entry) for name, entry in found}
    except (SafetensorError, ValueError, KeyError) as error:
        raise FileError(f"{path} cannot be read as a .safetensors file: {error}") from error


def _safe_array(entry: Mapping[str, Any]) -> Any:
    shape, data = entry["shape"], entry["data"]
    if entry["dtype"] == "BF16":
        wide = np.frombuffer(data, "<u2").astype(np.uint32) << 16
        return wide.view(np.float32).reshape(shape), "bfloat16"
    return np.frombuffer(data, _SAFE[entry["dtype"]]).reshape(shape)


def _numbers(value: Any, name: str) -> tuple[Floats, str]:
    value, kind = value if isinstance(value, tuple) else (value, "")
    if hasattr(value, "detach"):
        value = value.detach().cpu()
        kind = str(value.dtype).removeprefix("torch.")
        value = value.double().numpy()
    array = np.asarray(value)
    if array.dtype.kind not in "fiub":
        raise FileError(f"{name} holds {array.dtype}, not numbers")
    return np.clip(array.astype(np.float64), -LARGEST, LARGEST), kind or array.dtype.name


# A recorded book, and the dump as a run.


def book_trace(book: Book) -> Trace:
    """The blocks of a recorded book, in the order in which they are computed."""
    points: dict[int, Point] = {}
    for block in book.blocks.values():
        node = block.node
        if not _is_recorded(book, block) or node.is_constant:
            continue
        reads = {base for x in node.operands for base in _bases(book, x)}
        operands = [Operand(lambda: np.zeros(0), points[base]) for base in reads & points.keys()]
        # A step inside a formula has no block: what it reads is read here.
        points[node.base] = Point(
            "", block.name, node.op, "", 0, None, _reader(book, block.name), type_of("float64"),
            operands, name=block.name, source=_SOURCES.get(node.op, ""),
        )  # fmt: skip
    ordered = sorted(points.values(), key=lambda point: not point.source)
    return Trace(book.title, ordered, beside=set(map(_plain, book.blocks)))


_SOURCES = {"parameter": "weight", "input": "input"}


def _is_recorded(book: Book, block: Block) -> bool:
    value = book.graph.value(block.node.span)
    return value.dtype != object and not block.name.startswith(_CHECKS)


def _bases(book: Book, operand: Any) -> list[int]:
    return [book.graph.bases[place] for place in book.graph.owners(operand)]


def _reader(book: Book, name: str) -> Any:
    return lambda: book[name].value


def beside(run: Trace, dump: Dump) -> tuple[Trace, list[tuple[Point, Point]]]:
    """The dump as a second run, and its pairs: for each name the first result that has it.

    Raises:
        SheetformerError: no name is one of the run's.
    """
    known: dict[str, Point] = {}
    for point in run.points:
        for name in _names(point):
            known.setdefault(_plain(name), point)
    found: dict[int, Point] = {}
    others: list[Point] = []
    for name, (value, kind) in dump.items():
        mine = known.get(_plain(name))
        if mine is None and _is_beside(run, name):
            continue
        if mine is None or id(mine) in found:
            strange = Point("", name, "", "", 0, None, value.copy, type_of(kind), name=name)
            others.append(strange)
        else:
            found[id(mine)] = _dumped(mine, name, value, kind)
    if not found:
        first = next(iter(dump))
        hint = suggestion(first, [point.name for point in run.points])
        raise SheetformerError(
            f"{dump.title} has none of this run's names, such as {first!r}; {hint}"
        )
    pairs = [(x, found[id(x)]) for x in run.points if id(x) in found]
    return Trace(dump.title, [*(other for _, other in pairs), *others]), pairs


def _is_beside(run: Trace, name: str) -> bool:
    """Whether a name is that of a weight, an input, or of the sheets that check a book."""
    return _plain(name) in run.beside or name.startswith(_CHECKS)


_CHECKS = ("check_", "ref_")


def _names(point: Point) -> list[str]:
    whole = f"{point.path}.{point.short}".strip(".")
    return [*point.modules, point.name, whole]


def _plain(name: str) -> str:
    return name.replace(".", "_").replace("/", "_").rstrip("_")


def _dumped(point: Point, name: str, value: Floats, kind: str) -> Point:
    return Point(
        point.path, point.short, point.operation, point.kind, point.call, point.layer,
        value.copy, type_of(kind), name=name,
    )  # fmt: skip
