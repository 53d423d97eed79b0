"""What a workbook is held against: a known function, or one of somebody's own."""

from __future__ import annotations

import inspect
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

from sheetformer.errors import FileError, SheetformerError
from sheetformer.exercises.known import KNOWN, Known
from sheetformer.suggest import suggestion


@dataclass(frozen=True)
class Reference:
    """A function to hold against, and what else it needs to know."""

    name: str
    function: Callable[..., Any]
    kinds: Mapping[str, str]
    known: Known | None = None


def find_reference(function: str | Callable[..., Any]) -> Reference:
    """What a name, "module:name" or a Python function means.

    Raises:
        SheetformerError: there is no such function or module.
    """
    if not isinstance(function, str):
        return Reference(getattr(function, "__name__", "the function"), function, {})
    if function in KNOWN:
        known = KNOWN[function]
        return Reference(function, known.function, known.kinds, known)
    if ":" in function:
        return Reference(function, _imported(function), {})
    known = [*KNOWN, "module:function"]
    raise SheetformerError(f"there is no function {function!r}; {suggestion(function, known)}")


def _imported(place: str) -> Callable[..., Any]:
    """The function that `module:name` means; modules of the folder one works in count."""
    module, _, name = place.partition(":")
    here = str(Path.cwd())
    if here not in sys.path:
        sys.path.append(here)
    try:
        found = getattr(import_module(module), name, None)
    except (Exception, SystemExit) as error:  # whatever a module of one's own raises
        raise FileError(f"{place}: the module {module!r} cannot be imported ({error})") from error
    if not callable(found):
        raise FileError(f"{place}: the module {module!r} has no function {name!r}")
    return found


def check_names(found: Reference, inputs: Mapping[str, str]) -> None:
    """Refuse inputs that the function does not take, and find those that it lacks.

    Raises:
        SheetformerError: one is too much, or missing.
    """
    try:
        parameters = inspect.signature(found.function).parameters.values()
    except (TypeError, ValueError):
        return
    if any(each.kind is each.VAR_KEYWORD for each in parameters):
        return
    chosen = set(found.known.slips) | {"shape"} if found.known else set[str]()
    names = [each.name for each in parameters if each.name not in chosen]
    for key in inputs:
        if key not in names:
            raise SheetformerError(
                f"{found.name} has no input {key!r}; it takes {', '.join(names)}"
            )
    missing = [
        each.name
        for each in parameters
        if each.name in names and each.default is each.empty and each.name not in inputs
    ]
    if missing:
        raise SheetformerError(
            f"{found.name} needs the input {missing[0]!r} too; say where it stands: "
            f"--input {missing[0]}=Sheet1!B3:D5"
        )
