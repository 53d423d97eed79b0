"""The parts of a workbook packed into one file, its large sheets in a stream.

XlsxWriter would write each sheet to a file of its own before it packs it: several gigabytes for a
model of 124 million weights. Here a sheet goes from its rows into the package, a piece at a time,
while another thread packs the piece before it.
"""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from queue import Queue
from threading import Thread
from typing import IO, Any, Protocol

from sheetformer.book.outputs import Progress

try:
    from isal import isal_zlib
    from zlib_ng import zlib_ng
except ImportError:  # there is no wheel for every machine; zlib is everywhere
    isal_zlib = zlib_ng = None

_MADE = (1980, 1, 1, 0, 0, 0)
"""A fixed date: the same book gives the same bytes."""
_PIECE = 1 << 20
"""Characters that are packed at once."""
_AHEAD = 4
"""Pieces that may wait: so much memory a stream takes, whatever the size of its sheet."""
_LARGE = 700_000
"""Cells from which on a book is packed for speed alone: 0.1 s a million, where zlib takes 1 s."""
_ZIP64 = 10_000_000
"""Cells that may need more than the 2 GB of a plain entry."""
_OFTEN = 50_000
"""Cells after which somebody is told how far a file is."""
_BODY = "<sheetData>"


class Streamed(Protocol):
    """A sheet whose rows are written when it is packed."""

    @property
    def cells(self) -> int:
        """How many cells they have."""
        ...

    @property
    def formula_cells(self) -> int:
        """How many of them hold formulas."""
        ...

    def write_rows_to(self, handle: Any, tell: Callable[[int], object]) -> None:
        """Write the XML of all rows to something with `write`; tell the cells of each."""


def pack(
    parts: Mapping[str, str],
    streamed: Mapping[str, Streamed],
    path: Path,
    progress: Progress | None = None,
) -> None:
    """Write the parts of a workbook to `path`, with the rows of the sheets that they lack.

    Args:
        parts: by name; the sheets `streamed` have no rows yet.
        streamed: sheets by the names of their parts.
        path: the file to write.
        progress: told now and then how far it is.
    """
    meter = _Meter(path, progress)
    fast = sum(sheet.cells for sheet in streamed.values()) > _LARGE
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as package:
        for name, text in parts.items():
            sheet = streamed.get(name)
            if sheet is None or _BODY not in text:
                _write_whole(package, name, text, fast=fast)
                continue
            packer = _fastest() if fast else _smallest(sheet)
            with _entry(package, name, sheet.cells, packer) as entry:
                head, _, tail = text.partition(_BODY)
                with _packing(entry) as stream:
                    stream.write(head + _BODY)
                    sheet.write_rows_to(stream, lambda cells: meter.count(stream.row(cells)))
                    stream.write(tail)


def _write_whole(package: zipfile.ZipFile, name: str, text: str, *, fast: bool) -> None:
    """Write a part that is known as a whole; a long one, such as all texts, in another thread."""
    if len(text) < _PIECE:
        with _entry(package, name) as entry:
            entry.write(text.encode())
        return
    packer = _fastest() if fast else _usual()
    with _entry(package, name, packer=packer) as entry, _packing(entry) as stream:
        stream.write(text)


@dataclass
class _Meter:
    """How many cells stand in a file, and when somebody was told last."""

    path: Path
    progress: Progress | None
    cells: int = 0
    told: int = 0

    def count(self, cells: int) -> None:
        self.cells += cells
        if self.progress is not None and self.cells - self.told >= _OFTEN:
            self.told = self.cells
            self.progress(self.cells, self.path.stat().st_size)


@contextmanager
def _entry(
    package: zipfile.ZipFile, name: str, cells: int = 0, packer: Any = None
) -> Generator[IO[bytes]]:
    info = zipfile.ZipInfo(name, _MADE)
    info.compress_type = zipfile.ZIP_DEFLATED
    with package.open(info, "w", force_zip64=cells > _ZIP64) as entry:
        if packer is not None:
            # zipfile asks for no other packer; a test sees to it that it takes this one.
            entry._compressor = _OneThread(packer)  # pyright: ignore[reportAttributeAccessIssue]
        yield entry


def _fastest() -> Any:
    """ISA-L's deflate; None where only zlib is."""
    if isal_zlib is None:
        return None
    return isal_zlib.compressobj(isal_zlib.ISAL_DEFAULT_COMPRESSION, zlib.DEFLATED, -15)


def _usual() -> Any:
    """A deflate that packs as much as zlib does in half its time."""
    return zlib_ng and zlib_ng.compressobj(5, zlib.DEFLATED, -15)


def _smallest(sheet: Streamed) -> Any:
    """A deflate that packs more than zlib does in the same time, where there is more to be found.

    Digits have few long matches, and the short ones cost more than they save: a filter that leaves
    them out makes sheets of numbers 6 % smaller.
    """
    if 2 * sheet.formula_cells > sheet.cells:
        return _usual()
    make, level = (zlib_ng.compressobj, 7) if zlib_ng else (zlib.compressobj, 6)
    return make(level, zlib.DEFLATED, -15, zlib.DEF_MEM_LEVEL, zlib.Z_FILTERED)


class _OneThread:
    """A deflate for the packing thread alone.

    ISA-L's instructions leave a thread's registers so that others, such as orjson's, take several
    times as long there (an AVX-SSE transition). So it is finished in that thread, too, and not
    where the entry is closed.
    """

    def __init__(self, packer: Any) -> None:
        self.compress = packer.compress
        self._packer = packer
        self._rest = b""

    def finish(self) -> None:
        """Pack what is left, in the thread that packed the rest."""
        self._rest = self._packer.flush()

    def flush(self) -> bytes:
        """The last bytes, as zipfile asks for them when an entry is closed."""
        return self._rest


class _Stream:
    """Text on its way into the package, gathered into pieces."""

    def __init__(self, pieces: Queue[str | None]) -> None:
        self._pieces = pieces
        self._begin()

    def _begin(self) -> None:
        # One that was emptied would keep four bytes a character and take longer.
        self._gathered = io.StringIO()
        self.write = self._gathered.write

    def row(self, cells: int) -> int:
        """After each row: a piece that is full goes on its way. Gives back the row's cells."""
        if self._gathered.tell() >= _PIECE:
            self.flush()
        return cells

    def flush(self) -> None:
        self._pieces.put(self._gathered.getvalue())
        self._begin()


@contextmanager
def _packing(entry: IO[bytes]) -> Generator[_Stream]:
    """A stream whose pieces another thread packs; what it could not write is raised here.

    Raises:
        OSError: the disk is full, for example.
    """
    pieces: Queue[str | None] = Queue(_AHEAD)
    failed: list[BaseException] = []

    def pack_pieces() -> None:
        piece: str | None = ""
        try:
            while (piece := pieces.get()) is not None:
                entry.write(piece.encode())
            if isinstance(packer := getattr(entry, "_compressor", None), _OneThread):
                packer.finish()
        except BaseException as error:  # noqa: BLE001 (raised where it can be caught)
            failed.append(error)
            # The rest is only taken, so that who writes never waits for ever.
            while piece is not None:
                piece = pieces.get()

    thread = Thread(target=pack_pieces, name="packing", daemon=True)
    thread.start()
    stream = _Stream(pieces)
    try:
        yield stream
        stream.flush()
    finally:
        pieces.put(None)
        thread.join()
    if failed:
        raise failed[0]
