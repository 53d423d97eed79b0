"""What an attack found: counted, and put into docs/reliability.md in a section of its own."""

from __future__ import annotations

import argparse
import sys
import time
import traceback
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path

from sheetformer.errors import SheetformerError

PAGE = Path(__file__).resolve().parents[2] / "docs" / "reliability.md"
HEAD = "# Reliability\n\nThe figures of `make attack`; each script names its seeds.\n"


@dataclass
class Findings:
    """How many tries there were, and what came of them."""

    counts: Counter[str] = field(default_factory=Counter[str])
    mistakes: list[str] = field(default_factory=list[str])
    slowest: float = 0.0

    def attempt(self, work: Callable[[], object], where: object) -> None:
        """Try something: it does its work, says in one sentence why not, or has found a mistake."""
        start = time.perf_counter()
        try:
            work()
            self.counts["accepted"] += 1
        except SheetformerError as error:
            self.counts["refused"] += 1
            if "\n" in str(error):
                self.mistake(f"{where}: more than one line: {error}")
        except BaseException as error:
            if isinstance(error, KeyboardInterrupt):
                raise
            last = traceback.extract_tb(error.__traceback__)[-1]
            self.mistake(f"{where}: {error!r} in {last.name}, line {last.lineno}")
        self.slowest = max(self.slowest, time.perf_counter() - start)

    def mistake(self, what: str) -> None:
        """Something that should not be."""
        self.counts["mistakes"] += 1
        self.mistakes.append(what)
        sys.stderr.write(what[:500] + "\n")

    def row(self, what: str) -> str:
        """A row of the table: tries, accepted, refused, mistakes, slowest."""
        counts = self.counts
        tries = counts["accepted"] + counts["refused"] + counts["mistakes"]
        return (
            f"| {what} | {tries:,} | {counts['accepted']:,} | {counts['refused']:,} | "
            f"{counts['mistakes']:,} | {self.slowest:.2f} s |"
        )


TABLE = ("| what | tries | accepted | refused | mistakes | slowest |", "|---|---|---|---|---|---|")


def seeds(seconds: float, first: int = 0) -> Iterator[int]:
    """Seeds for so long."""
    end = time.monotonic() + seconds
    for seed in count(first):
        if time.monotonic() > end:
            return
        yield seed


def options(description: str | None, seconds: float = 300.0) -> argparse.Namespace:
    """The options that the scripts share."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--seconds", type=float, default=seconds)
    parser.add_argument("--write", action="store_true", help="put the figures into the page")
    return parser.parse_args()


@contextmanager
def section(name: str, title: str, wanted: argparse.Namespace) -> Iterator[list[str]]:
    """Collect the lines of a section, print them, and put them into the page."""
    lines: list[str] = []
    yield lines
    found = "\n".join(lines)
    text = f"## {title}\n\nFor {wanted.seconds:g} seconds.\n\n{found}\n"
    sys.stdout.write(text)
    if wanted.write:
        put(name, text)


def put(name: str, text: str) -> None:
    """Put a text between its marks in docs/reliability.md."""
    page = PAGE.read_text(encoding="utf-8") if PAGE.exists() else HEAD
    PAGE.write_text(_replaced(page, name, text), encoding="utf-8")


def _replaced(page: str, name: str, text: str) -> str:
    begin, end = f"<!-- {name} -->\n", f"<!-- end of {name} -->\n"
    before, found, rest = page.partition(begin)
    after = rest.partition(end)[2] if found else ""
    return f"{before if found else page + chr(10)}{begin}{text}{end}{after}"
