"""Engines: programs that work out the formulas of a workbook anew, each behind one protocol."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules

from sheetformer.engines.base import Engine
from sheetformer.errors import EngineError
from sheetformer.suggest import suggestion

ENGINE_NAMES = tuple(
    module.name for module in iter_modules([str(Path(__file__).parent / "programs")])
)
"""The names that `get_engine` knows: a program is one module in `programs`."""


def get_engine(name: str = "ironcalc") -> Engine:
    """The engine of this name; nothing is loaded or started before its first file.

    >>> get_engine("ironcalc").name
    'ironcalc'

    Raises:
        EngineError: There is no engine of this name.
    """
    if name.casefold() not in ENGINE_NAMES:
        raise EngineError(f"there is no engine '{name}'; {suggestion(name, ENGINE_NAMES)}")
    return import_module(f"sheetformer.engines.programs.{name.casefold()}").ENGINE()
