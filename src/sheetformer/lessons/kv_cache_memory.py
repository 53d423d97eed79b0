"""Step 6 of the lesson kv-cache: how much memory a cache takes, for sizes that can be typed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from sheetformer.graph.array import Array
from sheetformer.language import translate
from sheetformer.lessons.kv_cache_cost import GROUP, WIDE
from sheetformer.story.caption import Allowed
from sheetformer.story.figures import Curve, Curves
from sheetformer.story.number_cells import allow
from sheetformer.story.placement import Figure
from sheetformer.story.sentences import say, spoken
from sheetformer.story.story import Story

MODELS = (
    ("GPT-2 small", (12, 12, 12, 64, 1024, 2, 1)),
    ("Llama 2 7B", (32, 32, 32, 128, 4096, 2, 1)),
    ("Llama 3 8B", (32, 32, 8, 128, 8192, 2, 1)),
    ("Llama 3 70B", (80, 64, 8, 128, 8192, 2, 1)),
)
"""Sizes as they were published (Radford et al. 2019; Touvron et al. 2023; Grattafiori et al. 2024):
layers, heads, key heads, head size, tokens; then bytes a number, and texts at once."""
YOURS = (40, 40, 40, 128, 4096, 2, 8)
GIB = float(1 << 30)


@dataclass(frozen=True)
class Sizes:
    """The models by name (5, 1), and their caches in GiB (5, 1); the last is the reader's own."""

    names: Array
    gib: Array


def memory(story: Story) -> Sizes:
    """Step 6: bytes of the cache of real models."""
    number = story.stage(
        "6   What it takes to remember",
        "A key and a value are kept for every token, in every layer, for every key head. Each has "
        "as many numbers as a head, each number some bytes (2 for 16-bit ones), and that for "
        "every text that is answered at once. So the cache grows with each token and with each "
        "reader, and it limits how many can be answered together. Several heads that share one "
        "key head make it smaller. Type other sizes, most of all into the last row.",
        "2 · L · h · d · T · b · B",
        GROUP,
        WIDE,
    )
    listed = [*(name for name, _ in MODELS), translate("yours")]
    names = story.constant(np.array(listed, dtype=object)[:, None], "models", title="Models",
                           workings=True)  # fmt: skip
    columns = ["layers L", "heads", "key heads h", "head size d", "tokens T", "bytes b", "batch B"]
    labels = [names.ids[:, 0].astype(object),
              np.array([translate(name) for name in columns], dtype=object)]  # fmt: skip
    given = np.array([*(size for _, size in MODELS), YOURS], dtype=float)
    sizes = story.input(given, "sizes", title="Sizes", labels=labels, number_format="general",
                        label_columns=2)  # fmt: skip
    allow(story, sizes, Allowed(0, 1e7))
    part = {name: sizes[:, i : i + 1] for i, name in enumerate(columns)}
    rows: dict[str, Any] = {"labels": (labels[0], None), "label_columns": 2}
    each = 2.0 * part["layers L"] * part["head size d"] * part["bytes b"]
    per_token = story.show(each * part["key heads h"] / 1024.0, "kib_a_token",
                           "2 L h d b / 2¹⁰",
                           title="KiB a token", line=True, **rows)  # fmt: skip
    many = part["tokens T"] * part["batch B"]
    gib = story.show(per_token * many * 1024.0 / GIB, "gib", "2 L h d T b B / 2³⁰",
                     title="The cache in GiB", **rows)  # fmt: skip
    full = story.show(each * part["heads"] * many / GIB, "gib_full", "",
                      title="If each head had its own keys", **rows)  # fmt: skip
    said = spoken(gib, 2)
    say(story, "memory_told",
        "{model}: {token} KiB a token, {gib} GiB in all; {full} GiB if each head had its own keys.",
        title="In words", model=names, token=per_token, gib=said,
        full=spoken(full, 2))  # fmt: skip
    curves = (
        Curve(translate("the cache"), names[:, 0], gib),
        Curve(translate("with keys for each head"), names[:, 0], full),
    )
    title, axes = translate("The cache in GiB"), (translate("Models"), "GiB")
    drawing = Curves(title, axes, curves, bars=True)
    story.figures.append(
        Figure(number, 10, 7, drawing, before_block="memory_told", direction="line")
    )
    return Sizes(names, gib)
