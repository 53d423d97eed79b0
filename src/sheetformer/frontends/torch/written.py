"""Token ids that a model gives (`generate`): their pieces, and one cell with the text."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch

from sheetformer.frontends.torch.operands import TEXTS, Operands
from sheetformer.graph.array import Array
from sheetformer.graph.functions import embedding, join, named, source
from sheetformer.graph.node import Ids
from sheetformer.story.caption import Caption
from sheetformer.story.pieces import in_text

PIECES_OF, TEXT_OF = "result_pieces", "result_text"
_NOTES = {
    PIECES_OF: "The piece of text of each token that the model gives.",
    TEXT_OF: "What the model gives, as a text.",
    TEXTS: "Each piece as it stands in a text.",
}


def write_out(operands: Operands, leaf: Any, ids: Ids) -> dict[str, Ids]:
    """The pieces (…, n) and the text of token ids (…, n); nothing where the result is no tokens.

    Args:
        operands: of the run, whose tokens are known.
        leaf: the model's result as PyTorch has it.
        ids: its elements.
    """
    tokens, pieces = operands.tokens, operands.pieces
    if tokens is None or pieces is None or not ids.ndim or leaf.dtype != torch.int64:
        return {}
    graph = operands.graph
    value = graph.value(ids)
    if value.min() < 0 or value.max() >= len(tokens):
        return {}
    node = graph.owner(int(ids.flat[0]))
    words = embedding(pieces, Array(graph, ids, (None,) * ids.ndim))
    if node.shape == ids.shape and words.size == words.shape[-1] and not node.is_source:
        graph.relabel(node, labels=(*node.labels[:-1], words.ids.ravel()))
    column = np.array(in_text([str(token) for token in tokens]), dtype=object)[:, None]
    texts = named(source(graph, "constant", column), TEXTS)[:, 0]
    spelled = embedding(texts, Array(graph, ids, (None,) * ids.ndim))
    text = join(spelled, "")
    named(words, PIECES_OF)
    named(text, TEXT_OF)
    for array in (words, text, texts):
        note = _NOTES[graph.owner(int(array.ids.flat[0])).name]
        operands.captions[array.node.base] = Caption(note=note)
    graph.inner.add(spelled.node.base)
    return {PIECES_OF: words.ids, TEXT_OF: text.ids}
