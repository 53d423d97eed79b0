"""Figure 1 of Vaswani et al. 2017 as boxes in cells: with one box marked, or a step in each."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from sheetformer.graph.array import Array
from sheetformer.language import translate
from sheetformer.story.figures import Box, Boxes

ROWS, COLUMNS = 25, 18
_ENCODER, _DECODER, _WIDTH = 1, 10, 5

# (row, rows, text): from the top, as the paper draws it, data flowing upwards.
_ENCODER_BOXES = (
    (9, 1, "Add & Norm"),
    (10, 1, "Feed Forward"),
    (12, 1, "Add & Norm"),
    (13, 2, "Multi-Head Attention"),
    (17, 1, "+  Positional Encoding"),
    (19, 2, "Input Embedding"),
    (22, 1, "Inputs: the source words"),
)
_DECODER_BOXES = (
    (0, 1, "Output Probabilities"),
    (2, 1, "Softmax"),
    (3, 1, "Linear"),
    (6, 1, "Add & Norm"),
    (7, 1, "Feed Forward"),
    (9, 1, "Add & Norm"),
    (10, 2, "Multi-Head Attention"),
    (13, 1, "Add & Norm"),
    (14, 2, "Masked Multi-Head Attention"),
    (17, 1, "+  Positional Encoding"),
    (19, 2, "Output Embedding"),
    (22, 1, "Outputs so far: the target words"),
)
_HERE = 10
_SIX, _ONE = "N ×", "1 ×"


@dataclass(frozen=True)
class _Stack:
    """One of the two columns: its first cell column, grey frame, boxes, arrows and name."""

    left: int
    frame: tuple[int, int]
    boxes: tuple[tuple[int, int, str], ...]
    arrows: tuple[int, ...]
    caption: str


_STACKS = (
    _Stack(_ENCODER, (8, 16), _ENCODER_BOXES, (11, 15, 16, 18, 21), "ENCODER"),
    _Stack(_DECODER, (5, 17), _DECODER_BOXES, (1, 4, 8, 16, 18, 21), "DECODER"),
)


def transformer_map(here: str) -> Boxes:
    """The whole Transformer, with the decoder's cross-attention marked by the text `here`."""
    boxes: list[Box] = []
    for stack in _STACKS:
        for row, tall, text in stack.boxes:
            marked = stack.left == _DECODER and row == _HERE
            label = f"{translate(text)}\n{here}" if marked else translate(text)
            boxes.append(Box(row, stack.left, tall, _WIDTH, label, "box_here" if marked else "box"))
    return Boxes([*_around(_SIX), *boxes, *_crossing()])


def transformer_steps(
    steps: tuple[Sequence[int], Sequence[int]], place: Callable[[int], Array]
) -> Boxes:
    """The whole Transformer, one layer a side, with the step that computes it in each box.

    Args:
        steps: of the encoder's and of the decoder's boxes, from the top.
        place: gives the block (…) of a step, which a click on its box goes to.
    """
    boxes = [
        Box(
            row,
            stack.left,
            tall,
            _WIDTH,
            f"{step}   {translate(text).lstrip('+ ')}",
            "box",
            place(step),
        )
        for stack, mine in zip(_STACKS, steps, strict=True)
        for step, (row, tall, text) in zip(mine, stack.boxes, strict=True)
    ]
    return Boxes([*_around(_ONE), *boxes, *_crossing()])


def _around(times: str) -> list[Box]:
    """What stands around the boxes of both stacks: grey frames, arrows and names."""
    boxes: list[Box] = []
    for stack in _STACKS:
        left, (top, bottom) = stack.left, stack.frame
        boxes.append(Box(top, left - 1, bottom - top, _WIDTH + 2, "", "box_frame"))
        for row in stack.arrows:
            style = "arrow_frame" if top <= row < bottom else "arrow"
            boxes.append(Box(row, left, 1, _WIDTH, "↑", style))
        side = left - 1 if left == _ENCODER else left + _WIDTH
        boxes.append(Box(top, side, 1, 1, times, "box_small"))
        boxes.append(Box(ROWS - 1, left, 1, _WIDTH, translate(stack.caption), "caption"))
    return boxes


def _crossing() -> list[Box]:
    """The encoder's result turns right and becomes keys and values of the marked box."""
    column = _ENCODER + _WIDTH + 1
    return [
        Box(10, column, 1, 2, "K, V  →", "arrow_here"),
        Box(11, column, 1, 2, translate("keys and values"), "box_small"),
        Box(
            12,
            _DECODER,
            1,
            _WIDTH,
            translate("↑  Q: the queries come from below"),
            "arrow_here_frame",
        ),
    ]
