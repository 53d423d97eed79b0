# ruff: noqa: E501 (a formula is one line)
"""An exercise with six blanks, where they stand, and honest solutions in many styles."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from openpyxl.worksheet.formula import ArrayFormula

import sheetformer as sf
from sheetformer.exercises.key import Key, read_key
from sheetformer.exercises.make import exercise
from sheetformer.formula.address import a1
from sheetformer.graph.functions import named

BLANKS = ("scores", "scaled", "weights_exp", "weights_sum", "weights", "blend")
Formula = str | float | ArrayFormula
Filled = Mapping[str, Formula]
"""Address → what stands there."""


# -- the exercise ----------------------------------------------------------------------------------


def attend(x: Any, w_q: Any, w_k: Any, w_v: Any) -> Any:
    q, k, v = (named(x @ w, name) for w, name in ((w_q, "Q_"), (w_k, "K_"), (w_v, "V_")))
    return sf.nn.attention(q, k, v)


@cache
def exercise_files() -> tuple[Path, Path]:
    """The homework and its key, written once."""
    folder = Path(tempfile.mkdtemp(prefix="sheetformer-exercise-"))
    random = np.random.default_rng(1)
    x = np.round(random.normal(size=(3, 4)), 2)
    matrices = [np.round(random.normal(size=(4, 4)), 2) for _ in range(3)]
    made = exercise(sf.trace(attend, x, *matrices), list(BLANKS))
    return made.book.save(folder / "homework.xlsx"), made.key.save(folder / "key.xlsx")


@cache
def key() -> Key:
    return read_key(exercise_files()[1])


@cache
def grid(name: str) -> tuple[tuple[str, ...], ...]:
    """The addresses of a block, row by row."""
    region = next(r for r in key().manifest.regions if r.name == name)
    rows, columns = region.elements.shape
    return tuple(
        tuple(a1(region.row + r, region.column + c) for c in range(columns)) for r in range(rows)
    )


def sheet() -> str:
    return next(r for r in key().manifest.regions if r.name == "scores").sheet


def span(name: str) -> str:
    cells = grid(name)
    return f"{cells[0][0]}:{cells[-1][-1]}"


def fixed(area: str) -> str:
    """An area with dollar signs."""
    return ":".join(
        f"${cell.rstrip('0123456789')}${cell[len(cell.rstrip('0123456789')) :]}"
        for cell in area.split(":")
    )


def row(name: str, r: int) -> str:
    cells = grid(name)[r]
    return f"{cells[0]}:{cells[-1]}"


def column(name: str, c: int) -> str:
    return f"{grid(name)[0][c]}:{grid(name)[-1][c]}"


def each(name: str, formula: Callable[[int, int], str], array: bool = False) -> Filled:
    """A formula in each cell."""
    return {
        cell: ArrayFormula(cell, formula(r, c)) if array else formula(r, c)
        for r, line in enumerate(grid(name))
        for c, cell in enumerate(line)
    }


def whole(name: str, formula: str) -> Filled:
    """One array formula."""
    return {grid(name)[0][0]: ArrayFormula(span(name), formula)}


def rows(name: str, formula: Callable[[int], str]) -> Filled:
    """One array formula a row."""
    return {
        line[0]: ArrayFormula(f"{line[0]}:{line[-1]}", formula(r))
        for r, line in enumerate(grid(name))
    }


# -- honest styles ---------------------------------------------------------------------------------


def at(name: str, r: int, c: int) -> str:
    return grid(name)[r][c]


def products(one: list[str], other: list[str]) -> str:
    return "+".join(f"{a}*{b}" for a, b in zip(one, other, strict=True))


@cache
def honest() -> dict[str, dict[str, Filled]]:
    """Block → style → formulas."""
    q, k, v, s = (fixed(span(n)) for n in ("Q_", "K_", "V_", "scores"))
    scaled, exp, total, weights = (
        fixed(span(n)) for n in ("scaled", "weights_exp", "weights_sum", "weights")
    )
    top = "weights_max"
    return {
        "scores": {
            "names": whole("scores", "=MMULT(Q_,TRANSPOSE(K_))"),
            "MMULT": whole("scores", f"=MMULT({q},TRANSPOSE({k}))"),
            "SUMPRODUCT": each("scores", lambda r, c: f"=SUMPRODUCT({row('Q_', r)},{row('K_', c)})"),
            "by hand": each(
                "scores", lambda r, c: "=" + products(list(grid("Q_")[r]), list(grid("K_")[c]))
            ),
            "MMULT a cell": each(
                "scores", lambda r, c: f"=MMULT({row('Q_', r)},TRANSPOSE({row('K_', c)}))", True
            ),
            "INDEX of MMULT": each(
                "scores", lambda r, c: f"=INDEX(MMULT({q},TRANSPOSE({k})),{r + 1},{c + 1})", True
            ),
            "LET": each(
                "scores",
                lambda r, c: f"=_xlfn.LET(_xlpm.a,{row('Q_', r)},_xlpm.b,{row('K_', c)},"
                "SUM(_xlpm.a*_xlpm.b))",
                True,
            ),
            "transposed twice": whole("scores", f"=TRANSPOSE(MMULT({k},TRANSPOSE({q})))"),
            "a row": rows("scores", lambda r: f"=MMULT({row('Q_', r)},TRANSPOSE({k}))"),
            "INDEX a row": each(
                "scores", lambda r, c: f"=SUMPRODUCT(INDEX({q},{r + 1},0),INDEX({k},{c + 1},0))"
            ),
            "OFFSET": each(
                "scores",
                lambda r, c: f"=SUMPRODUCT(OFFSET({at('Q_', 0, 0)},{r},0,1,4),{row('K_', c)})",
            ),
            "SUM of products": each(
                "scores", lambda r, c: f"=SUM({row('Q_', r)}*{row('K_', c)})", True
            ),
            "LAMBDA": each(
                "scores",
                lambda r, c: f"=_xlfn.LAMBDA(_xlpm.a,_xlpm.b,SUMPRODUCT(_xlpm.a,_xlpm.b))"
                f"({row('Q_', r)},{row('K_', c)})",
            ),
        },
        "scaled": {
            "a cell": each("scaled", lambda r, c: f"={at('scores', r, c)}/SQRT(4)"),
            "array": whole("scaled", f"={s}/SQRT(COLUMNS({q}))"),
            "factor": each("scaled", lambda r, c: f"={at('scores', r, c)}*4^-0.5"),
            "number": each("scaled", lambda r, c: f"={at('scores', r, c)}*0.5"),
        },
        "weights_exp": {
            "a cell": each(
                "weights_exp", lambda r, c: f"=EXP({at('scaled', r, c)}-{at(top, r, 0)})"
            ),
            "MAX inside": each(
                "weights_exp", lambda r, c: f"=EXP({at('scaled', r, c)}-MAX({row('scaled', r)}))"
            ),
            "array": whole("weights_exp", f"=EXP({scaled}-{fixed(span(top))})"),
            "a quotient": each(
                "weights_exp", lambda r, c: f"=EXP({at('scaled', r, c)})/EXP({at(top, r, 0)})"
            ),
            "POWER": each(
                "weights_exp",
                lambda r, c: f"=POWER(EXP(1),{at('scaled', r, c)}-{at(top, r, 0)})",
            ),
            "no max": each("weights_exp", lambda r, c: f"=EXP({at('scaled', r, c)})"),
        },
        "weights_sum": {
            "SUM": each("weights_sum", lambda r, _: f"=SUM({row('weights_exp', r)})"),
            "plus": each("weights_sum", lambda r, _: "=" + "+".join(grid("weights_exp")[r])),
            "SUMPRODUCT": each("weights_sum", lambda r, _: f"=SUMPRODUCT({row('weights_exp', r)})"),
            "MMULT": whole("weights_sum", f"=MMULT({exp},{{1;1;1}})"),
            "BYROW": whole(
                "weights_sum", f"=_xlfn.BYROW({exp},_xlfn.LAMBDA(_xlpm.r,SUM(_xlpm.r)))"
            ),
            "AVERAGE": each("weights_sum", lambda r, _: f"=3*AVERAGE({row('weights_exp', r)})"),
        },
        "weights": {
            "a cell": each(
                "weights", lambda r, c: f"={at('weights_exp', r, c)}/{at('weights_sum', r, 0)}"
            ),
            "array": whole("weights", f"={exp}/{total}"),
            "SUM inside": each(
                "weights", lambda r, c: f"={at('weights_exp', r, c)}/SUM({row('weights_exp', r)})"
            ),
            "all at once": each(
                "weights",
                lambda r, c: f"=EXP({at('scaled', r, c)})/SUMPRODUCT(EXP({row('scaled', r)}))",
            ),
            "LET": each(
                "weights",
                lambda r, c: f"=_xlfn.LET(_xlpm.e,EXP({row('scaled', r)}-MAX({row('scaled', r)})),"
                f"INDEX(_xlpm.e,1,{c + 1})/SUM(_xlpm.e))",
                True,
            ),
        },
        "blend": {
            "MMULT": whole("blend", f"=MMULT({weights},{v})"),
            "SUMPRODUCT": each(
                "blend",
                lambda r, c: f"=SUMPRODUCT(TRANSPOSE({row('weights', r)}),{column('V_', c)})",
                True,
            ),
            "by hand": each(
                "blend",
                lambda r, c: "=" + products(list(grid("weights")[r]), [n[c] for n in grid("V_")]),
            ),
            "a row": rows("blend", lambda r: f"=MMULT({row('weights', r)},{v})"),
        },
    }  # fmt: skip
