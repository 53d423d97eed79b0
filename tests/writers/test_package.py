"""A package written as a stream: every packer gives the same parts, and a failure ends it."""

from __future__ import annotations

import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import sheetformer as sf
from sheetformer.engines.reader import read_cells
from sheetformer.errors import FileError
from sheetformer.writers import package

isal_zlib = pytest.importorskip("isal.isal_zlib", reason="no wheel of isal for this machine")


@pytest.fixture(scope="module")
def book() -> sf.Book:
    """30,000 numbers, of all sizes."""
    rng = np.random.default_rng(0)
    x = rng.standard_normal((300, 100)) * 10.0 ** rng.integers(-290, 290, (300, 100))
    x[0, :4] = -0.0, 5e-324, 1.7976931348623157e308, 2.2250738585072014e-308
    return sf.trace(lambda x: x[0] * 0.5, x)


@pytest.mark.parametrize("rule", ["x * 0.5", "x[0] * 0.5"])
def test_each_packer_gives_the_same_parts(
    rule: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    x = np.random.default_rng(0).standard_normal((300, 100))
    book = sf.trace(lambda x: eval(rule, {"x": x}), x, formulas="cell")
    files = [book.save(tmp_path / "small.xlsx")]
    monkeypatch.setattr(package, "_LARGE", 1000)
    files.append(book.save(tmp_path / "quick.xlsx"))
    monkeypatch.setattr(package, "isal_zlib", None)
    monkeypatch.setattr(package, "zlib_ng", None)
    files.append(book.save(tmp_path / "plain.xlsx"))
    packages = [zipfile.ZipFile(file) for file in files]
    assert packages[0].testzip() is packages[1].testzip() is None
    parts = [{n: one.read(n) for n in one.namelist()} for one in packages]
    assert parts[0] == parts[1] == parts[2]
    # zipfile took each packer that was put in the place of its own.
    sizes = [file.stat().st_size for file in files]
    assert len(set(sizes)) == 3
    assert sizes[0] == min(sizes) or rule == "x * 0.5"


def test_numbers_of_a_large_sheet_come_back_bit_by_bit(book: sf.Book, tmp_path: Path) -> None:
    x = book["x"]
    cells = read_cells(book.save(tmp_path / "large.xlsx"))[x.block.sheet]
    found = np.array([float(cells[place]) for place in x.block.cells])
    np.testing.assert_array_equal(found.view(np.int64), np.ravel(x.value).view(np.int64))


def test_a_full_disk_is_one_sentence_and_leaves_no_file(
    book: sf.Book, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write = zipfile._ZipWriteFile.write  # pyright: ignore[reportAttributeAccessIssue]

    def full(entry: Any, data: bytes) -> int:
        if len(data) > package._PIECE // 2:  # pyright: ignore[reportPrivateUsage]
            raise OSError(28, "No space left on device")
        return write(entry, data)

    monkeypatch.setattr(zipfile._ZipWriteFile, "write", full)  # pyright: ignore[reportAttributeAccessIssue]
    with pytest.raises(FileError, match="No space left"):
        book.save(tmp_path / "full.xlsx")
    assert not list(tmp_path.iterdir())


def test_who_writes_never_waits_for_a_stream_that_broke() -> None:
    class Broken:
        def write(self, _: bytes) -> int:
            raise OSError(5, "broken")

    def write_all() -> None:
        with package._packing(Broken()) as stream:  # pyright: ignore
            for _ in range(50):
                stream.write("x" * package._PIECE)  # pyright: ignore[reportPrivateUsage]

    with pytest.raises(OSError, match="broken"):
        write_all()


def test_what_fails_at_the_very_end_is_raised_too(
    book: sf.Book, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The last bytes are packed after the last piece was taken: nobody waits for another."""

    def broken(_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(package, "_LARGE", 1000)
    monkeypatch.setattr(package._OneThread, "finish", broken)  # pyright: ignore[reportPrivateUsage]
    with pytest.raises(FileError, match="No space left"):
        book.save(tmp_path / "full.xlsx")
    assert not list(tmp_path.iterdir())
