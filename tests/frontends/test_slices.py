"""Slices: what is inside is live and right, what is outside is recorded and says so."""

from __future__ import annotations

import re

import numpy as np
import pytest
import torch
from torch import nn

import sheetformer as sf
from sheetformer.book.workbook import Book
from sheetformer.engines.base import Engine
from sheetformer.writers.styles import properties

from ..support import assert_book_recalculates, assert_excel_would_open
from .models import ANSWER, IDS, WORDS, hugging_face


def frozen(book: Book) -> list[str]:
    return [name for name, block in book.blocks.items() if block.caption.number_format == "frozen"]


def parts(book: Book) -> list[str]:
    return [name for name in book if not name.startswith(("ref_", "check_"))]


def test_one_head_is_live_and_small(engine: Engine) -> None:
    model = hugging_face("gpt2")
    whole = sf.record(model, IDS)
    books = [sf.record(model, IDS, layers=1, heads=0, formulas=f) for f in ("matrix", "cell")]
    assert_book_recalculates(books, engine)
    book = books[0]
    name = "transformer_h_1_attn_weights"
    np.testing.assert_allclose(book[name].value, whole[name].value[:, :1], rtol=1e-9)
    assert book["transformer_h_1_attn_Q"].value.shape[-1] == 4
    assert book.summary().formulas < whole.summary().formulas / 4
    # Nothing of the other layer, and nothing after the head.
    live = [name for name in parts(book) if name not in frozen(book)]
    assert not [name for name in live if "h_0" in name or "c_proj" in name]
    assert frozen(book) == ["transformer_h_0_frozen"]
    assert "recorded" in book.blocks["transformer_h_0_frozen"].caption.note


def test_what_is_frozen_has_a_look_of_its_own() -> None:
    mine = {
        properties(f"constant.{number_format}")["bg_color"]
        for number_format in ("frozen", "unknown")
    }
    others = {properties(f"{role}.number")["bg_color"] for role in ("input", "parameter")}
    assert len(mine | others) == 4


def test_modules_by_pattern(ironcalc: Engine) -> None:
    model = hugging_face("marian")
    book = sf.record(
        model, input_ids=IDS, decoder_input_ids=ANSWER, modules="*.encoder_attn", formulas="cell"
    )
    assert_book_recalculates(book, ironcalc)
    computed = [n for n in parts(book) if not book.blocks[n].node.is_source]
    assert computed
    assert all("encoder_attn" in name for name in computed)
    assert len(frozen(book)) == 2  # the decoder's words, and the encoder's


def test_words_that_look(ironcalc: Engine) -> None:
    model = hugging_face("gpt2")
    whole = sf.record(model, IDS)
    book = sf.record(model, IDS, layers=0, tokens=2)
    assert_book_recalculates(book, ironcalc)
    name = "transformer_h_0_attn_weights"
    np.testing.assert_allclose(book[name].value, whole[name].value[:, :, 2:3], rtol=1e-9)
    # It looks at all words all the same.
    assert book["transformer_h_0_attn_K"].value.shape == whole["transformer_h_0_attn_K"].value.shape


def test_the_largest_logits(ironcalc: Engine) -> None:
    model = hugging_face("gpt2")
    whole = sf.record(model, IDS)["lm_head"].value
    tokens = [f"piece {i}" for i in range(WORDS)]
    book = sf.record(model, IDS, top_k=3, tokenizer=tokens)
    assert_book_recalculates(book, ironcalc)
    best = np.sort(np.argsort(-whole[0, -1])[:3])
    np.testing.assert_allclose(book["lm_head"].value, whole[..., best], rtol=1e-9)
    assert book["lm_head"].labels[-1] == [f"piece {i}" for i in best]


