"""Is a workbook right? A child with limits finds out, so that no file can harm who asks."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from sheetformer.confined import Confined
from sheetformer.engines import get_engine
from sheetformer.engines.limits import explained, limits_for

if TYPE_CHECKING:
    from sheetformer.engines.base import Engine
    from sheetformer.engines.report import Report

_ANSWER = "sheetformer.engines.examine:answer"


def verify(
    path: str | Path,
    engine: str | Engine = "ironcalc",
    *,
    limit: float = 1.0,
    meanwhile: Callable[[], object] | None = None,
) -> Report:
    """Recalculate a Sheetformer workbook and hold every formula cell against NumPy.

    What the file says its cells are worth counts for nothing: the engine works every formula out
    anew, and NumPy computes the expected number from the inputs that stand in the file now. So a
    workbook whose words or weights were changed is still right, and one changed formula is found,
    as is a changed constant (such as a reference value or the number of a word).

    The program is the one in the file: slips are found, forgery is not. Whoever can change the
    formulas can change the program as well; `sheetformer verify --against` writes the book again.

    The file is read and worked out in a process of its own with limits on time and memory; an
    engine that is given as an object works in this process.

    Args:
        path: an .xlsx file that Sheetformer wrote.
        engine: "ironcalc", "libreoffice", or an engine.
        limit: how many times the usual time and memory it may take.
        meanwhile: called while the process starts, which takes a while.

    Raises:
        FileError: the file cannot be read, or holds no Sheetformer book.
        EngineError: the engine is missing or failed.
        ChildError: it took more time or memory than it may, or the engine broke down.
    """
    file = Path(path)
    if not isinstance(engine, str):
        from sheetformer.engines.examine import examine

        return examine(file, engine)
    name = get_engine(engine).name
    limits = limits_for(file, name, limit)
    with explained(file), Confined(_ANSWER, f"checking '{file}'", limits) as child:
        if meanwhile:
            meanwhile()
        from sheetformer.engines import wire

        return wire.read(child.call(path=str(file), engine=name))
