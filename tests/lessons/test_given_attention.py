"""Attention as models and `generate` give it, and pieces of a tokenizer as words."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas
import pytest

import sheetformer as sf
from sheetformer.engines.base import Engine
from sheetformer.errors import ShapeError, UnsupportedError
from sheetformer.story.pieces import readable

from ..support import assert_book_recalculates
from .test_heat_maps import shares


def _models() -> tuple[Any, Any]:
    torch = pytest.importorskip("torch", reason="PyTorch is not installed")
    return torch, pytest.importorskip("transformers", reason="transformers is not installed")


def _llama(attention: str) -> Any:
    """Four heads that share two heads of keys and values (GQA)."""
    torch, transformers = _models()
    torch.manual_seed(0)
    config = transformers.LlamaConfig(
        vocab_size=20, hidden_size=16, intermediate_size=8, num_hidden_layers=2,
        num_attention_heads=4, num_key_value_heads=2, eos_token_id=None, pad_token_id=0,
    )  # fmt: skip
    config._attn_implementation = attention
    return transformers.LlamaForCausalLM(config).eval()


def test_what_generate_gives_of_a_decoder_is_joined() -> None:
    model = _llama("eager")
    torch, _ = _models()
    ids = torch.tensor([[3, 4, 5], [7, 8, 9]])
    settings = {"do_sample": False, "output_attentions": True, "return_dict_in_generate": True}
    given = model.generate(ids, max_new_tokens=3, **settings)
    # Three tokens are read, two of those written: nobody looks at the last.
    words = [f"t{i}" for i in given.sequences[1].tolist()]
    book = sf.attention(given, words, item=1)
    whole = model(given.sequences[1:, :-1], output_attentions=True).attentions
    np.testing.assert_allclose(book["layer_1"].value, whole[1][0].detach().numpy(), atol=1e-6)
    assert book["layer_1"].labels == ([f"head {i}" for i in range(4)], words[:-1], words[:-1])
    with pytest.raises(ShapeError, match=r"layer 0 of step 0 holds a batch of 2 texts; .* item=0"):
        sf.attention(given)


def test_an_encoder_decoder_gives_four_kinds() -> None:
    torch, transformers = _models()
    torch.manual_seed(0)
    config = transformers.T5Config(
        vocab_size=20, d_model=8, d_kv=4, d_ff=8, num_layers=1, num_heads=2,
        decoder_start_token_id=0,
    )  # fmt: skip
    config._attn_implementation = "eager"
    model = transformers.T5ForConditionalGeneration(config).eval()
    ids, written = torch.tensor([[3, 4, 5, 1]]), torch.tensor([[0, 6]])
    given = model(input_ids=ids, decoder_input_ids=written, output_attentions=True)
    book = sf.attention(given, "a b c d", "x y")
    expected = given.cross_attentions[0][0].detach().numpy()
    np.testing.assert_allclose(book["layer_0"].value, expected)
    assert sf.attention(given, which="encoder")["weights"].value.shape == (4, 4)
    assert sf.attention(given, which="decoder")["weights"].value.shape == (2, 2)
    with pytest.raises(UnsupportedError, match="no attentions; it has given which='cross'"):
        sf.attention(given, which="self")
    settings = {"do_sample": False, "output_attentions": True, "return_dict_in_generate": True}
    steps = model.generate(ids, max_new_tokens=2, min_new_tokens=2, **settings)
    assert sf.attention(steps, "a b c d", "x y")["weights"].value.shape == (2, 4)


def test_attention_in_one_piece_keeps_nothing() -> None:
    torch, _ = _models()
    given = _llama("sdpa")(torch.tensor([[3, 4, 5]]), output_attentions=True)
    for nothing in (given, given.attentions or (), {"attentions": ()}, ((), ()), [[None]], None):
        with pytest.raises(UnsupportedError, match=r"attn_implementation='eager' .* sf.record"):
            sf.attention(nothing)


def test_layers_and_heads_keep_their_numbers() -> None:
    weights = (shares(1, 3, 2, 2), None, shares(1, 3, 2, 2, seed=2), shares(1, 3, 2, 2, seed=3))
    book = sf.attention(weights, "a b", layers=[2, 3], heads=2)  # layer 1 is no attention
    assert [s.name for s in book.sheets][:3] == ["Attention", "Layer 2", "Layer 3"]
    np.testing.assert_allclose(book["layer_3"].value.squeeze(), weights[3][0, 2])
    assert book["counts"].labels == (["layer 2", "layer 3"], ["head 2"])
    for wrong, message in (
        ({"layers": 1}, "no layer 1; they are numbered from 0 to 3: 0, 2, 3"),
        ({"heads": [0, 3]}, "no head 3; they are numbered from 0 to 2$"),
        ({"heads": []}, "not an empty list"),
        ({"item": 1}, "no text 1 in layer 0; it holds 1"),
        ({"which": "all"}, "give one of cross, self, decoder, encoder"),
        ({"which": "cross"}, "this is a tuple; leave it out"),
    ):
        with pytest.raises(sf.SheetformerError, match=message):
            sf.attention(weights, **wrong)


def test_a_text_of_a_batch_and_a_table() -> None:
    batch = shares(2, 2, 3, 3)
    book = sf.attention((batch, batch), "a b c", item=1)
    np.testing.assert_allclose(book["layer_0"].value, batch[1])
    table = pandas.DataFrame(shares(2, 3), index=["eu", "sou"], columns=["I", "am", "so"])
    assert sf.attention(table)["weights"].labels == (["eu", "sou"], ["I", "am", "so"])
    plain = pandas.DataFrame(shares(2, 3))
    assert sf.attention(plain)["weights"].labels == (["1", "2"], ["1", "2", "3"])


def test_too_many_maps_are_refused_before_they_are_read() -> None:
    class Unread(SimpleNamespace):
        """A tensor that nobody may read."""

    layers = tuple(Unread(shape=(1, 12, 512, 512)) for _ in range(12))
    with pytest.raises(sf.SheetformerError, match=r"12 × 12 maps .* 512 × 512 .* 593\.0 MB.*force"):
        sf.attention(layers)


def test_pieces_become_words() -> None:
    pieces = ["<s>", "ĠðŁĺ", "Ģ", "Ġun", "seen", ".", "Ċ"]
    weights = shares(2, 7, 7)
    book = sf.attention(weights, pieces, join_words=True)
    assert book["weights"].labels[0] == ["<s>", "😀", "unseen", ".", "⏎"]
    rows = weights[1, 3:5].mean(axis=0)
    np.testing.assert_allclose(book["layer_0"].value[1, 2, 1], rows[1] + rows[2])
    np.testing.assert_allclose(book["layer_0"].value.sum(axis=-1), 1.0)
    apart = sf.attention(weights, ["ĠÃ©", "ðŁĺĢ", "Ġ", "é", "##s", "▁a", "x" * 60])
    assert apart["weights"].labels[0] == [
        "é",
        "😀",
        "␣",
        "é",
        "##s",
        "▁a",
        "x" * 12 + "…" + "x" * 11,
    ]
    with pytest.raises(UnsupportedError, match="scores cannot be added"):
        sf.attention(weights, pieces, join_words=True, scores=True)


@pytest.mark.parametrize("style", ["matrix", "cell"])
def test_scores_of_either_sign(style: str, ironcalc: Engine) -> None:
    scores = np.random.default_rng(0).normal(size=(2, 2, 3, 3))
    scores[..., np.triu_indices(3, 1)[0], np.triu_indices(3, 1)[1]] = -np.inf
    book = sf.attention(scores, "a b c", scores=True, formulas=style)
    assert_book_recalculates(book, ironcalc)
    assert {s.kind for sheet in book.sheets for s in sheet.scales} == {"signed"}
    assert book["looks_at"].value[0, 0] == "a"
    assert not {"sharpened", "row_total"} & set(book)
    one = sf.attention(scores[0, 0], scores=True)
    assert one["scores"].value[0, 2] == -1e30
    with pytest.raises(UnsupportedError, match=r"row 0, column 1 .* no finite number"):
        sf.attention(np.array([[1.0, np.inf]]), scores=True)


def test_what_is_no_text_in_bytes_stays() -> None:
    assert [readable(piece) for piece in ("não", "Łódź", "ðŁ", "")] == ["não", "Łódź", "ðŁ", ""]
