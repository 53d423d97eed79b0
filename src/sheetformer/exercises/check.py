"""Any workbook held against a function: its inputs are changed, its formulas worked out anew."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from sheetformer.confined import Confined
from sheetformer.engines import get_engine
from sheetformer.engines.compare import difference
from sheetformer.engines.limits import explained, limits_for
from sheetformer.engines.report import OffCell
from sheetformer.errors import SheetformerError
from sheetformer.exercises.areas import Area
from sheetformer.exercises.known import alternatives
from sheetformer.exercises.known_attention import OVERFLOW
from sheetformer.exercises.reference import Reference, check_names, find_reference
from sheetformer.exercises.slips import explains, has_errors, reasons
from sheetformer.formula.address import a1
from sheetformer.graph.storable import TOLERANCE

_ANSWER = "sheetformer.exercises.trials:answer"
MOST_TRIALS = 1000

NO_FORMULA = "the output holds typed numbers and no formula"
CONSTANT = "the output stays the same when the inputs change"


@dataclass(frozen=True)
class Trial:
    """One trial: what stood in the inputs, and which output cells were off.

    Attributes:
        edge: what sort of numbers: "as it stands", "zeros", "equal", "large", "negative", "single"
            or "random".
        inputs: name → the numbers that were put in, (rows, columns).
        largest: the largest difference, as in `verify`; infinite where a cell holds no number.
        off: the cells that are not what they should be.
    """

    edge: str
    inputs: Mapping[str, Any]
    largest: float
    off: tuple[OffCell, ...]

    @property
    def right(self) -> bool:
        """Whether no cell was off."""
        return not self.off


@dataclass(frozen=True)
class CheckReport:
    """What all trials found.

    Attributes:
        function: what the workbook was held against.
        output: the cells that were looked at, as an address.
        cells: how many they are.
        trials: each trial that counts.
        skipped: trials where the function itself gives no finite number.
        reasons: what was done instead, a sentence each, where that could be told.
    """

    function: str
    output: str
    cells: int
    trials: tuple[Trial, ...]
    skipped: int = 0
    reasons: tuple[str, ...] = ()

    @property
    def ok(self) -> bool:
        """Whether every trial was right, and the output is more than typed numbers."""
        return not self.wrong and not self.reasons

    @property
    def wrong(self) -> list[Trial]:
        """The trials in which a cell was off."""
        return [trial for trial in self.trials if not trial.right]

    @property
    def right(self) -> int:
        """In how many trials every cell was right."""
        return len(self.trials) - len(self.wrong)

    @property
    def largest(self) -> float:
        """The largest difference of all trials."""
        return max(trial.largest for trial in self.trials)

    def __str__(self) -> str:
        total = len(self.trials)
        lines = [f"{self.output} is {self.function} in {self.right} of {total} trials"]
        if self.wrong:
            lines += [f"  {cell} (inputs: {self.wrong[0].edge})" for cell in self.wrong[0].off[:3]]
        return "\n".join([*lines, *(f"  {reason}" for reason in self.reasons)])


def check(
    path: str | Path,
    function: str | Callable[..., Any],
    inputs: Mapping[str, str],
    output: str,
    trials: int = 20,
    *,
    engine: str = "ironcalc",
    seed: int = 0,
    largest: float = 1000.0,
    limit: float = 1.0,
    meanwhile: Callable[[], object] | None = None,
) -> CheckReport:
    """Hold the formulas of any workbook against a function, on inputs that are changed each time.

    The file is read and worked out in a process of its own with limits; it stays as it is.

    Args:
        path: an .xlsx file of whatever program.
        function: the name of a known one (`softmax`, `attention`, `layer_norm`, …), "module:name",
            or a Python function; it gets its inputs by name, as arrays (rows, columns), one cell as
            a number, and gives as many numbers as the output has cells.
        inputs: name → its cells, such as {"x": "Sheet1!B3:D5"}; they hold typed numbers.
        output: the cells of the result.
        trials: how often; the first ones are the numbers in the file, zeros, equal, large and
            negative ones, and a single one that is not 0.
        engine: "ironcalc" or "libreoffice".
        seed: of the random numbers.
        largest: the largest number that is tried.
        limit: how many times the usual time and memory it may take.
        meanwhile: called while the process starts, which takes a while.

    Raises:
        FileError: the file cannot be read, lacks such cells, or holds a formula in an input.
        SheetformerError: there is no such function, or it does not fit the cells.
        EngineError: the engine is missing or failed, or took more time or memory than it may.
    """
    file = Path(path)
    _bounded(trials, largest)
    found = find_reference(function)
    check_names(found, inputs)
    name = get_engine(engine).name
    limits = limits_for(file, name, limit)
    with explained(file), Confined(_ANSWER, f"checking '{file}'", limits) as child:
        if meanwhile:
            meanwhile()
        answer = child.call(
            path=str(file),
            engine=name,
            inputs={key: (cells, found.kinds.get(key, "number")) for key, cells in inputs.items()},
            outputs={"output": output},
            trials=trials,
            seed=seed,
            largest=largest,
        )
    return _judged(found, answer)


def _bounded(trials: int, largest: float) -> None:
    if not 1 <= trials <= MOST_TRIALS:
        raise SheetformerError(f"trials must be a whole number from 1 to {MOST_TRIALS}")
    if not (math.isfinite(largest) and 1 <= largest <= 1e9):
        raise SheetformerError(f"largest must be a number from 1 to 1000000000, not {largest:g}")


# -- the verdict -----------------------------------------------------------------------------------


def _judged(found: Reference, answer: Mapping[str, Any]) -> CheckReport:
    into = {name: Area(*plain) for name, plain in answer["inputs"].items()}
    out = Area(*answer["outputs"]["output"])
    runs = [
        _Run(run["edge"], _arrays(run["inputs"], into), run["outputs"]["output"])
        for run in answer["runs"]
    ]
    expected = [_expected(found, run, out) for run in runs]
    counted = [i for i, values in enumerate(expected) if np.isfinite(values).all()]
    if not counted:
        raise SheetformerError(
            f"{found.name} gives no finite number for any of these inputs; nothing can be compared"
        )
    trials = tuple(_trial(runs[i], expected[i], out) for i in counted)
    report = CheckReport(
        found.name, str(out), out.rows * out.columns, trials, len(runs) - len(counted)
    )
    why = _why(found, [runs[i] for i in counted], [expected[i] for i in counted], out, answer)
    return replace(report, reasons=why)


@dataclass(frozen=True)
class _Run:
    edge: str
    inputs: Mapping[str, Any]
    found: list[Any]


def _arrays(numbers: Mapping[str, list[float]], areas: Mapping[str, Area]) -> dict[str, Any]:
    return {
        name: np.array(flat).reshape(areas[name].rows, areas[name].columns)
        for name, flat in numbers.items()
    }


def _expected(found: Reference, run: _Run, out: Area, **choices: str) -> Any:
    """What the function gives, in the shape of the output.

    Raises:
        SheetformerError: it fails, or gives another number of values.
    """
    inputs = {
        name: float(array.item()) if array.size == 1 and not found.known else array.copy()
        for name, array in run.inputs.items()
    }
    if found.known and found.known.shaped:
        inputs["shape"] = (out.rows, out.columns)
    try:
        with np.errstate(all="ignore"):
            result = np.asarray(found.function(**inputs, **choices), dtype=float)
    except Exception as error:  # whatever a function of one's own raises
        shapes = ", ".join(f"{name} {_size(array)}" for name, array in run.inputs.items())
        raise SheetformerError(f"{found.name} fails on {shapes}: {error}") from error
    return _shaped(result, found.name, out)


def _shaped(result: Any, name: str, out: Area) -> Any:
    rows, columns = out.rows, out.columns
    flat = result.ndim < 2 and result.size == rows * columns and min(rows, columns) == 1
    if result.shape == (rows, columns) or flat:
        return result.reshape(rows, columns)
    given = _size(result)
    hint = "; the output lies turned" if result.T.shape == (rows, columns) else ""
    raise SheetformerError(
        f"{name} gives {given} numbers for these inputs, and the output {out} has "
        f"{rows} × {columns} cells{hint}"
    )


def _size(array: Any) -> str:
    return " × ".join(map(str, array.shape)) or "1"


def _trial(run: _Run, expected: Any, out: Area) -> Trial:
    """A trial with the cells that are off."""
    off: list[OffCell] = []
    largest = 0.0
    for cell, wanted, found in zip(out.cells(), expected.ravel().tolist(), run.found, strict=True):
        apart = difference(wanted, found) if isinstance(found, float) else math.inf
        largest = max(largest, apart)
        if apart > TOLERANCE:
            off.append(OffCell(out.sheet, a1(*cell), wanted, found))
    return Trial(run.edge, run.inputs, largest, tuple(off))


def _why(
    found: Reference,
    runs: Sequence[_Run],
    expected: Sequence[Any],
    out: Area,
    answer: Mapping[str, Any],
) -> tuple[str, ...]:
    """What can be said of an output that is not the function."""
    if not answer["formulas"]["output"]:
        return (NO_FORMULA,)
    moves = any(not np.allclose(values, expected[0]) for values in expected)
    if moves and len(runs) > 1 and all(run.found == runs[0].found for run in runs):
        return (CONSTANT,)
    # What a slip makes of an error is another thing in every program.
    calm = [i for i, run in enumerate(runs) if not has_errors(run.found)]
    right = all(explains(expected[i], runs[i].found) for i in calm)
    kept = [runs[i] for i in calm]
    said = () if right else reasons(_instead(found, kept, out), [run.found for run in kept])
    overflows = kept and len(kept) < len(runs) and (said or right) and _overflows(found, runs, out)
    return (*said, OVERFLOW) if overflows else said


def _overflows(found: Reference, runs: Sequence[_Run], out: Area) -> bool:
    """Whether the function overflows wherever an error is shown, if it is computed so."""
    choices = found.known.overflowing if found.known else {}
    return bool(choices) and not any(
        np.isfinite(_expected(found, run, out, **choices)).all()
        for run in runs
        if has_errors(run.found)
    )


def _instead(
    found: Reference, runs: Sequence[_Run], out: Area
) -> Iterator[tuple[tuple[str, ...], Callable[[int], Any]]]:
    """The slips of a known function, each as what it gives in a trial."""
    for said, choices in alternatives(found.known.slips) if found.known else ():
        yield said, partial(_slipped, found, runs, out, choices)


def _slipped(
    found: Reference, runs: Sequence[_Run], out: Area, choices: Mapping[str, str], trial: int
) -> Any:
    try:
        return _expected(found, runs[trial], out, **choices)
    except SheetformerError as error:
        raise ValueError(str(error)) from None
