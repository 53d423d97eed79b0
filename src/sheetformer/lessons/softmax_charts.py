"""Bar charts of shares in the lesson softmax."""

from __future__ import annotations

from sheetformer.graph.array import Array
from sheetformer.language import translate
from sheetformer.story.figures import Curve, Curves
from sheetformer.story.story import Figure


def share_bars(words: Array, shares: Array) -> Figure:
    """The shares (n, 1) of the words (n, 1)."""
    curve = Curve(translate("share"), words[:, 0], shares)
    axes = (translate("word"), translate("share"))
    title = translate("Shares")
    bars = Curves(title, axes, (curve,), bars=True, axis_limit=(0.0, 1.0), number_format="0%")
    return Figure(0, 12, 7, bars, before_block="shares_told", direction="line")


def two_bars(number: int, words: Array, shares: Array, at_t: Array) -> Figure:
    """The shares (n, 1) at T = 1 beside those at the typed T."""
    curves = (
        Curve(translate("T = 1"), words[:, 0], shares),
        Curve(translate("your T"), words[:, 0], at_t),
    )
    axes = (translate("word"), translate("share"))
    title = translate("Shares at T = 1 and at your T")
    bars = Curves(title, axes, curves, bars=True, axis_limit=(0.0, 1.0), number_format="0%")
    return Figure(number, 13, 6, bars, before_block="temperature_told")
