"""Golden vectors: the numbers of every block in a file, for who compares on another side."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from sheetformer.errors import FileError, SheetformerError
from sheetformer.files import check_target, replacing

if TYPE_CHECKING:
    from sheetformer.book.workbook import Book

TYPES = ("float64", "float32", "float16", "bfloat16")


def write_values(book: Book, path: Path, dtype: str) -> Path:
    """Write the numbers of every block, under the names of the book; gives the path.

    Raises:
        SheetformerError: the type is not known, or NumPy has none like it for an .npz file.
        FileError: the suffix is another one, or the file cannot be written.
    """
    check_target(path)
    if dtype not in TYPES:
        raise SheetformerError(f"dtype {dtype!r} is not known; there are {', '.join(TYPES)}")
    if path.suffix == ".npz":
        if dtype == "bfloat16":
            raise SheetformerError("NumPy has no bfloat16 for an .npz file; write a .csv file")
        content = _npz(book, dtype)
    elif path.suffix == ".csv":
        content = _csv(book, dtype)
    else:
        raise FileError(f"{path.name}: golden vectors are written as .npz or .csv")
    with replacing(path) as temporary:
        temporary.write_bytes(content)
    return path


def _numbers(book: Book) -> Iterator[tuple[str, NDArray[Any]]]:
    """Every block of numbers, by its name; words are none."""
    for name in book:
        value = book[name].value
        if value.dtype != object:
            yield name, value


def _npz(book: Book, dtype: str) -> bytes:
    packed = io.BytesIO()
    with np.errstate(over="ignore"):
        arrays: dict[str, Any] = {name: value.astype(dtype) for name, value in _numbers(book)}
    np.savez_compressed(packed, **arrays)
    return packed.getvalue()


def _csv(book: Book, dtype: str) -> bytes:
    lines = io.StringIO(newline="")
    table = csv.writer(lines, lineterminator="\n")
    table.writerow(["block", "index", "value", f"{dtype} hex"])
    for name, value in _numbers(book):
        rounded, bits = bits_of(value, dtype)
        for place in np.ndindex(value.shape):
            index = " ".join(map(str, place))
            table.writerow([name, index, repr(float(rounded[place])), bits[place]])
    return lines.getvalue().encode()


def bits_of(value: NDArray[Any], dtype: str) -> tuple[NDArray[Any], NDArray[Any]]:
    """Numbers (…) as a type rounds them, and their bits in hex digits (…).

    >>> bits_of(np.array([1.0, -2.0, 1 / 3]), "bfloat16")[1].tolist()
    ['3f80', 'c000', '3eab']
    """
    if dtype == "bfloat16":
        rounded, bits = _bfloat16(value)
        digits = 4
    else:
        with np.errstate(over="ignore"):
            rounded = value.astype(dtype)
        digits = 2 * rounded.itemsize
        bits = rounded.view(f"u{rounded.itemsize}")
    words = [f"{int(x):0{digits}x}" for x in bits.ravel()]
    return rounded, np.array(words, dtype=object).reshape(value.shape)


def _bfloat16(value: NDArray[Any]) -> tuple[NDArray[Any], NDArray[Any]]:
    """Rounded as PyTorch does it from float32: to the nearest, ties to even."""
    with np.errstate(over="ignore"):
        wide = np.atleast_1d(value.astype(np.float32)).view(np.uint32)
    kept = (wide + 0x7FFF + ((wide >> 16) & 1)) >> 16
    back = (kept << 16).astype(np.uint32).view(np.float32)
    return back.reshape(value.shape), kept.reshape(value.shape)
