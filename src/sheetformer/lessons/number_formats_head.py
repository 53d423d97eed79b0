"""One attention head whose numbers are rounded at each step (lesson number-formats)."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from sheetformer.graph import nn
from sheetformer.graph.array import NUMPY, Array
from sheetformer.graph.functions import (
    concatenate,
    copy,
    deviation,
    elementwise,
    embedding,
    lookup,
    named,
)
from sheetformer.graph.number_formats import FORMATS
from sheetformer.graph.storable import LARGEST
from sheetformer.language import translate
from sheetformer.lessons.story import numbered
from sheetformer.models.word_weights import embed, load_word_weights
from sheetformer.story.caption import Allowed
from sheetformer.story.figures import Curve, Curves
from sheetformer.story.number_cells import allow
from sheetformer.story.placement import Figure
from sheetformer.story.sentences import say
from sheetformer.story.story import Story

GROUP = "Formats"
NAMES = ("float64", *(form.name for form in FORMATS), "int8")
"""What a reader may pick; the first one rounds nothing."""
FIRST = "bfloat16"
SOURCE, TARGET = ("I", "am", "happy"), ("eu", "estou", "feliz")
TINY = 1e-9
"""In the place of 0 below a line; programs take much smaller numbers for 0 in a comparison."""
STEPS = ("Q", "K", "V", "scores", "shares", "blend")
ERROR = "max |rounded − exact| / max |exact|"
Rounding = Callable[[Any, str], Any]
"""Numbers (…, n, d) and a name → the rounded ones."""


@dataclass(frozen=True)
class Head:
    """Queries (m, d), keys and values (n, d), and what float64 makes of them, by step."""

    query: Array
    key: Array
    value: Array
    exact: dict[str, Array]


@dataclass(frozen=True)
class Facts:
    """What is known of the formats of `NAMES`, a column each: (7, 1)."""

    names: Array
    form: nn.Form
    is_whole: Array
    is_exact: Array


def declare_head(story: Story) -> Head:
    """Stage 3: the numbers of a learned head, which a reader may change, and what they give."""
    story.stage(
        "3   A head to be rounded",
        "Queries, keys and values of the lesson cross-attention, for “I am happy” and “eu estou "
        "feliz”, with four decimals. Below stands what attention makes of them in float64: the "
        "other formats are held against that. Type other numbers.",
        "softmax(Q Kᵀ / √d) V",
        GROUP,
    )
    weights = load_word_weights()
    english = _vectors(SOURCE, weights.source_words, weights.source_embeddings)
    portuguese = _vectors(TARGET, weights.target_words, weights.target_embeddings)
    given: list[Array] = []
    for name, title, x, matrix, words in (
        ("Q", "Queries", portuguese, weights.w_q, TARGET),
        ("K", "Keys", english, weights.w_k, SOURCE),
        ("V", "Values", english, weights.w_v, SOURCE),
    ):
        labels = [np.array(words, dtype=object), numbered("d", weights.d_model)]
        typed = story.input((x @ matrix).round(4) + 0.0, name, title=title, labels=labels,
                            number_format="number")  # fmt: skip
        allow(story, typed, Allowed(-1000, 1000))
        given.append(typed)
    since = len(story.graph.nodes)
    exact = run_head(given, lambda x, _: x, "")
    fold(story, since)
    _show_exact(story, exact)
    return Head(given[0], given[1], given[2], exact)


def _vectors(words: tuple[str, ...], known: Any, embeddings: Any) -> Any:
    return embed([(word,) for word in words], known, embeddings)


def _show_exact(story: Story, exact: dict[str, Array]) -> None:
    title, note = "Scaled scores", "How well each question fits."
    story.show(exact["scores"], "scores", "Q Kᵀ / √d", note, title=title, line=True,
               role="scaled scores", workings=False)  # fmt: skip
    title, note = "Shares", "Who looks at whom."
    story.show(exact["shares"], "shares", "softmax(scores)", note, title=title,
               role="attention weights", workings=False)  # fmt: skip
    title, note = "Blend", "What each word takes."
    story.show(exact["blend"], "blend", "shares · V", note, title=title, role="blend",
               workings=False)  # fmt: skip


def run_head(parts: Sequence[Array], rounding: Rounding, at: str) -> dict[str, Array]:
    """The head of Q, K and V with each step rounded, by the names of `STEPS`."""
    q, k, v = (rounding(part, f"{name}{at}") for name, part in zip(STEPS, parts, strict=False))
    root = float(np.sqrt(parts[0].shape[-1]))
    scaled = rounding((q @ k.swapaxes(-1, -2)) / root, f"scores{at}")
    weights = rounding(softmax_of(scaled, f"odds{at}"), f"shares{at}")
    blend = rounding(weights @ v, f"blend{at}")
    return dict(zip(STEPS, (q, k, v, scaled, weights, blend), strict=True))


def softmax_of(scaled: Any, name: str) -> Any:
    """Shares (…, m, n) of scaled scores, in float64; the exponentials get a name."""
    exponentials = named(
        np.exp(scaled - scaled.max(axis=-1, keepdims=True)), name, "softmax exponentials"
    )
    return exponentials / exponentials.sum(axis=-1, keepdims=True)


def largest(x: Array) -> Array:
    """The largest of a row (…, n, d) without its sign: (…, n, 1), inside its user's formula."""
    return NUMPY.maximum(x.max(axis=-1, keepdims=True), -x.min(axis=-1, keepdims=True))


