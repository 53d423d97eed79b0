"""One step, run, stop and undo in a real Chromium."""

from __future__ import annotations

import re
from collections.abc import Callable

import sheetformer as sf

from .browser import Tab


def test_a_page_goes_on_and_back(opened: Callable[..., Tab]) -> None:
    book = sf.lesson("training", steps=2)
    tab = opened(book)
    runner = tab.page.locator(".runner")
    runner.locator(".step").click()
    assert abs(tab.values("loss_3")[0, 0] - book.step()["loss_3"].value[0, 0]) < 1e-9
    tab.page.locator(".undo").click()
    assert abs(tab.values("loss_3")[0, 0] - book["loss_3"].value[0, 0]) < 1e-9
    runner.locator(".run").click()
    runner.locator(".speed", has_text=re.compile(r"^([2-9]|\d\d).*second")).wait_for()
    runner.locator(".run").click()
    taken = int(runner.locator(".speed").inner_text().split()[0])
    assert taken > 1
    assert abs(tab.values("loss_3")[0, 0] - book.step(taken)["loss_3"].value[0, 0]) < 1e-9
    tab.page.locator(".undo").click()
    assert abs(tab.values("loss_3")[0, 0] - book["loss_3"].value[0, 0]) < 1e-9


def test_a_book_that_does_not_go_on_has_no_runner(opened: Callable[..., Tab]) -> None:
    assert opened(sf.lesson("softmax")).page.locator(".runner").count() == 0
