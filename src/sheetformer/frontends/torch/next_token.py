"""What a language model would write next, by formula: the tokens with the largest logits."""

from __future__ import annotations

from typing import Any

import numpy as np

from sheetformer.frontends.torch.panel import rows_of, table_of
from sheetformer.frontends.torch.sheets import NEXT, Sheets
from sheetformer.graph.array import Array
from sheetformer.graph.functions import concatenate, copy, embedding, inline, largest
from sheetformer.graph.node import Ids, Labels
from sheetformer.graph.turned import is_wide
from sheetformer.story.story import Story

TOP = 5
"""How many tokens are shown."""
_SAYS = (
    "The tokens that the model finds likeliest after the last one, now: the first is what it "
    "writes if it always takes the likeliest, all of them are what it draws from. They follow what "
    "you type."
)


def add_next_token(story: Story, sheets: Sheets, output: Ids, columns: Labels) -> None:
    """A sheet with the next tokens of a model's logits (…, n, v).

    Args:
        story: of one recorded run.
        sheets: where it stands.
        output: the elements of the logits.
        columns: the pieces of text of the vocabulary (v,), or None where they are not known.
    """
    last = rows_of(story, output)[-1:]
    count = min(TOP, last.shape[-1])
    stage = sheets.stage(NEXT, "The next token", _SAYS)
    ranks = np.array([f"{i + 1}." for i in range(count)], dtype=object)
    line: dict[str, Any] = {"labels": (None, ranks), "stage": stage, "line": True}
    pairs = [_ranked(story, last, i, stage) for i in range(count)]
    logits = story.show(
        copy(concatenate([value for value, _ in pairs], -1)), "next_logits",
        note="Their logits.", **line,
    )  # fmt: skip
    places = story.show(
        copy(concatenate([place for _, place in pairs], -1)), "next_tokens",
        note="Their numbers in the vocabulary.", number_format="integer", **line,
    )  # fmt: skip
    if (table := table_of(story, sheets, columns)) is not None:
        note = "Their pieces of text."
        story.show(embedding(table, places), "next_pieces", note=note, number_format="word", **line)
    _shares(story, last, logits, line)


def _ranked(story: Story, last: Array, i: int, stage: int) -> tuple[Array, Array]:
    """The number and the place of one rank, folded away."""
    value, place = largest(last, i + 1)
    story.show(value, f"next_logit_{i + 1}", stage=stage, workings=True)
    story.show(place, f"next_place_{i + 1}", stage=stage, workings=True, number_format="integer")
    return value, place


def _shares(story: Story, last: Array, logits: Array, line: dict[str, Any]) -> None:
    """The probability of each of these tokens: softmax over the whole vocabulary."""
    top = last.max(axis=-1, keepdims=True)
    story.show(top, "next_largest", stage=line["stage"], workings=True)
    note = "exp(logit − largest) of every token."
    exponentials = story.show(
        np.exp(inline(last - top)), "next_exponentials", "exp(logit − largest)", note,
        stage=line["stage"], workings=True,
    )  # fmt: skip
    total = exponentials.sum(axis=-1, keepdims=True)
    story.show(total, "next_total", "Σ exp", stage=line["stage"], workings=True)
    note = "Their probabilities: softmax over the whole vocabulary."
    shares = np.exp(inline(logits - top)) / total
    story.show(shares, "next_shares", "softmax", note, number_format="share", **line)


def says_next(result: Any, output: Ids, wish: bool | None) -> bool:
    """Whether logits (…, n, v) get their next tokens: if wished, or of a wide vocabulary.

    Args:
        result: what the model gave.
        output: the elements of its first part.
        wish: whether somebody said so.
    """
    if not output.ndim or getattr(result, "logits", None) is None:
        return False
    return is_wide(output.shape) if wish is None else wish
