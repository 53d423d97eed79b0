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


@pytest.mark.libreoffice
@pytest.mark.parametrize("style", ["matrix", "cell"])
def test_logits_wider_than_a_sheet(style: str, libreoffice: Engine) -> None:
    model = language_model()
    tokens = [f"w{i}" for i in range(WORDS)]
    book = sf.record(model, input_ids=IDS, formulas=style, check=False, tokenizer=tokens)
    expected = model.double()(IDS).logits.detach().numpy()
    np.testing.assert_allclose(book["result"].value, expected, atol=1e-12)
    result = book["result"].block
    assert (result.rows, result.columns) == (WORDS, 3)
    # One table: the words are looked up in it, and their logits are made of it.
    tables = [block.name for block in book.blocks.values() if block.node.op == "parameter"]
    assert [name for name in tables if book.blocks[name].rows == WORDS] == [
        "transformer_wte_weight"
    ]
    # The next tokens, by formula.
    logits = expected[0, -1]
    order = np.argsort(-logits)[:5]
    assert book["next_tokens"].value.tolist() == [order.tolist()]
    shares = np.exp(logits[order]) / np.exp(logits).sum()
    np.testing.assert_allclose(book["next_shares"].value, [shares], rtol=1e-9)
    assert book["next_pieces"].value.tolist() == [[f"w{place}" for place in order]]
    assert_book_recalculates(book, libreoffice)


def test_short_weights_are_the_decimals_that_the_run_computes_with() -> None:
    model = torch.nn.Linear(3, 2)
    x = torch.randn(1, 3)
    book = sf.record(model, x, short=True)
    exact = sf.record(model, x)
    weights = book["weight"].value
    shortest = [float(str(number)) for number in model.weight.detach().numpy().ravel()]
    assert weights.ravel().tolist() == shortest
    assert weights.ravel().tolist() != exact["weight"].value.ravel().tolist()
    np.testing.assert_array_equal(weights.astype(np.float32), exact["weight"].value)
    expected = x.double().numpy() @ weights.T + book["bias"].value
    np.testing.assert_allclose(book["result"].value, expected, rtol=1e-12)
