"""The whole Transformer in a sheet: PyTorch's numbers, the translator's words, and what it says."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import openpyxl
import pytest

from sheetformer import Book, verify
from sheetformer.book.workbook import Sheet
from sheetformer.corpus.vocabulary import BEGIN, END
from sheetformer.engines.base import Engine
from sheetformer.errors import SheetformerError, WordError
from sheetformer.models import decode
from sheetformer.models.decode import load_translator

from ..support import assert_book_recalculates, assert_excel_would_open
from ..workbook_edit import edit_cells
from .books import lesson, save_spoiled

FILES = {1: "translator_small", 2: "translator_two_heads"}
SENTENCES = ("I am happy", "we see the red house", "do you like milk ?", "is she tired ?")
each_heads = pytest.mark.parametrize("heads", [1, 2])


def lesson_book(**options: Any) -> Book:
    return lesson("encoder-decoder", **options)


def column(book: Book, name: str) -> list[Any]:
    return book[name].value.ravel().tolist()


def labels(book: Book) -> list[list[str]]:
    """The words at the rows and over the columns of the weights."""
    return [axis or [] for axis in book["weights"].labels]


# What it says.


@each_heads
@pytest.mark.parametrize("sentence", SENTENCES)
def test_it_names_the_words_of_the_translation(sentence: str, heads: int) -> None:
    """Fed its own translation, each row names the next word of it, and the end."""
    model = load_translator(FILES[heads])
    expected = decode.generate_translation(sentence, model)
    book = lesson_book(source=sentence, heads=heads)
    assert column(book, "target_words") == [BEGIN, *expected.words]
    assert column(book, "next_word") == [*expected.words, END]
    assert column(book, "as_typed") == ["✓"] * len(expected.words)
    np.testing.assert_allclose(book["weights"].value[:-1], expected.alignment, atol=1e-12)
    for row, step in enumerate(expected.steps):
        words, shares = zip(*step.candidates, strict=True)
        assert book["top_words"].value[row].tolist() == list(words)
        np.testing.assert_allclose(book["probabilities"].value[row], shares, atol=1e-12)
        assert labels(book)[0][row] == step.label


def test_the_next_word_of_a_translation_that_has_only_begun() -> None:
    book = lesson_book(source="the red house", target="a casa")
    assert column(book, "next_word") == ["a", "casa", "vermelha"]
    assert column(lesson_book(source="the red house", target="<s>"), "next_word") == ["a"]


def test_the_first_sentence_is_looked_at_word_by_word() -> None:
    """Step 12: what a row looks at decides the word that it writes, not the one that it read."""
    rows, words = labels(lesson_book())
    best = lesson_book()["weights"].value.argmax(axis=1)
    strongest = {row: words[place] for row, place in zip(rows, best, strict=True)}
    assert strongest["<s> → eu"] == "I"
    assert strongest["eu → sou"] == "am"
    assert strongest["sou → feliz"] == "happy"


def test_words_stand_at_every_share() -> None:
    book = lesson_book()
    english, read = ["I", "am", "happy"], ["<s>", "eu", "sou", "feliz"]
    written = ["<s> → eu", "eu → sou", "sou → feliz", "feliz → </s>"]
    expected = {
        "encoder_1_self": [english, english],
        "decoder_1_self": [read, read],
        "decoder_1_cross": [written, english],
    }
    for name, words in expected.items():
        for block in ("scores", "scaled", "masked", "weights_exp", "weights"):
            assert list(book[f"{name}_{block}"].labels[1:]) == words
    assert list(book["logits"].labels) == [None, written]


def test_a_page_finds_the_steps_by_their_roles() -> None:
    blocks = lesson_book().blocks.values()
    found = {block.role: block.name for block in blocks}
    assert [found[role] for role in ("alignment", "next word", "decoder step")] == [
        "weights",
        "next_word",
        "row",
    ]
    weights = [block.name for block in blocks if block.role == "attention weights"]
    assert weights == [
        "encoder_1_self_weights",
        "decoder_1_self_weights",
        "decoder_1_cross_weights",
    ]


def test_no_row_sees_what_stands_behind_it() -> None:
    """Step 10: another last word changes no row in front of it."""
    one, other = (lesson_book(target=words) for words in ("eu sou feliz", "eu sou vermelha"))
    for name in ("decoder_1_self_weights", "decoder_1_after_ff", "probabilities"):
        a, b = (book[name].value.reshape(-1, *book[name].value.shape[-2:]) for book in (one, other))
        np.testing.assert_array_equal(a[:, :-1], b[:, :-1])
        assert np.abs(a[:, -1] - b[:, -1]).max() > 0
    hidden = np.triu(np.ones((4, 4)), 1) > 0
    assert not one["decoder_1_self_weights"].value[0][hidden].any()


def test_the_norm_of_a_row_has_mean_0_and_variance_1() -> None:
    book = lesson_book()
    learned = [book[f"encoder_1_norm_2_{part}"].value for part in ("gain", "bias")]
    normal = (book["encoder_1_norm_2"].value - learned[1]) / learned[0]
    np.testing.assert_allclose(normal.mean(axis=1), 0.0, atol=1e-12)
    np.testing.assert_allclose(normal.var(axis=1), 1.0, atol=1e-4)


# PyTorch.

torch = pytest.importorskip("torch", reason="parity with PyTorch needs the extra `torch`")


def _columns(tensors: Mapping[str, Any], part: str, letters: str) -> Any:
    """Our matrices multiply from the left; PyTorch's stand on their side, q, k, v stacked."""
    return torch.tensor(np.concatenate([tensors[f"{part}.w_{each}"].T for each in letters]))