def rounding_to(form: nn.Form, is_whole: Any, is_exact: Any = None) -> Rounding:
    """Rounds to a format, or to int8 with a scale a row where `is_whole` is 1."""

    def rounded(x: Array, name: str) -> Array:
        named(x, x.node.name or f"{name}_before", "" if x.node.name else "before rounding")
        scale = NUMPY.maximum(largest(x), TINY) / 127.0
        spacing = elementwise("spacing", x, form.significant, form.least)
        step = named(np.where(is_whole, scale, spacing), f"{name}_step", "spacing")
        nearest = named(nn.quantize(x, step), f"{name}_nearest", "nearest")
        within = nn.within(nearest, form.largest, form.beyond)
        return named(within if is_exact is None else np.where(is_exact, x, within), name, "cast")

    return rounded


def fold(story: Story, since: int, shown: Collection[str] = ()) -> None:
    """Put what was computed since so many nodes into the workings, but for what is shown."""
    for node in story.graph.nodes[since:]:
        if node.name not in shown:
            story.move(node, workings=True)


def _declare_facts(story: Story, forms: nn.Form) -> Facts:
    """The formats that a reader may pick: float64 and int8 beside the five."""
    names = np.array(NAMES, dtype=object)[:, None]
    listed = story.constant(names, "formats", title="Formats", note="To pick from.",
                            workings=True)  # fmt: skip
    labels = (listed.ids[:, 0].astype(object), None)
    columns: dict[str, Array] = {}
    for name, title, part, least in (
        ("all_digits", "Digits", forms.significant, FORMATS[0].significant),
        ("all_least", "Least exponent", forms.least, FORMATS[0].least),
        ("all_largest", "Largest", forms.largest, FORMATS[0].largest),
        ("all_beyond", "Beyond it", forms.beyond, LARGEST),
    ):
        # What float64 and int8 do not use is that of float32.
        usual = float(least)
        numbers = np.array([usual, *part.value[:, 0], usual])[:, None]
        columns[name] = story.constant(
            numbers, name, title=title, labels=labels, number_format="tiny"
        )
    is_whole = story.constant((names == "int8").astype(float), "is_int8", labels=labels,
                              title="Is it int8?")  # fmt: skip
    is_exact = story.constant((names == "float64").astype(float), "is_float64", labels=labels,
                              title="Is it float64?")  # fmt: skip
    for column in (*columns.values(), is_whole, is_exact):
        story.place(column, workings=True)
    for column in (is_whole, is_exact):
        story.tell(column, number_format="mask")
    return Facts(listed, nn.Form(*columns.values()), is_whole, is_exact)


def one_format(story: Story, head: Head, forms: nn.Form) -> tuple[Facts, Rounding]:
    """Stage 5: the head in a format that is picked; gives how that rounds, and all facts."""
    stage = story.stage(
        "5   The head in one format",
        "Pick a format. Queries, keys and values are rounded, then the scores made of them, the "
        "shares, and the blend; each sum is taken in float64 first, as chips add up in more "
        "digits than they store. At each step an error enters, and those of the steps before are "
        "handed on. What is too large goes on as in step 1 (PyTorch would show inf or nan). "
        "Click a number: its formula rounds. The bars show how far each step is from float64, over "
        "its largest number.",
        "round(round(Q) round(K)ᵀ / √d), …",
        GROUP,
    )
    facts = _declare_facts(story, forms)
    picked = _pick(story, facts)
    rounding = rounding_to(*picked)
    since = len(story.graph.nodes)
    parts = run_head([head.query, head.key, head.value], rounding, "_rounded")
    fold(story, since)
    for name, (title, equation, look) in SHOWN.items():
        story.show(parts[name], f"{name}_rounded", equation, "", title=title, number_format=look,
                   line=name == "scores", workings=False)  # fmt: skip
    since = len(story.graph.nodes)
    errors = copy(errors_of(parts, head.exact, ""))
    story.show(errors, "errors", ERROR, "0: nothing is lost.", title="How far off",
               number_format="tiny", labels=(step_labels(), None), line=True)  # fmt: skip
    fold(story, since, {"errors"})
    _errors_told(story, stage, errors, parts, head)
    return facts, rounding


