"""The live mark of a blank: a salted fingerprint of the rounded answers, in one formula.

Each number is rounded, multiplied with the square of its own place, and all are added up modulo a
prime. Who sees the formula knows one number below 31,622,743, and no answer; what can be guessed
from it is said in docs/exercises.md. All sums stay below 1E+15, which a spreadsheet holds exactly,
and only functions that every spreadsheet since Excel 2010 has are used.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sheetformer.formula.address import a1, area
from sheetformer.formula.printer import number_text
from sheetformer.graph.values import PRIME

LARGEST = 20_000
"""What stands for larger numbers, such as those of a masked score, after they were scaled."""
DIGITS = 4
"""The largest number of a blank is rounded to so many digits, the others to as many decimals."""
_SHIFTS = 200

Run = tuple[int, int, int, int]
"""A rectangle of cells: row, column, rows, columns."""


@dataclass(frozen=True)
class Fingerprint:
    """How the numbers of a blank are rounded and mixed, and what comes out.

    Attributes:
        scale: what a number is multiplied with.
        shift: what is then added before its decimals are cut off, so that no answer is near a step.
        start: the number of the first place.
        value: the fingerprint of the answers.
    """

    scale: float
    shift: float
    start: int
    value: int

    @staticmethod
    def of(answers: NDArray[np.float64], salt: str) -> Fingerprint:
        """The fingerprint of answers (n,), mixed by a salt.

        >>> Fingerprint.of(np.array([0.25, 0.75]), "salt").matches(np.array([0.25, 0.75]))
        True
        >>> Fingerprint.of(np.array([0.25, 0.75]), "salt").matches(np.array([0.75, 0.25]))
        False
        """
        scale = _scale(answers)
        shift = _shift(answers * scale)
        start = 1_000 + int(hashlib.sha256(salt.encode()).hexdigest()[:8], 16) % 2_000
        draft = Fingerprint(scale, shift, start, 0)
        return Fingerprint(scale, shift, start, draft.of_numbers(answers))

    def of_numbers(self, numbers: NDArray[np.float64]) -> int:
        """The fingerprint of any numbers (n,): what the formula gives for them."""
        scaled = np.clip(numbers * self.scale, -LARGEST, LARGEST)
        rounded = np.floor(scaled + self.shift).astype(np.int64)
        places = np.arange(self.start, self.start + rounded.size, dtype=np.int64)
        return int((rounded * places * places).sum() % PRIME)

    def matches(self, numbers: NDArray[np.float64]) -> bool:
        """Whether numbers (n,) have this fingerprint."""
        return self.of_numbers(numbers) == self.value

    def formula(self, runs: Sequence[Run], sheet: str = "") -> str:
        """The array formula, without the equals sign, of cells that lie in rectangles.

        Args:
            runs: the rectangles, in the order of the numbers.
            sheet: what stands before each address, such as Words!.
        """
        parts: list[str] = []
        place = self.start
        for run in runs:
            parts.append(self._part(run, sheet, place))
            place += run[2] * run[3]
        return f"MOD({'+'.join(parts)},{PRIME})"

    def _part(self, run: Run, sheet: str, place: int) -> str:
        row, column, rows, columns = run
        cells = sheet + area(*run, fixed=True)
        first = sheet + a1(row, column, row_fixed=True, column_fixed=True)
        scaled = f"{cells}*{number_text(self.scale)}"
        large = f"IF({cells}<0,-1,1)*{LARGEST}"
        rounded = f"INT(IF(ABS({scaled})<{LARGEST},{scaled},{large})+{number_text(self.shift)})"
        if rows == columns == 1:
            return f"{rounded}*{place * place}"
        # MOD of an array is not known everywhere, so there is one MOD, of the whole sum.
        number = f"({place}+(ROW({cells})-ROW({first}))*{columns}+COLUMN({cells})-COLUMN({first}))"
        return f"SUM({rounded}*{number}*{number})"


def _scale(answers: NDArray[np.float64]) -> float:
    """A power of ten that brings the largest number, stand-ins left out, to DIGITS digits."""
    sizes = np.abs(answers[np.abs(answers) < 1e9])
    largest = float(sizes.max(initial=0.0))
    if largest < 1e-12:
        return 1.0
    return 10.0 ** (DIGITS - 1 - math.floor(math.log10(largest)))


def _shift(scaled: NDArray[np.float64]) -> float:
    """What to add so that every number stays as far as can be from where its rounding changes."""
    within = scaled[np.abs(scaled) < LARGEST]
    shifts = (np.arange(_SHIFTS) + 0.5) / _SHIFTS
    fractions = (within[None, :] + shifts[:, None]) % 1.0
    room = np.minimum(fractions, 1.0 - fractions).min(axis=1, initial=1.0)
    return round(float(shifts[int(room.argmax())]), 4)


def runs_of(cells: Sequence[tuple[int, int]]) -> list[Run]:
    """Cells, in the order of rows, as rectangles: one if they fill one, else pieces of rows.

    >>> runs_of([(0, 0), (0, 1), (1, 0), (1, 1)]), runs_of([(0, 0), (0, 1), (2, 1)])
    ([(0, 0, 2, 2)], [(0, 0, 1, 2), (2, 1, 1, 1)])
    """
    runs: list[Run] = []
    for row, column in cells:
        last = runs[-1] if runs else None
        if last and last[0] == row and last[1] + last[3] == column:
            runs[-1] = (row, last[1], 1, last[3] + 1)
        else:
            runs.append((row, column, 1, 1))
    joined: list[Run] = []
    for row, column, _, columns in runs:
        last = joined[-1] if joined else None
        if last and (last[0] + last[2], last[1], last[3]) == (row, column, columns):
            joined[-1] = (last[0], column, last[2] + 1, columns)
        else:
            joined.append((row, column, 1, columns))
    return joined
