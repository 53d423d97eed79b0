"""A function called in a child with limits: what a stranger's file does, it does there.

The child is `python -m sheetformer.called`, which calls one function by name and answers with what
it gives; both sides speak JSON. Whatever happens to the child, here it is one sentence.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any, Self

from sheetformer import errors
from sheetformer.child import Child, ChildError, TooLargeError
from sheetformer.errors import SheetformerError
from sheetformer.processes import Limits

_THREADS = {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}
"""One thread of arithmetic: threads take address space, and books are small."""


class BrokenError(ChildError):
    """The child met what no line of it foresaw; the text says where."""


class Confined:
    """A child that calls one function; leaving the `with` block ends it.

    It is started at once, so that it warms up while others work.

    Args:
        function: "package.module:name", a function of keyword arguments that JSON can carry.
        name: what the child is called in messages.
        limits: what it may take.
    """

    def __init__(self, function: str, name: str, limits: Limits) -> None:
        command = own_program("sheetformer.called", function)
        self._name = name
        self._child = Child(command, name, limits=limits, environment=own_environment())

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._child.close()

    def call(self, **arguments: object) -> Any:
        """What the function gives.

        Raises:
            SheetformerError: what the function raised.
            ChildError: the child gave no answer.
        """
        reply = self._child.ask(arguments)
        if "result" in reply:
            return reply["result"]
        if "memory" in reply:
            raise TooLargeError(f"{self._name} needed more memory than it may have and was ended")
        if "bug" in reply:
            raise BrokenError(f"{self._name} ended unexpectedly: {reply['bug']}")
        raise _error(reply["error"], reply["text"])


def own_program(module: str, *arguments: str) -> list[str]:
    """The command of a child that runs a module of this package, and imports nothing here."""
    # A folder where somebody works may hold a json.py: without -P that would be the child's.
    return [sys.executable, "-P", "-m", module, *arguments]


def own_environment() -> dict[str, str]:
    """This process's variables, with which such a child imports the same package."""
    root = str(Path(__file__).parents[1])
    paths = [os.environ.get("PYTHONPATH", ""), root]
    return os.environ | _THREADS | {"PYTHONPATH": os.pathsep.join(filter(None, paths))}


def _error(kind: str, text: str) -> SheetformerError:
    """An error as the child raised it; a kind that only the child knows is a plain one."""
    found = getattr(errors, kind, SheetformerError)
    known = isinstance(found, type) and issubclass(found, SheetformerError)
    return found(text) if known else SheetformerError(text)
