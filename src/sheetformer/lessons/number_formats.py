"""Lesson: number-formats; what rounding to few bits does to a number, to a head, and to softmax.

Formats of IEEE 754-2019 (float32, float16), bfloat16, the FP8 formats of Micikevicius et al. 2022
(E4M3, E5M2), and int8 with a scale a row. Each rounding is a formula; gradients would go straight
through it.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from sheetformer.book.build import build
from sheetformer.book.workbook import Book
from sheetformer.graph import nn
from sheetformer.graph.array import NUMPY, Array
from sheetformer.graph.functions import copy, elementwise
from sheetformer.graph.number_formats import FORMATS
from sheetformer.graph.storable import LARGEST
from sheetformer.language import translate
from sheetformer.lessons.number_formats_all import all_formats
from sheetformer.lessons.number_formats_head import (
    GROUP,
    TINY,
    Head,
    declare_head,
    largest,
    one_format,
)
from sheetformer.lessons.number_formats_questions import questions
from sheetformer.lessons.number_formats_softmax import sharper
from sheetformer.lessons.story import Lesson, dial, order
from sheetformer.story.caption import Allowed
from sheetformer.story.check import check
from sheetformer.story.figures import Curve, Curves
from sheetformer.story.placement import Figure
from sheetformer.story.questions import ask
from sheetformer.story.sentences import say, spoken
from sheetformer.story.story import Story

TITLE = "Number formats: what rounding does to attention"
ALL = "All formats"
SIZES = np.exp2(np.arange(-22.0, 9.0, 2.0))[:, None]
"""Of the numbers whose steps are drawn: all formats hold them."""


def number_formats(formulas: str = "matrix") -> Book:
    """The lesson's book: a number, a head and its shares in seven formats.

    Args:
        formulas: "matrix", "cell" or "named".
    """
    story = Story(TITLE, head=LESSON.head(), order=order(GROUP, ALL))
    forms = _formats(story)
    _one_number(story, forms)
    _fineness(story, forms)
    head = declare_head(story)
    _whole_numbers(story, head)
    facts, rounding = one_format(story, head, forms)
    all_formats(story, head, facts, ALL)
    sharper(story, head, rounding)
    questions(story)
    ask(story, GROUP)
    check(story)
    return build(story, formulas)


def _formats(story: Story) -> nn.Form:
    """The facts of the five formats with an exponent, a column each: (5, 1)."""
    story.stage(
        "1   One number in five formats",
        "Spreadsheets, and NumPy, keep a number in 64 bits (float64), about 16 digits; models are "
        "kept in far fewer. A number is a sign, a power of two, and some digits in base two. "
        "Between two powers of two a format has equal steps, and it takes the nearest of them; of "
        "two that are equally near, the one whose count of steps is even. What is larger than its "
        "largest number becomes infinity (here 1E+30, which stands for it). E4M3 has no infinity: "
        "PyTorch's cast gives no number (NaN), libraries for FP8 its largest number, as here. Each "
        "shorter format is reached by way of float32, as in PyTorch. Type any number.",
        "step = 2^(exponent + 1 − digits)",
        GROUP,
    )
    names = np.array([form.name for form in FORMATS], dtype=object)
    columns: list[Array] = []
    for name, title, note, numbers, look in (
        ("bits", "Bits in all", "Of a number.", [form.bits for form in FORMATS], "integer"),
        ("digits", "Digits", "In base two.", [form.significant for form in FORMATS], "integer"),
        ("least", "Least exponent", "Of the power of two.",
         [form.least for form in FORMATS], "integer"),
        ("largest", "Largest", "Number.", [form.largest for form in FORMATS], "tiny"),
        ("beyond", "Beyond it", "1E+30 is ∞.",
         [LARGEST if form.infinite else form.largest for form in FORMATS], "tiny"),
    ):  # fmt: skip
        column = np.array(numbers, dtype=float)[:, None]
        columns.append(
            story.constant(column, name, title=title, note=note, number_format=look,
                           labels=[names, None], label_columns=2 if not columns else 1)
        )  # fmt: skip
    return nn.Form(*columns[1:])


def _one_number(story: Story, forms: nn.Form) -> None:
    """The typed number (1, 1) in each format (5, 1)."""
    note, allowed = "Any number.", Allowed(-1e6, 1e6)
    number = dial(story, 0.1, "typed", note, allowed, title="Your number", line=True,
                  number_format="gradient")  # fmt: skip
    single = nn.cast(number, FORMATS[0], "single")
    for part in ("single_step", "single_nearest", "single"):
        story.place(story.named(part), workings=True)
    names = forms.largest.labels[0]
    rounded = nn.cast(single, forms, "rounded")
    step, nearest = story.named("rounded_step"), story.named("rounded_nearest")
    labels = (names, None)
    story.show(step, "rounded_step", "2^(exponent + 1 − digits)", "To the next number.",
               title="Step", number_format="tiny", labels=labels, label_columns=2)  # fmt: skip
    note = "Ties to the even one."
    count = story.show(nearest / step, "steps", "typed / step", note, title="Steps",
                       number_format="integer", labels=labels)  # fmt: skip
    story.place(nearest, workings=True)
    story.place(count, before=rounded)
    story.show(rounded, "rounded", "steps · step", "What the format keeps.", title="Rounded",
               number_format="gradient", labels=labels)  # fmt: skip
    kept = elementwise("less_equal", abs(nearest), forms.largest)
    error = np.where(kept, abs(rounded - number), 0.0)
    story.show(error, "off_by", "|rounded − typed|", "0 where it is too large.",
               title="Off by", number_format="tiny", labels=labels)  # fmt: skip
    power = NUMPY.log(step) / np.log(2.0)
    said = np.array(names)[:, None]
    say(
        story, "rounded_told", "{format}: {count} × 2^{power} = {rounded}",
        title="In words", placed={"line": True}, when=kept,
        otherwise="{format}: too large, it becomes {rounded}.",
        format=story.constant(said, "format_names", title="Formats",
                              labels=(None, None), workings=True),
        count=count, power=power, rounded=spoken(rounded, 12),
    )  # fmt: skip


def _fineness(story: Story, forms: nn.Form) -> None:
    """How fine each format (5) is at numbers of each size (k, 1)."""
    stage = story.stage(
        "2   Fine everywhere, or only near 0?",
        "A step over the number it belongs to says how many digits are left. For a float the curve "
        "is flat: large and small numbers keep the same digits. On the left it rises, where the "
        "exponent cannot fall further: there the steps grow no finer (subnormal numbers), and what "
        "is below half the smallest step becomes 0. bfloat16 reaches as far as float32 with "
        "few digits; float16 has more digits and ends early. FP8 must choose: E4M3 has a digit "
        "more, E5M2 reaches further.",
        "step / number",
        GROUP,
    )
    note = "Even powers of two."
    sizes = story.constant(SIZES, "sizes", note=note, title="Numbers", number_format="tiny")
    labels = (None, forms.largest.labels[0])
    step = elementwise("spacing", sizes, forms.significant.T, forms.least.T) / sizes
    fine = story.show(step, "fineness", "step / number", "The smaller, the finer.",
                      title="Step over number", number_format="tiny", labels=labels)  # fmt: skip
    curves = tuple(Curve(form.name, sizes, fine[:, i : i + 1]) for i, form in enumerate(FORMATS))
    drawing = Curves(
        translate("How fine each format is, by the size of the number"),
        (translate("number"), translate("step over number")), curves, log=(True, True),
        number_format="0E+00",
    )  # fmt: skip
    story.figures.append(Figure(stage, 17, 7, drawing))


def _whole_numbers(story: Story, head: Head) -> None:
    """The keys (n, d) as whole numbers from −127 to 127 with a scale a row (n, 1)."""
    story.stage(
        "4   int8: whole numbers and a scale",
        "Without exponents: whole numbers from −127 to 127, one byte each, and one scale for each "
        "row, its largest number over 127. All numbers of a row share its step, so one large "
        "number makes all others coarse: type 1000 into a row of K and see its other numbers "
        "vanish. That is why models with such outliers are hard to store in int8.",
        "n = round(K / scale)",
        GROUP,
    )
    again = story.show(copy(head.key), "K_again", "K", "", title="Keys", labels=head.key.labels)
    scale = _scale(again)
    story.show(scale, "scale", "max |K| / 127", "One a row.", title="Scale",
               number_format="gradient", labels=(head.key.labels[0], None))  # fmt: skip
    back = nn.quantize(again, scale)
    whole: Any = back / scale
    note, title = "Ties to the even one.", "Whole numbers"
    story.show(whole, "whole_numbers", "round(K / scale)", note, title=title,
               number_format="integer", labels=head.key.labels, line=True)  # fmt: skip
    story.show(back, "K_int8", "scale · n", "What is kept.", title="Keys in int8",
               number_format="gradient", labels=head.key.labels)  # fmt: skip
    story.place(whole, before=back)


def _scale(x: Array) -> Array:
    return NUMPY.maximum(largest(x), TINY) / 127.0


LESSON = Lesson(
    TITLE,
    "One number, one head and softmax in float32, bfloat16, float16, FP8 and int8; what is lost.",
    number_formats,
    picture=1,
    name="number-formats",
    goal="say what a number format keeps, and where a rounded head goes wrong",
    needs=("softmax", "cross-attention"),
    minutes=25,
    blanks="scores, shares, blend, off_by",
)