def test_cells_that_cannot_reach_the_result_are_not_written() -> None:
    class Wasteful(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.used, self.unused = torch.nn.Linear(3, 2), torch.nn.Linear(3, 5)

        def forward(self, x: torch.Tensor) -> torch.Tensor:
            self.unused(x)
            return self.used(x)[:, :1]

    book = sf.record(Wasteful(), torch.ones(2, 3))
    assert not [name for name in book if "unused" in name]
    assert book["used_weight"].value.shape == (1, 3)


def test_tokens_have_their_pieces_beside_them(engine: Engine, tmp_path) -> None:
    tokens = [f"piece {i}" for i in range(WORDS)]
    book = sf.record(hugging_face("bert"), IDS, tokenizer=tokens)
    assert_book_recalculates(book, engine)
    assert book["input_ids_pieces"].value.tolist() == [["piece 5", "piece 6", "piece 7", "piece 3"]]
    assert (
        book["encoder_layer_0_attention_self_weights"].labels[-2:]
        == (["piece 5", "piece 6", "piece 7", "piece 3"],) * 2
    )
    assert_excel_would_open(book.save(tmp_path / "bert.xlsx"))


def test_pieces_stand_at_the_rows_of_a_slice() -> None:
    tokens = [f"piece {i}" for i in range(WORDS)]
    book = sf.record(hugging_face("gpt2"), IDS, layers=0, heads=1, tokenizer=tokens)
    words = ["piece 5", "piece 6", "piece 7", "piece 3"]
    assert book["transformer_h_0_attn_weights"].labels[-2:] == (words, words)


def test_what_a_model_calls_pieces_is_no_table_of_tokens() -> None:
    class Learned(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.pieces = nn.Parameter(torch.eye(3))

        def forward(self, x: torch.Tensor) -> torch.Tensor:
            return x @ self.pieces

    class Given(nn.Linear):
        def forward(self, pieces: torch.Tensor) -> torch.Tensor:
            return super().forward(pieces)

    for model, sheet in ((Learned(), "Weights"), (Given(3, 3), "Inputs")):
        book = sf.record(model, torch.ones(2, 3))
        assert book.blocks["pieces"].sheet == sheet
        assert "Pieces of text" not in [stage.title for stage in book.stages]


def test_a_book_says_how_large_it_is(tmp_path) -> None:
    book = sf.record(hugging_face("gpt2"), IDS)
    summary = book.summary()
    assert summary.formulas > 1000
    assert summary.weights > 1000
    assert "formulas" in str(summary)
    written = book.save(tmp_path / "book.xlsx").stat().st_size
    assert 0.4 < summary.size / written < 2.5


def test_a_refused_book_has_the_size_that_it_would_have(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """With its Check and Reference sheets, which are half of it."""
    model = hugging_face("gpt2")
    monkeypatch.setattr("sheetformer.book.summary.LARGEST", 1000)
    said = re.compile(r"([\d,]+) formulas.* ([\d,]+) other numbers.* about (\d+) KB")
    with pytest.raises(sf.SheetformerError, match=said) as caught:
        sf.record(model, IDS)
    numbers = [float(x.replace(",", "")) for x in said.search(str(caught.value)).groups()]
    made = sf.record(model, IDS, force=True).summary()
    assert numbers == pytest.approx([made.formulas, made.others, made.size / 1000], rel=0.1)


def test_too_large_a_book_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sheetformer.book.summary.LARGEST", 1000)
    with pytest.raises(sf.SheetformerError, match=r"formulas.*take a part .*force=True"):
        sf.record(hugging_face("gpt2"), IDS)
    assert sf.record(hugging_face("gpt2"), IDS, force=True)["lm_head"].value.shape == (1, 4, WORDS)


@pytest.mark.parametrize(
    ("slice_", "message"),
    [
        ({"layers": 9}, "the slice holds nothing of this run; there are"),
        ({"heads": 5}, "there is no head 5"),
        ({"tokens": 9, "layers": 0}, "there is no word 9"),
        ({"modules": "*.nothing"}, "the slice holds nothing"),
        ({"layers": -1}, "give numbers from 0"),
        ({"heads": []}, "give numbers from 0"),
        ({"top_k": 0}, "top_k must be at least 1"),
    ],
)
def test_a_slice_of_nothing_is_refused(slice_: dict, message: str) -> None:
    with pytest.raises(sf.SheetformerError, match=message):
        sf.record(hugging_face("gpt2"), IDS, **slice_)
