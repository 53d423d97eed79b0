"""Where the blocks of a program stand now: people rename sheets, insert rows and move blocks.

A spreadsheet program takes the defined names along, so a block with a name is found by it; what has
none stands as far from its old place as the nearest block that has one. A sheet that was renamed is
the one where its names stand, or else the one whose formulas fit.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sheetformer.book.manifest import Region, places
from sheetformer.engines.base import Cells
from sheetformer.engines.reader import Area, Contents
from sheetformer.errors import FileError
from sheetformer.formula.address import area

_FEW = 3
"""So many moved blocks are named in a sentence."""


@dataclass(frozen=True)
class Located:
    """Where each region of a program stands now, None where its sheet is gone, and what to say."""

    regions: Sequence[Region]
    places: Sequence[Region | None]
    notes: tuple[str, ...] = ()

    @property
    def moved(self) -> bool:
        """Whether anything stands elsewhere than it was written."""
        return any(a is not b for a, b in zip(self.regions, self.places, strict=True))

    @property
    def gone(self) -> set[str]:
        """The sheets that are missing."""
        pairs = zip(self.regions, self.places, strict=True)
        return {region.sheet for region, now in pairs if now is None}

    def as_written(self, cells: Cells) -> Cells:
        """The cells with those of moved regions at their old places, for reading the program."""
        known = {region.sheet for region in self.regions}
        old: Cells = {name: {} if name in known else dict(here) for name, here in cells.items()}
        for region, now in zip(self.regions, self.places, strict=True):
            if now is None:
                continue
            here, there = cells.get(now.sheet, {}), old.setdefault(region.sheet, {})
            for before, after in zip(places(region), places(now), strict=True):
                if after in here:
                    there[before] = here[after]
        return old


def locate(regions: Sequence[Region], contents: Contents, file: str) -> Located:
    """Find the regions of a program in a file.

    Raises:
        FileError: a row or column was inserted in or taken out of a block.
    """
    sheets, notes = _sheets(regions, contents)
    now: list[Region | None] = [_on(region, sheets[region.sheet]) for region in regions]
    for sheet in {region.sheet for region in now if region}:
        numbers = [i for i, region in enumerate(now) if region and region.sheet == sheet]
        here = [region for i in numbers if (region := now[i])]
        moved = _followed(here, contents, file)
        for i, region in zip(numbers, moved, strict=True):
            now[i] = region
        notes += _said_moves(here, moved)
    return Located(regions, now, tuple(notes))


# -- sheets ----------------------------------------------------------------------------------------


def _sheets(
    regions: Sequence[Region], contents: Contents
) -> tuple[dict[str, str | None], list[str]]:
    """Each sheet of the program → its name now, None where it is gone; and what to say."""
    written = list(dict.fromkeys(region.sheet for region in regions))
    free = [name for name in contents.cells if name not in written]
    found: dict[str, str | None] = {}
    notes: list[str] = []
    for sheet in written:
        found[sheet] = sheet
        if sheet not in contents.cells:
            here = [region for region in regions if region.sheet == sheet]
            found[sheet] = renamed = _renamed(here, free, contents)
            if renamed is None:
                cells = sum(region.elements.size for region in here if region.formula)
                notes.append(f"the sheet '{sheet}' is gone, and with it {cells} formula cells")
            else:
                free.remove(renamed)
                notes.append(f"the sheet '{sheet}' is called '{renamed}' now")
    return found, notes


def _renamed(here: Sequence[Region], free: Sequence[str], contents: Contents) -> str | None:
    """Which of the sheets that are free the regions of a missing sheet stand on."""
    where = (contents.names[region.name][0] for region in here if region.name in contents.names)
    votes = Counter(sheet for sheet in where if sheet in free)
    if votes:
        return votes.most_common(1)[0][0]
    formulas = [region for region in here if region.formula]
    fits = (name for name in free if all(_lives(_on(r, name), contents) for r in formulas))
    return next(fits, None) if formulas else None


def _on(region: Region, sheet: str | None) -> Region | None:
    if sheet is None:
        return None
    return region if sheet == region.sheet else _at(region, sheet, region.row, region.column)


def _at(region: Region, sheet: str, row: int, column: int) -> Region:
    return Region(region.name, sheet, row, column, region.elements, region.formula)


# -- rows and columns ------------------------------------------------------------------------------


def _lives(region: Region | None, contents: Contents) -> bool:
    """Whether a formula stands in each cell of a region."""
    if region is None:
        return False
    formulas = contents.formulas.get(region.sheet, {})
    return all(place in formulas for place in places(region))


def _followed(here: Sequence[Region], contents: Contents, file: str) -> list[Region]:
    """The regions of one sheet where they stand now; as they are where nothing says they moved."""
    # A name that several matrices carry is nobody's defined name.
    carried = Counter(region.name for region in here)
    named = {
        i: contents.names[region.name]
        for i, region in enumerate(here)
        if region.name in contents.names and carried[region.name] == 1
    }
    shifts = {i: _shift(here[i], *where) for i, where in named.items()}
    cut = [i for i, where in named.items() if _size(where[1]) != here[i].elements.shape]
    moved = {i for i, shift in shifts.items() if shift != (here[i].sheet, 0, 0)}
    # A name that was given to other cells is no block that moved: its old cells are as they were.
    if not (moved or cut) or all(_stands(region, contents) for region in here):
        return list(here)
    for i in cut:
        _refuse_cut(here[i], named[i][1], file)
    known = [(here[i], shift) for i, shift in shifts.items() if shift[0] == here[i].sheet]
    return [
        _at(region, shifts[i][0], region.row + shifts[i][1], region.column + shifts[i][2])
        if i in moved
        else region
        if i in shifts
        else _beside(region, known, contents)
        for i, region in enumerate(here)
    ]


def _shift(region: Region, sheet: str, where: Area) -> tuple[str, int, int]:
    (row, column), _ = where
    return sheet, row - region.row, column - region.column


def _stands(region: Region, contents: Contents) -> bool:
    """Whether what was written still stands in the cells of a region, so far as one can see."""
    if region.formula:
        return _lives(region, contents)
    cells = contents.cells.get(region.sheet, {})
    return all(place in cells for place in places(region))


def _size(where: Area) -> tuple[int, int]:
    (top, left), (bottom, right) = where
    return bottom - top + 1, right - left + 1


def _refuse_cut(region: Region, where: Area, file: str) -> None:
    rows, columns = region.elements.shape
    now = _size(where)
    raise FileError(
        f"{file}: the block '{region.name}' on sheet '{region.sheet}' was written with {rows} × "
        f"{columns} cells and has {now[0]} × {now[1]} now; undo the row or column that was "
        "inserted or deleted in it"
    )


def _beside(
    region: Region, known: Sequence[tuple[Region, tuple[str, int, int]]], contents: Contents
) -> Region:
    """A region without a name, moved as the nearest one with a name was whose move fits."""
    ordered = sorted(known, key=lambda pair: _distance(pair[0], region))
    tried = dict.fromkeys((rows, columns) for _, (_, rows, columns) in ordered)
    options = [
        _at(region, region.sheet, region.row + rows, region.column + columns)
        for rows, columns in (*tried, (0, 0))
    ]
    if not region.formula:
        return options[0]
    return next((option for option in options if _lives(option, contents)), region)


def _distance(one: Region, other: Region) -> int:
    # Rows first: what stands beside each other moves together.
    return 100 * abs(one.row - other.row) + abs(one.column - other.column)


def _said_moves(before: Sequence[Region], after: Sequence[Region]) -> list[str]:
    """One sentence on the blocks of a sheet that stand elsewhere."""
    pairs = [(a, b) for a, b in zip(before, after, strict=True) if a is not b]
    if not pairs:
        return []
    where: Mapping[str, str] = {
        b.name: f"'{b.name}' at {b.sheet}!{area(b.row, b.column, *b.elements.shape)}"
        for _, b in pairs
        if b.name
    }
    shown = ", ".join(list(where.values())[:_FEW]) + (", …" if len(where) > _FEW else "")
    sheet = pairs[0][0].sheet
    return [
        f"blocks of the sheet '{sheet}' were moved and are checked where they stand now: {shown}"
    ]
