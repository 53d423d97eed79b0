"""Figure 1 of Vaswani et al. 2017 as boxes in cells, with one box marked."""

from __future__ import annotations

from sheetformer.book.figures import Box, Boxes
from sheetformer.language import say

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
_ENCODER_FRAME, _DECODER_FRAME = (8, 16), (5, 17)
_ENCODER_ARROWS = (11, 15, 16, 18, 21)
_DECODER_ARROWS = (1, 4, 8, 16, 18, 21)
_HERE = 10


def transformer_map(here: str) -> Boxes:
    """The whole Transformer, with the decoder's cross-attention marked by the text `here`."""
    boxes = [
        *_column(_ENCODER, _ENCODER_FRAME, _ENCODER_BOXES, _ENCODER_ARROWS, "ENCODER", ""),
        *_column(_DECODER, _DECODER_FRAME, _DECODER_BOXES, _DECODER_ARROWS, "DECODER", here),
        *_crossing(),
    ]
    return Boxes(boxes)


def _column(
    left: int,
    frame: tuple[int, int],
    texts: tuple[tuple[int, int, str], ...],
    arrows: tuple[int, ...],
    caption: str,
    here: str,
) -> list[Box]:
    """One of the two stacks: its grey frame, boxes, arrows and name."""
    boxes = [Box(frame[0], left - 1, frame[1] - frame[0], _WIDTH + 2, "", "box_frame")]
    for row, tall, text in texts:
        marked = bool(here) and row == _HERE
        told = f"{say(text)}\n{here}" if marked else say(text)
        boxes.append(Box(row, left, tall, _WIDTH, told, "box_here" if marked else "box"))
    for row in arrows:
        style = "arrow_frame" if frame[0] <= row < frame[1] else "arrow"
        boxes.append(Box(row, left, 1, _WIDTH, "↑", style))
    side = left - 1 if left == _ENCODER else left + _WIDTH
    boxes.append(Box(frame[0], side, 1, 1, "N ×", "box_small"))
    boxes.append(Box(ROWS - 1, left, 1, _WIDTH, say(caption), "caption"))
    return boxes


def _crossing() -> list[Box]:
    """The encoder's result turns right and becomes keys and values of the marked box."""
    column = _ENCODER + _WIDTH + 1
    return [
        Box(10, column, 1, 2, "K, V  →", "arrow_here"),
        Box(11, column, 1, 2, say("keys and values"), "box_small"),
        Box(12, _DECODER, 1, _WIDTH, say("↑  Q: the queries come from below"), "arrow_here_frame"),
    ]
