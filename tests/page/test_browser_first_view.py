"""The first view: goal, what to do, equations, the model at a glance, figure 1 as links."""

from __future__ import annotations

from collections.abc import Callable

import pytest

import sheetformer as sf

from .browser import Tab, settled

Opened = Callable[..., Tab]


def test_the_first_view_says_the_goal_and_what_to_do_and_shows_who_looks_at_whom(
    opened: Opened,
) -> None:
    tab = opened(sf.lesson("cross-attention"))
    for part in (".headline", ".todo", ".pinned svg.lines"):
        (box,) = settled(tab.page.locator(part))
        assert box["y"] + box["height"] < 500
    assert "English words" in tab.page.locator(".todo").inner_text()
    equation = tab.page.locator(".stage", has_text="Scale").locator(".stageequation mfrac msqrt")
    assert equation.first.text_content() == "dk"
    stages = tab.page.locator(".stage")
    tab.page.get_by_role("button", name="Unfold all").click()
    assert tab.page.locator(".stage.open").count() == stages.count()
    assert tab.page.locator("details:not([open])").count() == 0
    tab.page.get_by_role("button", name="Fold all", exact=True).click()
    assert tab.page.locator(".stage.open").count() == 0
    # The last step has nothing behind it: it stays.
    last = tab.page.locator(".story .stage").last
    last.locator(".fold").click()
    last.locator(".done button").click()
    assert tab.page.locator(".stage.open").count() >= 1


def test_what_is_in_sight_is_drawn_first_and_a_stage_out_of_sight_when_it_is_wanted(
    opened: Opened,
) -> None:
    tab = opened(sf.lesson("cross-attention"))
    # As at the start, but nobody waits: the reader goes to a stage that is not drawn yet.
    tab.page.evaluate("""() => {
      const list = document.querySelector('.languages');
      list.value = 'pt';
      list.dispatchEvent(new Event('change'));
      window.undrawn = document.querySelectorAll('.stagebody:empty:not([hidden])').length;
      const box = document.querySelector('.namebox');
      box.value = 'blend';
      box.dispatchEvent(new KeyboardEvent('keydown', { key: 'Enter', bubbles: true }));
      window.there = document.activeElement.matches('[data-block=blend] td.selected');
    }""")
    assert tab.page.evaluate("[window.undrawn, window.there]") == [11, True]
    first = tab.page.locator(".stage").first.locator("td[data-cell]")
    assert first.first.is_visible()
    tab.page.wait_for_selector(".stagebody:empty:not([hidden])", state="detached")


def test_the_network_shows_the_whole_model_and_each_box_goes_to_its_cells(opened: Opened) -> None:
    tab = opened(sf.translate("the red house"))
    tab.show("network")
    overview = tab.page.locator(".overview")
    assert overview.get_by_role("listitem").filter(has_text="Step 1 × 12").count() == 1
    assert overview.locator(".part", has_text="⊕ memory").count() == 1
    overview.get_by_role("button", name="self weights × 2").first.click()
    assert tab.page.locator(".explain .where strong").inner_text().startswith("encoder_1_self")
    assert tab.page.locator("td.selected").first.is_visible()


def test_a_box_of_figure_1_goes_to_its_step(opened: Opened) -> None:
    tab = opened(sf.lesson("encoder-decoder"), size=(390, 844))
    box = tab.page.get_by_role("button", name="12 Multi-Head Attention", exact=True)
    figure = tab.page.locator(".boxgrid")
    assert figure.evaluate("e => e.scrollWidth") <= 390
    box.click()
    assert tab.page.locator(".explain .where strong").inner_text().startswith("decoder_1_cross")


def test_a_recorded_model_opens_on_what_it_says(opened: Opened) -> None:
    torch = pytest.importorskip("torch")
    torch.manual_seed(0)
    given = torch.randn(1, 3, 4)
    attention = torch.nn.MultiheadAttention(4, 2, batch_first=True)
    tab = opened(sf.record(attention, given, given, given))
    (box,) = settled(tab.cell("output"))
    assert tab.page.locator(".explain .where strong").inner_text() == "output"
    assert 0 < box["y"] < 900


def test_a_book_without_attention_promises_none(opened: Opened) -> None:
    tab = opened(sf.lesson("tokens"))
    assert "looks at" not in tab.page.locator(".todo").inner_text()
    assert tab.page.locator(".pinned svg").count() == 0


def test_a_letter_between_words_is_no_quantity(opened: Opened) -> None:
    """As the article of “X: one row a word”."""
    tab = opened(sf.lesson("multi-head"))
    letters = tab.page.locator(".stageequation mi[mathvariant=normal]")
    assert letters.first.text_content() == "a"
    assert (
        tab.page.locator(".cardequation mi", has_text="Q").first.get_attribute("mathvariant")
        is None
    )
