"""Engines: programs that work out the formulas of a workbook anew, each behind one protocol."""

from __future__ import annotations

from importlib import import_module

from sheetformer.engines.base import Engine
from sheetformer.errors import EngineError
from sheetformer.suggest import suggestion

_ENGINES = {
    "ironcalc": ("sheetformer.engines.ironcalc", "IronCalc"),
    "libreoffice": ("sheetformer.engines.libreoffice", "LibreOffice"),
}

ENGINE_NAMES = tuple(_ENGINES)
"""The names that `get_engine` knows."""


def get_engine(name: str = "ironcalc") -> Engine:
    """The engine of this name; nothing is loaded or started before its first file.

    >>> get_engine("ironcalc").name
    'ironcalc'

    Raises:
        EngineError: There is no engine of this name.
    """
    if name.casefold() not in _ENGINES:
        raise EngineError(f"there is no engine '{name}'; {suggestion(name, ENGINE_NAMES)}")
    module, engine = _ENGINES[name.casefold()]
    return getattr(import_module(module), engine)()
