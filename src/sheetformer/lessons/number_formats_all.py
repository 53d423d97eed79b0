"""One attention head in every number format at once (lesson number-formats)."""

from __future__ import annotations

from typing import Any

import numpy as np

from sheetformer.graph import nn
from sheetformer.graph.array import Array
from sheetformer.graph.functions import copy
from sheetformer.language import translate
from sheetformer.lessons.number_formats_head import (
    ERROR,
    GROUP,
    NAMES,
    SHOWN,
    Facts,
    Head,
    errors_of,
    fold,
    rounding_to,
    run_head,
    step_labels,
)
from sheetformer.story.figures import Curve, Curves
from sheetformer.story.placement import Figure
from sheetformer.story.story import Story


def all_formats(story: Story, head: Head, facts: Facts, sheet: str) -> None:
    """Stage 6: the head in six formats at once; all numbers stand on a sheet of their own."""
    stage = story.stage(
        "6   All formats beside each other",
        "The same head in each format (sheet All formats). In a float the error is a share of each "
        "number, whatever its size; in int8 it is a share of the largest of the row. float16 is "
        "nearer than bfloat16, for it has more digits, as long as nothing is too large for it. "
        "Among the two kinds of FP8 it is the digits again.",
        ERROR,
        GROUP,
    )
    story.stage("Each format, step by step", "Every number of the head, in every format.", "",
                sheet, 40)  # fmt: skip
    form = facts.form
    columns = (form.significant, form.least, form.largest, form.beyond, facts.is_whole)
    stacked = [column[1:].reshape(-1, 1, 1) for column in columns]
    since = len(story.graph.nodes)
    parts = run_head(
        [head.query, head.key, head.value], rounding_to(nn.Form(*stacked[:4]), stacked[4]), "_all"
    )
    fold(story, since)
    names = np.array(NAMES[1:], dtype=object)
    for name, (title, equation, look) in SHOWN.items():
        part = parts[name]
        story.show(part, f"{name}_all", equation, "", title=title, number_format=look,
                   labels=(names, *head.exact[name].labels), workings=False)  # fmt: skip
    since = len(story.graph.nodes)
    errors = copy(errors_of(parts, head.exact, "_all")[..., 0])
    fold(story, since)
    story.show(errors, "errors_all", ERROR, "The smaller, the better.",
               title="How far off, by format and step", number_format="tiny", label_columns=2,
               labels=(names, step_labels()), stage=stage, workings=False)  # fmt: skip
    _errors_drawn(story, stage, errors)


def _errors_drawn(story: Story, stage: int, errors: Array) -> None:
    """How many digits the errors (6, 6) leave right, as bars, a colour a format."""
    digits: Any = np.log(errors + 1e-16) / -np.log(10.0)  # type: ignore[operator]
    labels: Any = errors.labels
    story.show(digits, "right_digits", "−log₁₀ error", "16: as many as float64.",
               title="Right digits", labels=labels, label_columns=2, stage=stage)  # fmt: skip
    names = story.constant(step_labels()[:, None], "step_names_all", title="Steps",
                           workings=True, stage=stage)  # fmt: skip
    curves = tuple(Curve(name, names[:, 0], digits[i]) for i, name in enumerate(NAMES[1:]))
    drawing = Curves(
        translate("Right digits of each step, by format"),
        (translate("step"), translate("right digits")), curves, bars=True,
    )  # fmt: skip
    story.figures.append(Figure(stage, 16, 9, drawing))