def _state(tensors: Mapping[str, Any], side: str, names: Mapping[str, str]) -> dict[str, Any]:
    """The state of PyTorch's layer: our sublayer → its name there; biases of attention are 0."""
    part, state = f"{side}.0", dict[str, Any]()
    for ours, theirs in names.items():
        state[f"{theirs}.in_proj_weight"] = _columns(tensors, f"{part}.{ours}", "qkv")
        state[f"{theirs}.in_proj_bias"] = torch.zeros(24, dtype=torch.float64)
        state[f"{theirs}.out_proj.weight"] = _columns(tensors, f"{part}.{ours}", "o")
        state[f"{theirs}.out_proj.bias"] = torch.zeros(8, dtype=torch.float64)
    for number in range(1, len(names) + 2):
        for ours, theirs in (("gain", "weight"), ("bias", "bias")):
            state[f"norm{number}.{theirs}"] = torch.tensor(tensors[f"{part}.norm_{number}.{ours}"])
    for number in (1, 2):
        state[f"linear{number}.weight"] = _columns(tensors, f"{part}.feed_forward", str(number))
        state[f"linear{number}.bias"] = torch.tensor(tensors[f"{part}.feed_forward.b_{number}"])
    return state


def _layer(kind: Any, heads: int, state: dict[str, Any]) -> Any:
    layer = kind(8, heads, 32, dropout=0.0, batch_first=True, norm_first=True, dtype=torch.float64)
    layer.load_state_dict(state)
    return layer.eval()


@each_heads
@pytest.mark.parametrize("sentence", SENTENCES)
def test_every_layer_is_that_of_pytorch(sentence: str, heads: int) -> None:
    """nn.TransformerEncoderLayer and nn.TransformerDecoderLayer with these weights, norm first."""
    tensors = load_translator(FILES[heads]).weights.tensors
    book = lesson_book(source=sentence, heads=heads)
    encoder = _layer(
        torch.nn.TransformerEncoderLayer, heads,
        _state(tensors, "encoder", {"self_attention": "self_attn"}),
    )  # fmt: skip
    attentions = {"self_attention": "self_attn", "cross_attention": "multihead_attn"}
    decoder = _layer(
        torch.nn.TransformerDecoderLayer, heads, _state(tensors, "decoder", attentions)
    )
    x, y = (torch.tensor(book[name].value)[None] for name in ("encoder_x", "decoder_x"))
    with torch.no_grad():
        memory = encoder(x)
        mask = torch.nn.Transformer.generate_square_subsequent_mask(y.shape[1], dtype=torch.float64)
        rows = decoder(y, memory, tgt_mask=mask)
        logits = rows[0] @ torch.tensor(tensors["w_out"]) + torch.tensor(tensors["b_out"])
        shares = torch.softmax(logits, -1).sort(descending=True).values[:, :3]
    for name, expected in (
        ("encoder_1_after_ff", memory[0]),
        ("decoder_1_after_ff", rows[0]),
        ("logits", logits.T),
        ("probabilities", shares),
    ):
        np.testing.assert_allclose(book[name].value, expected.numpy(), rtol=1e-9, atol=1e-9)


@each_heads
def test_norms_are_those_of_pytorch(heads: int) -> None:
    book = lesson_book(heads=heads)
    given = {"encoder_1_norm_1": "encoder_x", "decoder_1_norm_3": "decoder_1_after_cross"}
    for name, x in given.items():
        norm = torch.nn.LayerNorm(8, dtype=torch.float64)
        parts = {"weight": book[f"{name}_gain"], "bias": book[f"{name}_bias"]}
        norm.load_state_dict({part: torch.tensor(view.value) for part, view in parts.items()})
        expected = norm(torch.tensor(book[x].value)).detach().numpy()
        np.testing.assert_allclose(book[name].value, expected, atol=1e-12)


