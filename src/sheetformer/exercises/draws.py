"""Numbers for trials: drawn from a seed, and those at which sheets go wrong.

Only Python's own random numbers: the child that recalculates loads no NumPy.
"""

from __future__ import annotations

from random import Random

STANDING = "as it stands"
EDGES = ("zeros", "equal", "large", "negative", "single")
"""All 0, all the same number, large ones, all below 0, and one that is not 0."""
RANDOM = "random"
KINDS = ("number", "whole", "positive", "flag")
"""What an input may hold: any number, whole ones from 0, such above 0, and 0 or 1."""


def edge_of(trial: int) -> str:
    """What sort of numbers a trial gets, the first one (0) as the file stands.

    >>> [edge_of(trial) for trial in (0, 1, 6, 7)]
    ['as it stands', 'zeros', 'random', 'random']
    """
    return (STANDING, *EDGES)[trial] if trial <= len(EDGES) else RANDOM


def draw(
    seed: str, kind: str, edge: str, rows: int, columns: int, largest: float = 1000.0
) -> list[float]:
    """The numbers of one input in one trial, row by row; the same ones for the same seed.

    They have two decimals, or none, so that a person can type them again.

    >>> draw("0", "number", "random", 1, 3) == draw("0", "number", "random", 1, 3)
    True
    >>> draw("0", "whole", "zeros", 2, 2)
    [0.0, 0.0, 0.0, 0.0]
    """
    random = Random(f"{seed} {kind} {edge}")
    size = rows * columns
    if kind == "flag":
        # A row where nothing may be looked at is another question.
        return [1.0 if place % columns == 0 else float(random.random() < 0.5)
                for place in range(size)]  # fmt: skip
    if kind == "whole":
        return [_whole(random, edge, place, largest) for place in range(size)]
    if kind == "positive":
        low, high = (largest / 2, largest) if edge == "large" else (0.1, 4.0)
        return [round(random.uniform(low, high), 2) for _ in range(size)]
    return _numbers(random, edge, size, largest)


def _whole(random: Random, edge: str, place: int, largest: float) -> float:
    if edge in ("zeros", "equal"):
        return float(edge == "equal")
    if edge == "single":
        return float(place)
    return float(random.randint(0, int(largest) if edge == "large" else 50))


def _numbers(random: Random, edge: str, size: int, largest: float) -> list[float]:
    if edge == "zeros":
        return [0.0] * size
    if edge == "equal":
        # A whole number: the mean of equal ones must be exactly that.
        return [float(random.randint(1, 5))] * size
    if edge == "single":
        chosen = random.randrange(size)
        return [2.0 if place == chosen else 0.0 for place in range(size)]
    if edge == "large":
        return [float(random.randint(int(-largest), int(largest))) for _ in range(size - 1)] + [
            float(int(largest))
        ]
    if edge == "negative":
        return [round(random.uniform(-4.0, -0.1), 2) for _ in range(size)]
    return [round(random.gauss(0.0, 2.0), 2) for _ in range(size)]
