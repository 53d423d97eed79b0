"""Blocks are called as the modules and as the field calls them; sheets follow the modules."""

from __future__ import annotations

import torch
from torch import nn

import sheetformer as sf
from sheetformer.book.workbook import Book
from sheetformer.formula.address import name_fault

from .models import ANSWER, IDS, WORDS, hugging_face

STEPS = ("Q", "K", "V", "scores", "scaled", "weights", "context", "heads")


def own(book: Book) -> list[str]:
    return [name for name in book if not name.startswith(("ref_", "check_"))]


def test_attention_has_its_teaching_names() -> None:
    models = {
        "": (nn.MultiheadAttention(8, 2, batch_first=True), (torch.ones(1, 3, 8),) * 3),
        "transformer_h_1_attn_": (hugging_face("gpt2", "eager"), (IDS,)),
        "model_layers_0_self_attn_": (hugging_face("llama", "sdpa"), (IDS,)),
        "encoder_layer_0_attention_self_": (hugging_face("bert", "sdpa"), (IDS,)),
    }
    for path, (model, args) in models.items():
        book = sf.record(model, *args)
        # A single K is a column in some Excel.
        wanted = {path + step if path or step != "K" else "K_" for step in STEPS} - {"scaled"}
        assert wanted <= set(book), path


def test_attention_to_other_words_has_them_too() -> None:
    layer = nn.MultiheadAttention(8, 2, batch_first=True)
    book = sf.record(layer, torch.ones(1, 3, 8), torch.ones(1, 5, 8), torch.zeros(1, 5, 8))
    assert {"Q", "K_", "V", "scores", "weights", "context"} <= set(book)
    assert book["weights"].value.shape == (2, 3, 5)
    assert book["weights"].labels[0] == ["head 0", "head 1"]


def test_names_and_sheets_follow_the_modules() -> None:
    model = hugging_face("bart")
    tokens = [f"p{i}" for i in range(WORDS)]
    book = sf.record(model, input_ids=IDS, decoder_input_ids=ANSWER, tokenizer=tokens)
    name = "model_decoder_layers_0_encoder_attn_weights"
    assert book[name].labels[-2:] == (["p4", "p9", "p8"], ["p5", "p6", "p7", "p3"])
    caption = book.blocks["model_decoder_layers_0_encoder_attn_Q"].caption
    assert "model.decoder.layers.0.encoder_attn.q_proj" in caption.note
    assert book.blocks[name].sheet == "model.decoder.layers.0"
    sheets = [sheet.name for sheet in book.sheets]
    assert sheets[:2] == ["Contents", "Inputs"]
    assert "Weights model.decoder.layers.0" in sheets
    assert "lm_head" in book


def test_all_names_are_legal_and_differ() -> None:
    books = [
        sf.record(hugging_face("t5"), input_ids=IDS, decoder_input_ids=ANSWER),
        sf.record(nn.Sequential(nn.Linear(2, 2), nn.Linear(2, 2)), torch.ones(1, 2)),
    ]
    for book in books:
        assert [name for name in book if name_fault(name)] == []
        assert len({name.upper() for name in book}) == len(list(book))


def test_what_is_known_beforehand_is_folded() -> None:
    """Masks and positions need no formula."""
    book = sf.record(hugging_face("llama"), IDS)
    ops = {block.node.op for name, block in book.blocks.items() if name in own(book)}
    assert ops.isdisjoint({"sin", "cos", "less_equal", "equal"})


def test_children_of_a_sequential_have_the_names_of_their_types() -> None:
    inner = nn.Sequential(nn.Linear(4, 2), nn.LayerNorm(2))
    book = sf.record(nn.Sequential(nn.Linear(3, 4), nn.ReLU(), inner), torch.ones(2, 3))
    names = {"linear_0", "relu_1", "sequential_2_linear_0", "sequential_2_layernorm_1"}
    assert names | {"linear_0_weight", "sequential_2_layernorm_1_bias"} <= {*book}
    assert book.blocks["sequential_2_linear_0"].caption.equation.startswith("(relu_1 · weightᵀ)")


def test_an_equation_never_prints_the_number_of_a_layer() -> None:
    from .architectures import build

    model, given = build("llama")
    book = sf.record(model, **given)
    assert "(layers_0 × " in book.blocks["model_norm"].code_line


def test_a_layer_that_is_called_again_and_again_is_sliced_by_call() -> None:
    from .architectures import build

    model, given = build("albert")
    for layer, sheet in enumerate(("encoder.albert_layer_groups.0", "albert_layer_groups.0 (2)")):
        book = sf.record(model, **given, layers=layer, check=False)
        found = {b.sheet for b in book.blocks.values() if b.node.op == "matmul"}
        assert found == {sheet}


def test_arguments_may_have_the_names_of_ours() -> None:
    class Named(nn.Module):
        def forward(self, tokens: torch.Tensor, title: torch.Tensor) -> torch.Tensor:
            return tokens * title

    given = {"tokens": torch.ones(2, 3), "title": torch.full((3,), 2.0)}
    book = sf.record(Named(), inputs=given, title="A heading")
    assert book.title == "A heading"
    assert {"tokens", "title"} <= {*book}
    assert (book["result"].value == 2.0).all()


def test_pieces_in_bytes_are_decoded() -> None:
    book = sf.record(nn.Embedding(2, 2), torch.tensor([1, 0]), tokenizer=["ĠÃ©", "ðŁĺĢ"])
    assert book["input_pieces"].value.tolist() == ["😀", "é"]