@each_heads
def test_it_is_the_model_that_was_trained(heads: int) -> None:
    """The PyTorch model of `sheetformer.models.train.model`, whole, from word numbers to logits."""
    from sheetformer.models.train.model import Shape, TranslatorModel

    weights = load_translator(FILES[heads]).weights
    words = (len(weights.vocabulary.source), len(weights.vocabulary.target))
    model = TranslatorModel(Shape(*words, heads=heads)).double()
    model.load_state_dict({name: torch.tensor(each) for name, each in weights.tensors.items()})
    book = lesson_book(source="she is tired", heads=heads)
    numbers = [torch.tensor(book[f"{side}_number"].value.T).long() for side in ("source", "target")]
    with torch.no_grad():
        logits, attention = model(*numbers)
    np.testing.assert_allclose(book["logits"].value, logits[0].numpy().T, rtol=1e-9)
    np.testing.assert_allclose(
        book["decoder_1_cross_weights"].value, attention[0].numpy(), atol=1e-12
    )


# In the sheet.


@pytest.mark.parametrize("formulas", ["matrix", "cell"])
def test_two_heads_recalculate(engine: Engine, formulas: str) -> None:
    book = lesson_book(source="the red house", target="a casa", heads=2, formulas=formulas)
    assert_book_recalculates(book, engine)


def test_excel_would_open_two_heads_and_one_word(tmp_path: Path) -> None:
    for options in ({"heads": 2}, {"source": "happy", "target": "<s>"}):
        assert_excel_would_open(lesson_book(**options).save(tmp_path / "lesson.xlsx"))


def _typed(book: Book, folder: Path, words: Mapping[tuple[str, int], str]) -> Path:
    """The file after words were typed, with every cached value wrong."""
    file = folder / "lesson.xlsx"
    save_spoiled(book, file)
    places = {at: (book[at[0]].block.sheet, *book[at[0]].block.cells[at[1]]) for at in words}
    edit_cells(file, file, {places[at]: word for at, word in words.items()})
    return file


def _found(engine: Engine, file: Path, book: Book, name: str) -> Any:
    block = book[name].block
    cells = engine.recalculate(file)[block.sheet]
    return [cells.get(place, "") for place in block.cells]


@pytest.mark.parametrize("formulas", ["matrix", "cell"])
def test_translating_by_hand(tmp_path: Path, engine: Engine, formulas: str) -> None:
    """Typed word for word, another sentence gets the words that the translator gives it."""
    book = lesson_book(formulas=formulas)
    words = {("source_words", i): word for i, word in enumerate(("she", "is", "tired"))}
    words |= {("target_words", i + 1): word for i, word in enumerate(("ela", "está", "cansada"))}
    file = _typed(book, tmp_path, words)
    assert _found(engine, file, book, "next_word") == ["ela", "está", "cansada", END]
    assert _found(engine, file, book, "row")[1] == "ela → está"
    report = verify(file, engine)
    assert report.ok, str(report)


def test_another_source_word_changes_the_words_named(tmp_path: Path, ironcalc: Engine) -> None:
    """What step 1 tells to try."""
    book = lesson_book()
    assert column(book, "next_word") == ["eu", "sou", "feliz", END]
    file = _typed(book, tmp_path, {("source_words", 2): "tired"})
    assert _found(ironcalc, file, book, "next_word") == ["eu", "estou", "cansado", END]
    assert _found(ironcalc, file, book, "as_typed") == ["✓", "✗", "✗"]


@pytest.mark.parametrize("typed", ["", "hapy"])
def test_a_cell_without_a_known_word_is_not_looked_at(
    tmp_path: Path, engine: Engine, typed: str
) -> None:
    """Its share is exactly 0, and the rest is what it would be without that word."""
    book, shorter = lesson_book(), lesson_book(source="I am", target="eu sou feliz")
    file = _typed(book, tmp_path, {("source_words", 2): typed})
    for name in ("encoder_1_self_weights", "decoder_1_cross_weights"):
        found = np.array(_found(engine, file, book, name), dtype=float).reshape(-1, 3)
        assert not found[:, 2].any()
        rows = shorter[name].value[0]
        np.testing.assert_allclose(found[: len(rows), :2], rows, atol=1e-9)
    assert verify(file, engine).ok
    message = _found(engine, file, book, "source_message")[2]
    assert message == ("← no known English word: it is left out" if typed else "")


