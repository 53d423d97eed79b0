"""The long checks of the lesson gpt, as a command: `python -m tests.lessons.gpt`.

How far 100 and 1,000 steps are from PyTorch's, and every cell in each style and engine, before and
after 100 steps.
"""

from __future__ import annotations

import time
from pathlib import Path

import numpy as np

from sheetformer import lessons, verify
from sheetformer.scratch import Scratch

from .gpt_twin import twin_after


def main() -> None:
    """Print a line a figure."""
    book = lessons.lesson("gpt")
    for steps in (100, 1000):
        start = time.perf_counter()
        later = book.step(steps)
        seconds = time.perf_counter() - start
        losses, *wanted = twin_after(book["theta"].value, steps)
        names = ("theta", "momentum", "square")
        off = max(
            float(np.abs(later[name].value - value).max())
            for name, value in zip(names, wanted, strict=True)
        )
        print(f"{steps} steps: {off:.1e} from PyTorch, {seconds:.1f} s; last loss {losses[-1]:.3f}")
    with Scratch() as scratch:
        for style in ("matrix", "cell"):
            book = lessons.lesson("gpt", formulas=style)
            for name, made in (("start", book), ("100 steps", book.step(100))):
                for engine in ("ironcalc", "libreoffice"):
                    file = made.save(Path(scratch.path) / "gpt.xlsx")
                    print(style, name, engine, file.stat().st_size, verify(file, engine).ok)


if __name__ == "__main__":
    main()
