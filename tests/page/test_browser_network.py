"""The network view in a real Chromium: heads, lines, heat maps, and a translation word by word."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

import sheetformer as sf
from sheetformer.book.workbook import Book

from .browser import Tab

Opened = Callable[..., Tab]


@pytest.fixture(scope="module")
def translator() -> Book:
    return sf.translate("the red house")


def test_a_translation_is_stepped_through_word_by_word(opened: Opened, translator: Book) -> None:
    tab = opened(translator)
    tab.show("network")
    stepper = tab.page.locator('[data-part="stepper"]')
    assert "“a”" in stepper.locator(".steptitle").inner_text()
    stepper.get_by_role("button", name="Next word", exact=True).click()
    assert "“casa”" in stepper.locator(".steptitle").inner_text()
    assert stepper.locator(".stepword").all_inner_texts() == ["a", "casa", "vermelha"]
    assert stepper.locator(".likeliest li").count() >= 3
    # The lines of this word's row stand out.
    on = tab.page.locator("path.line.on")
    thick = [float(on.nth(i).get_attribute("stroke-width")) for i in range(on.count())]
    row = translator["alignment"].value[1]
    assert int(np.argmax(thick)) == int(np.argmax(row))


def test_another_sentence_is_translated_while_one_watches(opened: Opened, translator: Book) -> None:
    tab = opened(translator)
    tab.type_into("source_words", "blue", row=1)
    typed = np.array([["the"], ["blue"], ["house"], *[[""]] * 8], dtype=object)
    assert tab.values("source_words").tolist() == typed.tolist()
    graph = translator.graph
    changed = {graph.node_index(translator.blocks["source_words"].node.base): typed}
    wanted = graph.evaluate(changed)
    place = graph.node_index(translator.blocks["alignment"].node.base)
    assert np.abs(tab.values("alignment") - wanted[place]).max() < 1e-9
    translation = wanted[graph.node_index(translator.blocks["translation"].node.base)].item()
    assert tab.cell("translation").text_content() == translation
    tab.show("network")
    assert tab.page.locator(".stepword").all_inner_texts() == translation.split()


def test_every_layer_can_be_chosen(opened: Opened, translator: Book) -> None:
    tab = opened(translator)
    tab.show("network")
    select = tab.page.locator(".choosers select")
    count = select.locator("option").count()
    assert count >= 3
    for i in range(count):
        select.select_option(index=i)
        panels = tab.page.locator(".panel").count()
        assert panels in (1, 2)  # one for each head
        assert tab.page.locator(".panel svg.lines").count() == panels
        shown = tab.page.locator(".heatmap td[data-cell]:visible").count()
        assert shown > 0


def test_heads_side_by_side(opened: Opened) -> None:
    book = sf.lesson("multi-head")
    tab = opened(book)
    tab.show("network")
    assert tab.page.locator(".panel").count() == 2
    tab.page.get_by_role("button", name="Head 2", exact=True).click()
    assert tab.page.locator(".panel").count() == 1
    shown = tab.page.locator(".heatmap td[data-cell]").all_text_contents()
    assert shown == [f"{share:.1%}" for share in book["head2_weights"].value.ravel()]


def test_a_weight_is_told_and_edited_here_too(opened: Opened, translator: Book) -> None:
    tab = opened(translator)
    tab.show("network")
    cell = tab.page.locator(".heatmap td[data-cell]").first
    cell.click()
    assert "of its attention to" in tab.page.locator('[data-part="attends"]').inner_text()
    tab.page.keyboard.press("F2")
    assert tab.page.locator(".editor").input_value().startswith("=")
    tab.page.keyboard.press("Escape")
    tab.page.keyboard.press("ArrowDown")
    assert tab.page.locator(".heatmap tbody tr").nth(1).locator("td.selected").count() == 1


def test_heat_maps_and_long_tables_follow_an_edit(opened: Opened, translator: Book) -> None:
    tab = opened(translator)
    for title in ("Vocabulary", "Matrices, gains and biases"):
        tab.page.locator(".fold", has_text=title).click()
    table = tab.page.locator('[data-block="english_embeddings"] td[data-cell]')
    table.first.click()
    tab.page.keyboard.type("9.5")
    tab.page.keyboard.press("Enter")
    assert table.first.text_content() == "9.50"
    columns = translator["english_embeddings"].value.shape[1]
    assert table.count() < 60 * columns  # of hundreds of words only those in sight
    tab.show("network")
    heat = tab.page.locator(".heatmap td[data-cell]")
    before = heat.first.text_content()
    tab.show("lesson")
    tab.type_into("source_words", "a")
    tab.show("network")
    assert heat.first.text_content() != before
    tab.page.keyboard.press("Control+z")
    assert heat.first.text_content() == before


def test_only_attention_is_told_as_attention(opened: Opened) -> None:
    tab = opened(sf.lesson("softmax"))
    assert tab.page.locator('.viewtabs [data-view="network"]').count() == 0
    tab.page.get_by_role("button", name="Unfold all").click()
    assert tab.page.locator("svg.lines").count() == 0
    tab.cell("safe_shares", 1, 2).click()
    assert tab.page.locator('[data-part="attends"]').count() == 0
    assert "of the whole" in tab.page.locator(".sharetext").inner_text()


def test_the_attention_before_and_after_training_is_told(opened: Opened) -> None:
    tab = opened(sf.lesson("training", steps=1))
    tab.cell("weights_after", 2, 1).click()
    assert "of its attention to" in tab.page.locator('[data-part="attends"]').inner_text()
