"""Cells of a saved workbook changed from Python: other inputs, and everything that follows.

The file is a stranger's, so it is read and worked out in a child with limits. Only inputs change:
formulas stay as they are, with the values that NumPy, or a spreadsheet engine, finds for them.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from sheetformer.confined import Confined
from sheetformer.edits import saved_file
from sheetformer.edits.saved_file import NUMPY
from sheetformer.engines import get_engine
from sheetformer.engines.limits import explained, limits_for
from sheetformer.errors import EditError, SheetformerError
from sheetformer.files import replacing
from sheetformer.graph.ops import Value
from sheetformer.suggest import suggestion


@dataclass(frozen=True)
class Edited:
    """A workbook with other inputs.

    Attributes:
        path: the file that was written; None if nothing was to be written.
        cells: how many cells have another value now.
        notes: what the book itself says against it, such as that the model would go another way.
        values: name of a block → its numbers or words.
    """

    path: Path | None
    cells: int
    notes: tuple[str, ...]
    values: Mapping[str, Value]

    def __getitem__(self, name: str) -> Value:
        name = name if name in self.values else f"{name}_"  # as w, which is no name in Excel
        if name not in self.values:
            known = suggestion(name, self.values, "see .values")
            raise SheetformerError(f"this book has no block {name[:-1]!r}; {known}")
        return self.values[name]


def edit(
    file: str | Path,
    changes: Mapping[str, Any],
    output: str | Path | None = None,
    *,
    engine: str = NUMPY,
    limit: float = 1.0,
) -> Edited:
    """Change inputs of a saved workbook and work everything out again.

    Args:
        file: an .xlsx file that Sheetformer wrote.
        changes: for the name of an input or of a weight all of its numbers or words (in its
            shape), or for a cell, such as "Sheet!B4", one.
        output: the file to write, whole or not at all; it may be the same one. None writes none.
        engine: "numpy" follows the file's own program; "ironcalc" or "libreoffice" works the
            formulas out, those of your own included.
        limit: how many times the usual time and memory it may take.

    Returns:
        Its `["name"]` is what a block is now, `.path` the file, `.notes` what the book says.

    Raises:
        EditError: there is no such block or cell, or it cannot hold this.
        FileError: the file cannot be read or written, or holds no such book.
        SheetformerError: a number that follows is beyond what a cell can hold.
        EngineError: it takes more time or memory than it may, or the engine failed.

    >>> import sheetformer as sf
    >>> from sheetformer.scratch import Scratch
    >>> with Scratch() as scratch:
    ...     file = sf.trace(lambda x: x * 2, np.ones((1, 2))).save(scratch.path / "twice.xlsx")
    ...     edit(file, {"x": [[5, 1]]})["output"]
    array([[10.,  2.]])
    """
    source = Path(file)
    wanted = {_key(name): _plain(value, str(name)) for name, value in _items(changes)}
    if engine != NUMPY:
        engine = get_engine(engine).name
    limits = limits_for(source, "" if engine == NUMPY else engine, limit)
    child = Confined(f"{saved_file.__name__}:answer", f"editing '{source}'", limits)
    with explained(source), child:
        asked = {"source": str(source), "changes": wanted, "engine": engine}
        if output is None:
            said = child.call(**asked, target="")
        else:
            with replacing(Path(output)) as temporary:
                said = child.call(**asked, target=str(temporary))
    values = {name: np.array(flat, dtype=object if text else np.float64).reshape(shape)
              for name, (flat, shape, text) in said["values"].items()}  # fmt: skip
    path = None if output is None else Path(output)
    return Edited(path, said["cells"], tuple(said["notes"]), values)


def _items(changes: Any) -> list[tuple[Any, Any]]:
    if not isinstance(changes, Mapping) or not changes:
        raise EditError('say what changes as {"name": numbers} or {"Sheet!B4": 0.5}')
    return list(changes.items())


def _key(name: Any) -> str:
    if not isinstance(name, str) or not name.strip():
        raise EditError(f"{str(name)[:40]!r} names no block and no cell; give a text")
    return name


def _plain(value: Any, name: str) -> Any:
    """A number or a word, or nested lists of them, as JSON carries it."""
    if hasattr(value, "detach"):
        value = value.detach().cpu().double().numpy()
    if isinstance(value, str):
        return value
    try:
        array = np.asarray(value)
    except ValueError:
        raise EditError(f"what you give for {name} has rows of different lengths") from None
    if array.dtype.kind not in "fiuUO" or not all(map(_is_plain, array.ravel().tolist())):
        raise EditError(
            f"what you give for {name} holds something else than numbers, which are finite, or "
            "words"
        )
    return array.tolist()


def _is_plain(item: Any) -> bool:
    if isinstance(item, bool) or not isinstance(item, int | float | str):
        return False
    return isinstance(item, str | int) or math.isfinite(item)
