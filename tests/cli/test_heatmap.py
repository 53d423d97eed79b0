"""The heat map: right numbers in the right places, at any width."""

from __future__ import annotations

import pytest

from sheetformer.cli.heatmap import heat_map

SHARES = [[0.9, 0.06, 0.04], [0.0, 1.0, 0.0]]
ROWS = ["eu", "felicidade enorme"]
COLUMNS = ["I", "am", "happy"]


def lines(width: int, colour: bool = False) -> list[str]:
    return heat_map(SHARES, ROWS, COLUMNS, width, colour=colour).plain.splitlines()


def test_wide() -> None:
    head, first, second = lines(80)
    assert head.split() == COLUMNS
    assert first.split() == ["eu", "90%", "▇", "6%", "4%"]
    assert second.split()[:2] == ["felicidade", "en…"]
    assert second.split()[2:] == ["0%", "100%", "█", "0%"]


@pytest.mark.parametrize("width", [20, 25, 30, 80])
def test_no_line_is_wider_than_the_terminal(width: int) -> None:
    assert max(map(len, lines(width)[:-1])) <= width


def test_narrow_columns_have_numbers_and_a_key() -> None:
    printed = lines(25)
    assert printed[-1].split() == ["1", "I", "2", "am", "3", "happy"]
    assert printed[0].split() == ["1", "2"]


def test_colour_is_lighter_where_the_share_is_smaller() -> None:
    text = heat_map(SHARES, ROWS, COLUMNS, 80, colour=True)
    colours = [span.style.bgcolor for span in text.spans if getattr(span.style, "bgcolor", None)]
    light = [sum(colour.get_truecolor()) for colour in colours[:3]]
    assert light == sorted(light)
    assert text.plain == heat_map(SHARES, ROWS, COLUMNS, 80, colour=False).plain
