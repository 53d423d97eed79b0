"""A vocabulary wider than a sheet: the whole model is written, and its logits recalculate."""

from __future__ import annotations

import numpy as np
import pytest
import torch
import transformers

import sheetformer as sf
from sheetformer.engines.base import Engine

from ..support import assert_book_recalculates

WORDS = 16_500
IDS = torch.tensor([[5, WORDS - 1, 7]])


def language_model() -> torch.nn.Module:
    torch.manual_seed(0)
    config = transformers.GPT2Config(
        vocab_size=WORDS, n_embd=8, n_layer=1, n_head=2, n_positions=8,
        use_cache=False, bos_token_id=1, eos_token_id=2,
    )  # fmt: skip
    return transformers.GPT2LMHeadModel(config).eval()


@pytest.mark.parametrize("style", ["matrix", "cell"])
def test_logits_wider_than_a_sheet(style: str, engine: Engine) -> None:
    model = language_model()
    book = sf.record(model, input_ids=IDS, formulas=style, check=False)
    expected = model.double()(IDS).logits.detach().numpy()
    np.testing.assert_allclose(book["result"].value, expected, atol=1e-12)
    result = book["result"].block
    assert (result.rows, result.columns) == (WORDS, 3)
    # One table: the words are looked up in it, and their logits are made of it.
    assert [block.name for block in book.blocks.values() if block.rows == WORDS] == [
        result.name, "transformer_wte_weight",
    ] or book.blocks["transformer_wte_weight"].rows == WORDS  # fmt: skip
    assert_book_recalculates(book, engine)
