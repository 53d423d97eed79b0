"""Plain values of options, taken as they are typed.

Typer holds every value against its type with Pydantic, whose import takes longer than many a
command. Text, whole numbers, decimals, file names and words of a list need none; whatever is not
plainly one of those goes Typer's way, and so has Typer's message. No version of Typer promises the
two attributes that are used; where they are missing, all is as slow as before.
"""

from __future__ import annotations

import math
import os
import re
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any, Literal, get_args, get_origin

import typer

_WHOLE = re.compile(r"-?[0-9]{1,15}")
_DECIMAL = re.compile(r"-?[0-9]{1,15}(\.[0-9]{1,15})?(e-?[0-9]{1,2})?")

Read = Callable[[str], Any]


class _DoubtfulError(Exception):
    """A value that is not plainly what belongs there."""


class _Plain:
    """Stands where Typer keeps what reads the value of a parameter, until a value is in doubt."""

    def __init__(self, parameter: Any, read: Read, known: type) -> None:
        self._parameter, self._read, self._known = parameter, read, known

    def coerce(self, value: Any, param: Any, ctx: Any) -> Any:
        """The value, as Typer calls this."""
        if value is None or type(value) is self._known:
            return value
        with suppress(_DoubtfulError):
            if isinstance(value, str):
                return self._read(value)
        self._parameter._runtime_param = None
        return self._parameter.get_runtime_param().coerce(value, param=param, ctx=ctx)


def take_plainly(command: Any) -> None:
    """Let the parameters of a command, and of its commands, take plain values as they are."""
    # -h is made when it is first asked for, by a context; a part has the names of its parent.
    context = typer.Context(command, **command.context_settings)
    for each in _with_parts(command):
        for parameter in filter(None, (*each.params, each.get_help_option(context))):
            found = _reader(parameter)
            if found and getattr(parameter, "_runtime_param", ()) is None:
                parameter._runtime_param = _Plain(parameter, *found)


def _with_parts(command: Any) -> Iterator[Any]:
    yield command
    for part in getattr(command, "commands", {}).values():
        yield from _with_parts(part)


def _reader(parameter: Any) -> tuple[Read, type] | None:
    """What reads the plain values of a parameter, and the type of its default; None for others."""
    descriptor: Any = getattr(parameter, "type_descriptor", None)
    info = getattr(descriptor, "parameter_info", None)
    if info is None or parameter.multiple or parameter.nargs != 1 or info.parser is not None:
        return None
    kind = descriptor.annotation
    if get_origin(kind) is Literal:
        words = get_args(kind)
        return lambda text: _listed(text, words), bool  # a default is read like any other word
    if kind is int and info.min is info.max is None:
        return _whole, int
    if kind is float and info.min is info.max is None:
        return _decimal, float
    return _NAMED.get(kind)


def _listed(text: str, words: tuple[Any, ...]) -> str:
    if text not in words:
        raise _DoubtfulError
    return text


def _whole(text: str) -> int:
    if not _WHOLE.fullmatch(text):
        raise _DoubtfulError
    return int(text)


def _decimal(text: str) -> float:
    if not (_DECIMAL.fullmatch(text) and math.isfinite(float(text))):
        raise _DoubtfulError
    return float(text)


def _path(text: str) -> Path:
    # One that is there and cannot be read gets Typer's sentence.
    if os.path.lexists(text) and not os.access(text, os.R_OK):
        raise _DoubtfulError
    return Path(text)


def _switched(_: str) -> bool:
    raise _DoubtfulError  # one that is written, in a variable of the environment


_NAMED: dict[Any, tuple[Read, type]] = {
    str: (str, str),
    Path: (_path, type(Path())),
    bool: (_switched, bool),
}
