"""A picture of a book's attention: one map, or a grid of heads with a row a layer.

Where everything lies is worked out once, in points; `.svg` and `.png` only draw it.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from sheetformer.book.workbook import HUGE, Block, Book
from sheetformer.errors import SheetformerError
from sheetformer.writers.styles import INK, MIDDLE, QUIET, SHARE

Floats = NDArray[np.float64]
Colours = NDArray[np.uint8]
"""Red, green and blue of each cell (n, m, 3)."""

MOST_CELLS = 400_000
"""Cells that a picture shows; more nobody could tell apart."""
MASKED = "#E5E7EB"
BELOW = "#3B82C4"
"""Far below 0; in a sheet it would hide the number."""
FONT = 10.0
LARGE, SMALL = 26.0, 3.0
"""How wide a cell is where there are few, and at least."""
GRID = 130.0
"""How wide a map in a grid is, about."""
GAP = 8.0
READABLE = 9.0
"""Cells of this width have their word beside them."""


@dataclass(frozen=True)
class Text:
    """One line: where it begins, ends or has its middle, turned by an angle against the clock."""

    x: float
    y: float
    content: str
    anchor: str = "start"
    size: float = FONT
    colour: str = INK
    angle: float = 0.0


@dataclass(frozen=True)
class Tiles:
    """A rectangle of coloured cells."""

    x: float
    y: float
    width: float
    height: float
    colours: Colours


@dataclass
class Picture:
    """Everything that is drawn, and how large it is, in points."""

    title: str
    width: float = 0.0
    height: float = 0.0
    tiles: list[Tiles] = field(default_factory=list[Tiles])
    texts: list[Text] = field(default_factory=list[Text])


@dataclass(frozen=True)
class _Map:
    """One map with what it is called and the words at its rows and columns."""

    name: str
    values: Floats
    down: Sequence[str]
    across: Sequence[str]
    signed: bool


def picture_of(book: Book) -> Picture:
    """The attention of a book as a picture.

    Raises:
        SheetformerError: it holds no attention map, or more than a picture can show.
    """
    rows = [[*_maps(book, block)] for block in _blocks(book)]
    if not rows:
        raise SheetformerError(
            "a picture shows attention weights, and this book holds none; save it as .xlsx or .html"
        )
    cells = sum(each.values.size for row in rows for each in row)
    if cells > MOST_CELLS:
        raise SheetformerError(
            f"a picture of {cells:,} cells shows nothing; choose some layers and heads, such as "
            "sf.attention(weights, layers=5, heads=3)"
        )
    return _Drawing(book.title, rows).draw()


def _blocks(book: Book) -> list[Block]:
    """The maps that were given, else the attention weights, else whatever is shown as shares."""
    wide = [block for block in book.blocks.values() if block.columns > 1 < block.rows]
    roles = ("attention weights", "scores")
    given = [b for b in wide if b.node.op == "constant" and b.role in roles]
    shares = [b for b in wide if _is_share(b) and b.node.op != "constant"]
    return given or [b for b in shares if b.role.endswith("attention weights")] or shares


def _is_share(block: Block) -> bool:
    return block.caption.shows_shares


def _maps(book: Book, block: Block) -> Iterator[_Map]:
    view = book[block.name]
    value = np.asarray(view.value, dtype=np.float64)
    maps = value.reshape(-1, *value.shape[-2:])
    labels = (None,) * (3 - len(view.labels)) + view.labels
    names, down, across = (axis or [] for axis in labels[-3:])
    for i, values in enumerate(maps):
        head = names[i] if len(names) == len(maps) else str(i) if len(maps) > 1 else ""
        name = f"{block.sheet}, {head}" if head else block.heading
        yield _Map(name, values, down, across, not _is_share(block))


@dataclass
class _Drawing:
    """Lays the maps out, row by row."""

    title: str
    rows: list[list[_Map]]

    @property
    def _single(self) -> bool:
        return len(self.rows) == len(self.rows[0]) == 1

    @property
    def _limit(self) -> float:
        """The number with the darkest colour, in all maps the same."""
        seen = [np.abs(x.values[np.abs(x.values) < HUGE]) for row in self.rows for x in row]
        return float(max((part.max() for part in seen if part.size), default=0.0)) or 1.0

    def _cell(self, shown: _Map) -> float:
        """How wide the cells of a map are."""
        most = max(shown.values.shape)
        return max(SMALL, min(LARGE, (3 * GRID if self._single else GRID) / most))

    def draw(self) -> Picture:
        """The whole picture."""
        picture, top = Picture(self.title), GAP
        picture.texts.append(Text(GAP, top + 12, self.title, size=12))
        top += 12 + GAP
        for row in self.rows:
            top = self._row(picture, row, top)
        self._legend(picture, top)
        return picture

    def _row(self, picture: Picture, row: list[_Map], top: float) -> float:
        """One row of maps below each other's names; gives where the next row begins."""
        above = max(_width(word) for each in row for word in self._shown(each, 1))
        start = top + above + 2 + (0 if self._single else FONT + 4)
        left, bottom = GAP, start
        for i, each in enumerate(row):
            cell = self._cell(each)
            height, width = (cell * n for n in each.values.shape)
            words = self._shown(each, 0) if not i or each.down != row[i - 1].down else [""]
            left += max(map(_width, words)) + 4
            self._words(picture, each, words, left, start)
            colours = _colours(each.values, self._limit, each.signed)
            picture.tiles.append(Tiles(left, start, width, height, colours))
            if self._single:
                self._numbers(picture, each, left, start)
            else:
                picture.texts.append(Text(left, top + FONT, each.name, colour=QUIET))
                width = max(width, _width(each.name))
            left += width + GAP
            bottom = max(bottom, start + height)
        picture.width = max(picture.width, left)
        return bottom + GAP

    def _shown(self, each: _Map, axis: int) -> Sequence[str]:
        """The words at an axis, where its cells are large enough for them."""
        words = each.across if axis else each.down
        return words if words and self._cell(each) >= READABLE else [""]

    def _words(
        self, picture: Picture, each: _Map, words: Sequence[str], left: float, top: float
    ) -> None:
        cell, size = self._cell(each), min(FONT, self._cell(each))
        for i, word in enumerate(words if any(words) else ()):
            y = top + (i + 0.5) * cell + size * 0.35
            picture.texts.append(Text(left - 3, y, word, "end", size))
        across = self._shown(each, 1)
        for i, word in enumerate(across if any(across) else ()):
            x = left + (i + 0.5) * cell + size * 0.35
            picture.texts.append(Text(x, top - 3, word, "start", size, angle=90))

    def _numbers(self, picture: Picture, each: _Map, left: float, top: float) -> None:
        """The numbers of a single map, where there is room."""
        cell = self._cell(each)
        if cell < LARGE * 0.9:
            return
        for (i, j), value in np.ndenumerate(each.values):
            if abs(value) < HUGE:
                shown = f"{value:.1f}" if each.signed else f"{100 * value:.0f}"
                x, y = left + (j + 0.5) * cell, top + (i + 0.5) * cell + 3
                picture.texts.append(Text(x, y, shown, "middle", 8))

    def _legend(self, picture: Picture, top: float) -> None:
        """What the colours mean, below all maps."""
        limit, signed = self._limit, self.rows[0][0].signed
        steps = np.linspace(-limit if signed else 0.0, limit, 64)[None]
        ends = (f"−{limit:.3g}", f"{limit:.3g}") if signed else ("0 %", f"{100 * limit:.3g} %")
        left = GAP + _width(ends[0]) + 4
        picture.texts.append(Text(GAP, top + 8, ends[0], colour=QUIET))
        picture.tiles.append(Tiles(left, top, 80, 9, _colours(steps, limit, signed)))
        picture.texts.append(Text(left + 84, top + 8, ends[1], colour=QUIET))
        picture.width = max(picture.width, left + 84 + _width(ends[1]) + GAP)
        picture.width = max(picture.width, _width(self.title) * 1.2 + 2 * GAP)
        picture.height = top + 9 + GAP


def _width(text: str) -> float:
    """How wide a text is, about: signs of East Asia and pictures are twice as wide."""
    wide = sum(unicodedata.east_asian_width(sign) in "WF" for sign in text)
    return FONT * (0.56 * (len(text) - wide) + 1.05 * wide)


def _colours(values: Floats, limit: float, signed: bool) -> Colours:
    """From white to dark with the size of the numbers, on either side of 0: (n, m) → (n, m, 3)."""
    share = np.clip(np.abs(values) / limit, 0.0, 1.0)[..., None]
    end = np.where(values[..., None] < 0, _rgb(BELOW), _rgb(SHARE)) if signed else _rgb(SHARE)
    mixed = _rgb(MIDDLE) * (1 - share) + end * share
    hidden = np.abs(values)[..., None] >= HUGE
    return np.where(hidden, _rgb(MASKED), mixed).round().astype(np.uint8)


def _rgb(colour: str) -> Floats:
    return np.array([int(colour[i : i + 2], 16) for i in (1, 3, 5)], dtype=np.float64)
