"""Figure 1 of Vaswani et al. 2017 as boxes in cells, with one box marked."""

from __future__ import annotations

from sheetformer.book.figures import Box, Boxes

ROWS, COLUMNS = 33, 18
_ENCODER, _DECODER, _WIDTH = 1, 10, 5

# (row, height, text): from the top, as the paper draws it, data flowing upwards.
_ENCODER_BOXES = (
    (12, 1, "Add & Norm"),
    (13, 2, "Feed Forward"),
    (16, 1, "Add & Norm"),
    (17, 2, "Multi-Head Attention"),
    (22, 2, "+  Positional Encoding"),
    (25, 2, "Input Embedding"),
    (28, 1, "Inputs: the source words"),
)
_DECODER_BOXES = (
    (0, 1, "Output Probabilities"),
    (2, 1, "Softmax"),
    (4, 1, "Linear"),
    (7, 1, "Add & Norm"),
    (8, 2, "Feed Forward"),
    (11, 1, "Add & Norm"),
    (12, 2, "Multi-Head Attention"),
    (16, 1, "Add & Norm"),
    (17, 2, "Masked Multi-Head Attention"),
    (22, 2, "+  Positional Encoding"),
    (25, 2, "Output Embedding"),
    (28, 1, "Outputs so far: the target words, shifted right"),
)
_ENCODER_ARROWS = (15, 20, 24, 27)
_DECODER_ARROWS = (1, 3, 5, 10, 15, 20, 24, 27)
_HERE = 12


def transformer_map(here: str) -> Boxes:
    """The whole Transformer, with the decoder's cross-attention marked by the text `here`."""
    boxes = [
        Box(11, _ENCODER - 1, 9, _WIDTH + 2, "", "box_frame"),
        Box(6, _DECODER - 1, 14, _WIDTH + 2, "", "box_frame"),
        Box(11, _ENCODER + _WIDTH + 1, 1, 2, "", "plain"),
    ]
    boxes += [Box(row, _ENCODER, tall, _WIDTH, text, "box") for row, tall, text in _ENCODER_BOXES]
    for row, tall, text in _DECODER_BOXES:
        marked = row == _HERE
        told = f"{text}\n{here}" if marked else text
        boxes.append(Box(row, _DECODER, tall, _WIDTH, told, "box_here" if marked else "box"))
    boxes += [Box(row, _ENCODER, 1, _WIDTH, "↑", "arrow_frame") for row in _ENCODER_ARROWS[:1]]
    boxes += [Box(row, _ENCODER, 1, _WIDTH, "↑", "arrow") for row in _ENCODER_ARROWS[1:]]
    for row in _DECODER_ARROWS:
        inside = 6 <= row < 20
        boxes.append(Box(row, _DECODER, 1, _WIDTH, "↑", "arrow_frame" if inside else "arrow"))
    boxes += _crossing()
    return Boxes(boxes)


def _crossing() -> list[Box]:
    """The encoder's result turns right and becomes keys and values of the marked box."""
    column = _ENCODER + _WIDTH + 1
    return [
        Box(12, column, 1, 2, "K, V  →", "arrow_here"),
        Box(13, column, 1, 2, "keys and values", "box_small"),
        Box(14, _DECODER, 1, _WIDTH, "↑ Q: the queries come from below", "arrow_here_frame"),
        Box(20, _ENCODER - 1, 1, 1, "N ×", "box_small"),
        Box(20, _DECODER + _WIDTH, 1, 1, "N ×", "box_small"),
        Box(30, _ENCODER, 1, _WIDTH, "ENCODER", "caption"),
        Box(30, _DECODER, 1, _WIDTH, "DECODER", "caption"),
    ]
