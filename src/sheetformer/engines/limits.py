"""What reading and checking a stranger's file may take, and what to say when it takes more."""

from __future__ import annotations

import math
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from sheetformer.child import ChildError, TooLargeError, TooSlowError
from sheetformer.confined import BrokenError
from sheetformer.errors import EngineError, SheetformerError
from sheetformer.processes import Limits

_SECONDS = 10.0
_SECONDS_A_MEGABYTE = 10.0
"""The largest books, 35 MB, take three minutes on a slow machine."""
_MEMORY = 1 << 30
_MEMORY_A_BYTE = 100
"""Bytes of memory a byte of a large file: packed text, cells as objects, and arrays."""
_STARTING = 60.0
"""Seconds that LibreOffice gets besides, to start."""
_ANSWER = 200_000_000
"""Bytes of a report."""


def limits_for(file: Path, engine: str, times: float = 1.0) -> Limits:
    """What checking a file may take: in proportion for a large one, and so many `times` that.

    Raises:
        SheetformerError: `times` is no number above 0.
    """
    if not (math.isfinite(times) and 0 < times <= 1000):
        raise SheetformerError(f"a limit of {times:g} is none; give a number above 0, such as 3")
    size = file.stat().st_size if file.is_file() else 0
    seconds = (_SECONDS + _SECONDS_A_MEGABYTE * size / 1e6) * times
    memory = int(max(_MEMORY, _MEMORY_A_BYTE * size) * times)
    started = _STARTING if engine == "libreoffice" else 0.0
    return Limits(seconds + started, math.ceil(seconds), memory, _ANSWER)


@contextmanager
def explained(file: Path) -> Generator[None]:
    """What a child broke down on, as a sentence that names the file and the next step.

    Raises:
        EngineError: the child gave no answer.
    """
    try:
        yield
    except (TooSlowError, TooLargeError) as error:
        raise EngineError(f"{error}; if you trust the file, raise the limits: --limit 3") from None
    except BrokenError as error:
        raise EngineError(
            f"{error}; the file is damaged, or this is a mistake in Sheetformer"
        ) from None
    except ChildError:
        raise EngineError(
            f"'{file}' cannot be checked: the engine broke down on it; try another engine, or "
            "write the book again"
        ) from None
