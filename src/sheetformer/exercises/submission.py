"""A student's file tried: what its formulas give as they stand, and after its inputs changed.

`answer` works in a child with limits, since the file may do anything; it loads no NumPy unless
blocks were moved. It knows no right number: whoever asks holds the values against the key.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from sheetformer.book.names import KEY_SHEET
from sheetformer.engines import get_engine
from sheetformer.engines.base import Cells, Position, place
from sheetformer.engines.opendocument import as_workbook
from sheetformer.engines.reader import Area, Contents, read_contents
from sheetformer.errors import FileError
from sheetformer.exercises.trials import plain_value

_CODE = re.compile(r"[0-9A-F]{8}")
_MOST_CODES = 10

Cell = tuple[str, int, int]
"""Sheet, row, column, counted from 0."""


def answer(
    path: str,
    engine: str,
    regions: Sequence[Sequence[Any]],
    reads: Sequence[Sequence[Any]],
    sources: Sequence[Sequence[Any]],
    trials: Sequence[Sequence[Any]],
    instead: Sequence[float],
) -> dict[str, Any]:
    """What the child of `grade` answers.

    Args:
        path: the file.
        engine: what works out its formulas.
        regions: name, sheet, row, column, rows, columns and whether formulas stand there, of each
            block that was handed out.
        reads: the cells to read: sheet, row, column.
        sources: the cells whose numbers are changed.
        trials: for each trial the numbers of all sources.
        instead: a number for each cell of `reads`. Where a student typed numbers, or nothing,
            these are put there in one more trial: what follows must follow.

    Raises:
        FileError: the file cannot be read, or is not this exercise.
        EngineError: the engine failed.
    """
    with as_workbook(Path(path)) as file:
        return _answer(file, engine, regions, reads, sources, trials, instead)


def _answer(
    file: Path,
    engine: str,
    regions: Sequence[Sequence[Any]],
    reads: Sequence[Sequence[Any]],
    sources: Sequence[Sequence[Any]],
    trials: Sequence[Sequence[Any]],
    instead: Sequence[float],
) -> dict[str, Any]:
    contents = read_contents(file)
    if KEY_SHEET in contents.cells:
        raise FileError("it is the key of an exercise, not a submission; it is not graded")
    moved, notes = moved_from(regions, contents, file.name)
    wanted = [moved(_cell(cell)) for cell in reads]
    inputs = [moved(_cell(cell)) for cell in sources]
    formulas = contents.formulas
    typed_over = [cell for cell in inputs if cell[1:] in formulas.get(cell[0], ())]
    if typed_over:
        sheet, row, column = typed_over[0]
        raise FileError(f"a formula stands in an input ({place(sheet, (row, column))})")
    with get_engine(engine).open(file) as live:
        first = live.cells()
        runs = [_read(first, wanted)]
        standing = _read(first, inputs)
        for numbers in trials:
            edits = dict(zip(inputs, numbers, strict=True))
            runs.append(_read(live.edit(edits), wanted))
        typed = {
            cell: number
            for cell, value, number in zip(wanted, runs[0], instead, strict=True)
            if _is_typed(value) and cell[1:] not in formulas.get(cell[0], ())
        }
        if typed and trials:
            edits = dict(zip(inputs, trials[0], strict=True))
            runs.append(_read(live.edit(edits | typed), wanted))
    return {
        "codes": _codes(contents),
        "notes": notes,
        "sources": standing,
        "formulas": [cell[1:] in formulas.get(cell[0], ()) for cell in wanted],
        "runs": runs,
    }


def _is_typed(value: Any) -> bool:
    """Whether a cell without a formula is one that nothing moves: a number, or still empty."""
    return value is None or isinstance(value, float)


def _cell(plain: Sequence[Any]) -> Cell:
    sheet, row, column = plain
    return sheet, row, column


def _read(cells: Cells, wanted: Sequence[Cell]) -> list[Any]:
    none: Mapping[Position, Any] = {}
    return [plain_value(cells.get(sheet, none).get((r, c))) for sheet, r, c in wanted]


def _codes(contents: Contents) -> list[str]:
    """What may say whose file it is, on any sheet."""
    found = (
        value
        for here in contents.cells.values()
        for value in here.values()
        if isinstance(value, str) and _CODE.fullmatch(value)
    )
    return list(dict.fromkeys(found))[:_MOST_CODES]


def moved_from(
    regions: Sequence[Sequence[Any]], contents: Contents, file: str
) -> tuple[Callable[[Cell], Cell], list[str]]:
    """Where a cell of the exercise stands now, and what is to be said of it.

    Raises:
        FileError: a sheet is gone, or a row was put into a block.
    """
    if _as_handed_out(regions, contents):
        return (lambda cell: cell), []
    # Rare, and it takes NumPy.
    from sheetformer.exercises.moved import moved

    return moved(regions, contents, file)


def _as_handed_out(regions: Sequence[Sequence[Any]], contents: Contents) -> bool:
    """Whether every sheet is there and no name says that its block stands elsewhere."""
    sheets = {sheet for _, sheet, *_ in regions}
    if not sheets <= contents.cells.keys():
        return False
    names = [name for name, *_ in regions]
    for name, sheet, row, column, rows, columns, _ in regions:
        where = contents.names.get(name)
        if where and names.count(name) == 1 and where != (sheet, _area(row, column, rows, columns)):
            return False
    return True


def _area(row: int, column: int, rows: int, columns: int) -> Area:
    return (row, column), (row + rows - 1, column + columns - 1)
