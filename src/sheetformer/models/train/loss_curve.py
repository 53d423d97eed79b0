"""The course of a training as a table and as a picture."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from sheetformer.files import write_whole

Epochs = Sequence[Mapping[str, float]]


def write_table(rows: Epochs, path: Path) -> None:
    """Write a row an epoch as CSV."""
    text = io.StringIO()
    writer = csv.DictWriter(text, list(rows[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows({name: f"{value:.6g}" for name, value in row.items()} for row in rows)
    write_whole(path, text.getvalue().encode())


def write_picture(rows: Epochs, path: Path) -> bool:
    """Draw the losses and the held-out figures; does nothing without matplotlib.

    Returns:
        Whether there is a picture.
    """
    try:
        from matplotlib.figure import Figure
    except ImportError:
        return False
    figure: Any = Figure(figsize=(8, 4), layout="constrained")
    left, right = figure.subplots(1, 2)
    steps = [row["step"] for row in rows]
    _lines(left, steps, rows, {"translation": "translation", "alignment": "alignment"})
    left.set(title="Loss while training", xlabel="step", yscale="log")
    _lines(right, steps, rows, {"exact": "exact match", "error_rate": "alignment error rate"})
    right.set(title="Development sentences", xlabel="step", ylim=(-0.02, 1.02))
    content = io.BytesIO()
    figure.savefig(content, format="png", dpi=120)
    write_whole(path, content.getvalue())
    return True


def _lines(axes: Any, steps: Sequence[float], rows: Epochs, names: Mapping[str, str]) -> None:
    for style, (name, label) in zip(("-", "--"), names.items(), strict=True):
        if any(row[name] > 0 for row in rows):  # else not measured
            axes.plot(steps, [row[name] for row in rows], style, label=label)
    if axes.get_lines():
        axes.legend(frameon=False)