def test_an_emptied_target_word_names_nothing(tmp_path: Path, engine: Engine) -> None:
    book = lesson_book()
    file = _typed(book, tmp_path, {("target_words", 3): ""})
    assert _found(engine, file, book, "next_word") == ["eu", "sou", "feliz", ""]
    assert _found(engine, file, book, "as_typed") == ["✓", "✓", ""]
    assert verify(file, engine).ok


def test_a_click_on_a_box_of_the_figure_goes_to_its_step() -> None:
    """The nearest heading above the place is that of the step whose number stands in the box."""
    book = lesson_book()
    links = [cell_block for cell_block in book.sheets[0].cell_blocks if cell_block.link]
    assert len(links) == 19
    for cell_block in links:
        sheet, place = cell_block.link.replace("'", "").split("!")
        row = int(place.rpartition("$")[2]) - 1
        headings = {
            each.row: each for each in _sheet(book, sheet).cell_blocks if each.style == "stage"
        }
        heading = headings[max(at for at in headings if at < row)]
        step, heading_step = (str(each.values[0, 0]).split()[0] for each in (cell_block, heading))
        assert step == heading_step


def _sheet(book: Book, name: str) -> Sheet:
    return next(sheet for sheet in book.sheets if sheet.name == name)


def test_the_file_has_the_links(tmp_path: Path) -> None:
    sheet = openpyxl.load_workbook(lesson_book().save(tmp_path / "lesson.xlsx"))["Transformer"]
    places = [cell.hyperlink.location for row in sheet for cell in row if cell.hyperlink]
    assert len(places) == 19
    assert "'Next word'!$D$10" in places


def test_the_sheet_is_not_too_large(tmp_path: Path) -> None:
    assert lesson_book().save(tmp_path / "lesson.xlsx").stat().st_size < 350_000


@pytest.mark.parametrize(
    ("options", "error", "words"),
    [
        ({"heads": 3}, SheetformerError, "heads must be a whole number from 1 to 2"),
        ({"source": ""}, WordError, "no word"),
        ({"source": "I am hapy"}, WordError, "hapy"),
        ({"source": "the " * 9}, WordError, "at most 8"),
        ({"target": "eu estou hapy"}, WordError, "hapy"),
        ({"target": "o " * 20}, WordError, "at most"),
    ],
)
def test_refused_in_one_sentence(options: Any, error: type[Exception], words: str) -> None:
    with pytest.raises(error, match=words):
        lesson_book(**options)


def test_the_example_is_told_only_of_its_sentence() -> None:
    said = [lesson_book(source=source).stages for source in ("I am happy", "she is tired")]
    told = [any("put tired for happy" in stage.text for stage in stages) for stages in said]
    assert told == [True, False]


@pytest.mark.parametrize("sheet", ["Encoder", "Decoder"])
def test_the_way_is_folded_and_the_story_in_sight(sheet: str) -> None:
    """Means, variances, maxima and exponentials are workings; queries meet keys in sight."""
    book = lesson_book()
    folded = _sheet(book, sheet).folded
    blocks = [block for block in book.blocks.values() if block.sheet == sheet]
    seen = {
        block.node.name
        for block in blocks
        if not any(block.matrices[0].row in rows for rows in folded)
    }
    assert not [name for name in seen if name.endswith(("_mean", "_variance", "_max", "_exp"))]
    side = sheet.lower()
    assert {f"{side}_1_self_{part}" for part in ("Q", "K_turned", "scores", "weights", "V")} <= seen
    assert len(seen) < len(blocks) / 1.5


def test_keys_stand_over_scores_and_values_over_the_blend() -> None:
    book = lesson_book()
    for name in ("encoder_1_self", "decoder_1_self", "decoder_1_cross"):
        for over, result in (("K_turned", "scores"), ("V", "blend")):
            above, below = (book[f"{name}_{part}"].block.matrices[0] for part in (over, result))
            assert above.column == below.column
            assert above.row < below.row


def test_use_cos_is_one_in_even_columns() -> None:
    marks = lesson_book()["use_cos"]
    assert marks.value.ravel().tolist() == [0, 1] * 4
    assert "Even columns (d2, d4, …)" in marks.block.caption.note


def test_a_sentence_a_row_says_the_next_word() -> None:
    book = lesson_book()
    told = book["next_told"].value[:, 0]
    for said, word, share in zip(
        told, book["next_word"].value[:, 0], book["probability"].value[:, 0], strict=True
    ):
        assert f"comes “{word}” ({share * 100:.0f} %)" in said
