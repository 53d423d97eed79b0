"""What a book shows of itself in a notebook that is only read."""

from __future__ import annotations

import re

import pytest

import sheetformer as sf


@pytest.mark.parametrize("name", ["dot-product", "cross-attention"])
def test_the_picture_shows_computed_shares_below_their_words(name: str) -> None:
    text = sf.lesson(name)._repr_html_()
    chosen = re.search(r"<caption>(\w+):", text)
    assert chosen is not None
    assert not chosen[1].startswith("ref_")
    rows = [re.findall("<t[hd]", row) for row in re.findall("<tr>.*?</tr>", text)]
    assert len({len(row) for row in rows}) == 1
