"""Attention weights as a heat map in the terminal.

The text is the same with and without colour: a number and a small bar in every cell. The colours
get darker as a share grows, so they keep their order in greyscale too.
"""

from __future__ import annotations

from collections.abc import Sequence

from rich.cells import cell_len, set_cell_size
from rich.color import Color
from rich.style import Style
from rich.text import Text

from sheetformer.cli.console import console
from sheetformer.cli.error_reporting import printable

BARS = " ▁▂▃▄▅▆▇█"
_COLOURS = (231, 230, 223, 216, 209, 208, 166, 130, 94)
"""One for each bar, of the 256 that nearly every terminal shows: white, orange, brown."""
_WHITE_INK = 7
"""From this step on, white letters can be read better than black ones."""
_LABEL = 14
"""The widest word on a row before it is cut."""

_WIDE = 6
"""The width of a cell such as `100% █`."""

Shares = Sequence[Sequence[float]]


def show_heat_map(title: str, shares: Shares, rows: Sequence[str], columns: Sequence[str]) -> None:
    """Print shares under a title, coloured where the terminal has enough colours."""
    screen = console()
    down, across = ([printable(word) for word in side] for side in (rows, columns))
    colour = screen.color_system in ("256", "truecolor")
    screen.print(f"\n{title}\n")
    screen.print(heat_map(shares, down, across, screen.width, colour=colour))


def heat_map(
    shares: Shares, rows: Sequence[str], columns: Sequence[str], width: int, *, colour: bool
) -> Text:
    """Shares as a table of percentages.

    Args:
        shares: one row a target word, one share (0 to 1) a source word.
        rows: the target words.
        columns: the source words.
        width: how many characters fit side by side.
        colour: whether the background shows the share as well.
    """
    label = min(_LABEL, max(map(cell_len, rows))) + 1
    sizes = [max(cell_len(word), _WIDE) for word in columns]
    if label + sum(sizes) + len(sizes) <= width:
        return _table(shares, rows, columns, sizes, label, colour=colour)
    return _numbered(shares, rows, columns, label, width, colour=colour)


def _numbered(
    shares: Shares,
    rows: Sequence[str],
    columns: Sequence[str],
    label: int,
    width: int,
    *,
    colour: bool,
) -> Text:
    """Narrow columns under numbers, in as many bands as the width asks for; then the words."""
    size = 4
    fit = max(1, (width - label) // size)
    text = Text()
    for start in range(0, len(columns), fit):
        numbers = [str(i + 1) for i in range(start, min(start + fit, len(columns)))]
        part = [row[start : start + fit] for row in shares]
        text += _table(part, rows, numbers, [size] * len(numbers), label, colour=colour)
        text.append("\n")
    for i, word in enumerate(columns):
        text.append(f"{i + 1} ", style="bold")
        text.append(word.replace(" ", "\N{NO-BREAK SPACE}"))
        text.append("  " if i + 1 < len(columns) else "")
    return text


def _table(
    shares: Shares,
    rows: Sequence[str],
    columns: Sequence[str],
    sizes: Sequence[int],
    label: int,
    *,
    colour: bool,
) -> Text:
    text = Text(" " * label)
    for word, size in zip(columns, sizes, strict=True):
        text.append(_centred(word, size) + _gap(size), style="bold")
    for word, row in zip(rows, shares, strict=True):
        text.append("\n")
        short = word if cell_len(word) < label else set_cell_size(word, label - 2) + "…"
        text.append(short.rjust(label - 1) + " ", style="bold")
        for share, size in zip(row, sizes, strict=True):
            text.append(_cell(share, size), style=_style(share, strongest=max(row), colour=colour))
            text.append(_gap(size))
    return text


def _cell(share: float, size: int) -> str:
    """A percentage and its bar.

    >>> _cell(0.5, 6), _cell(0.5, 4)
    (' 50% ▄', ' 50▄')
    """
    bar = BARS[_step(share)]
    return _centred(f"{100 * share:3.0f}{bar}" if size < _WIDE else f"{share:4.0%} {bar}", size)


def _gap(size: int) -> str:
    """Narrow cells stand side by side; the number's own blank keeps them apart."""
    return "" if size < _WIDE else " "


def _centred(word: str, size: int) -> str:
    spare = size - cell_len(word)
    return " " * (spare // 2) + word + " " * (spare - spare // 2)


def _style(share: float, *, strongest: float, colour: bool) -> Style:
    bold = share == strongest
    if not colour:
        return Style(bold=bold)
    step = _step(share)
    ink, shade = Color.from_ansi(231 if step >= _WHITE_INK else 16), Color.from_ansi(_COLOURS[step])
    return Style(bold=bold, color=ink, bgcolor=shade)


def _step(share: float) -> int:
    """Which bar and colour a share has, from 0 to 8."""
    return round(min(max(share, 0.0), 1.0) * (len(BARS) - 1))
