"""How much the marks of an exercise give away: guessing answers from their fingerprints alone.

A student who reads the formula of a mark knows how numbers are rounded, mixed and added up, and one
number below 31,622,743. This tries all answers that fit, for blanks of one cell and of a few.

    python benchmarks/guess.py
"""

from __future__ import annotations

import time

import numpy as np

from sheetformer.exercises.marks import Fingerprint
from sheetformer.graph.values import PRIME


def one_cell() -> tuple[int, float]:
    """How many of all rounded numbers fit a blank of one cell, and the seconds that it takes."""
    mark = Fingerprint.of(np.array([0.4217]), "salt")
    begun = time.perf_counter()
    tried = np.arange(-20_000, 20_001) / mark.scale
    fitting = sum(mark.matches(np.array([x])) for x in tried)
    return fitting, time.perf_counter() - begun


def shares(cells: int) -> tuple[int, int, float]:
    """For a row of shares, which add up to 1: how many were tried, how many fit, the seconds."""
    random = np.random.default_rng(1)
    answers = random.dirichlet(np.ones(cells))
    mark = Fingerprint.of(answers, "salt")
    steps = int(mark.scale)
    begun, tried, fitting = time.perf_counter(), 0, 0
    places = (np.arange(mark.start, mark.start + cells) ** 2).astype(np.int64)
    for first in range(steps + 1):
        second = np.arange(steps - first + 1)
        sums = first * places[0] + second * places[1] + (steps - first - second) * places[2]
        # Each rounding may be one off, and so may their sum.
        tried += second.size
        fitting += int((sums % PRIME == mark.value).sum())
    return tried, fitting, time.perf_counter() - begun


def main() -> None:
    """Print the table of docs/exercises.md."""
    fitting, seconds = one_cell()
    print(f"one cell: 40,001 numbers tried, {fitting} fits, {seconds:.1f} s")
    tried, fitting, seconds = shares(3)
    print(f"three shares of a row: {tried:,} tried, {fitting} fit, {seconds:.1f} s")
    for cells in (3, 9):
        every = 20_000.0**cells
        print(f"{cells} numbers of any size: {every / PRIME:.1e} of {every:.1e} fit")


if __name__ == "__main__":
    main()