SHOWN = {
    "Q": ("Queries, rounded", "round(Q)", "gradient"),
    "K": ("Keys, rounded", "round(K)", "gradient"),
    "V": ("Values, rounded", "round(V)", "gradient"),
    "scores": ("Scores, rounded", "round(Q Kᵀ / √d)", "gradient"),
    "shares": ("Shares, rounded", "round(softmax(scores))", "share"),
    "blend": ("Blend, rounded", "round(shares · V)", "gradient"),
}


def _pick(story: Story, facts: Facts) -> tuple[nn.Form, Array, Array]:
    """The facts of the picked format, (1, 1) each."""
    word = story.input(
        np.array([[FIRST]], dtype=object), "format", title="Format", note="Pick one from the list.",
        choices=facts.names.ids[:, 0], labels=(None, None),
    )  # fmt: skip
    places = np.arange(float(len(NAMES)))
    is_it = elementwise("equal", facts.names, word)
    story.show(is_it, "is_format", "", "1 where it is.", title="Which it is", number_format="mask",
               workings=True)  # fmt: skip
    known = is_it.max(axis=0, keepdims=True)
    message = np.where(known, "", translate("← no such format: float64, without rounding"))
    story.show(message, "format_message", number_format="message", labels=(None, None))
    numbers = story.constant(places, "format_numbers", title="Rows", number_format="integer",
                             workings=True)  # fmt: skip
    row = lookup(word, facts.names[:, 0], numbers)
    story.show(row, "format_row", "", "Its row, from 0.", number_format="integer", workings=True,
               title="Row of the format")  # fmt: skip
    columns = (facts.form.significant, facts.form.least, facts.form.largest, facts.form.beyond,
               facts.is_whole, facts.is_exact)  # fmt: skip
    found = [
        story.show(embedding(column[:, 0], row), name, title=title, number_format=look,
                   workings=True, labels=(None, None))
        for column, (name, title, look) in zip(columns, _PICKED, strict=True)
    ]  # fmt: skip
    return nn.Form(*found[:4]), found[4], found[5]


_PICKED = (
    ("digits_picked", "Its digits", "integer"),
    ("least_picked", "Its least exponent", "integer"),
    ("largest_picked", "Its largest number", "tiny"),
    ("beyond_picked", "What is beyond it", "tiny"),
    ("is_int8_picked", "Is it int8?", "mask"),
    ("is_float64_picked", "Is it float64?", "mask"),
)


def step_labels() -> Any:
    """What the steps of the head are called, in the language in use: (6,)."""
    return np.array([translate(name) for name in STEPS], dtype=object)


def errors_of(parts: dict[str, Array], exact: dict[str, Array], at: str) -> Array:
    """The largest error of each step over its largest number: (…, 6, 1), below each other."""
    found: list[Array] = []
    for name in STEPS:
        apart = named(parts[name] - exact[name], f"{name}_apart{at}", "apart")
        whole = [_flat(one) for one in (apart, exact[name])]
        size = NUMPY.maximum(largest(whole[1]), TINY)
        found.append(named(largest(whole[0]) / size, f"{name}_error{at}", "error"))
    return concatenate(found, axis=-2)


def _flat(x: Array) -> Array:
    """Matrices (…, n, d) as rows: (…, 1, n · d)."""
    return x.reshape(*x.shape[:-2], 1, -1)


def _errors_told(
    story: Story, stage: int, errors: Array, parts: dict[str, Array], head: Head
) -> None:
    names = story.constant(step_labels()[:, None], "step_names", title="Steps", workings=True)
    bars = Curves(
        translate("How far each step is from float64"),
        (translate("step"), translate("error over the largest number")),
        (Curve(translate("error"), names[:, 0], errors),), bars=True, number_format="0E+00",
    )  # fmt: skip
    story.figures.append(Figure(stage, 13, 6, bars, before_block="format_told"))
    apart = deviation(parts["shares"], head.exact["shares"])
    story.show(apart, "share_error", "max |shares_rounded − shares|", "Over all words.",
               title="Largest error of a share", number_format="share")  # fmt: skip
    whole = parts["shares"].sum(axis=1, keepdims=True)
    story.show(whole, "shares_in_all", "Σ shares_rounded", "No longer quite 100 %.",
               title="All shares together", number_format="share", below=True)  # fmt: skip
    say(
        story, "format_told",
        "In {format} a share is off by up to {share} points, the blend by {blend} % of its largest "
        "number.",
        title="In words", placed={"line": True}, decimals=4, format=story.named("format"),
        share=apart.reshape(1, 1) * 100.0, blend=errors[-1:] * 100.0,
    )  # fmt: skip
