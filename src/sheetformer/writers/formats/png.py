"""A picture of a book's attention as PNG, drawn by matplotlib."""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import Any

from sheetformer.book.workbook import Book
from sheetformer.errors import SheetformerError
from sheetformer.files import replacing
from sheetformer.writers.picture import Picture, Text, Tiles, picture_of
from sheetformer.writers.styles import LINE

POINTS = 72
"""Points an inch, the unit of the picture."""
SHARP = 216
"""Dots an inch."""
LONGEST_SIDE = 20_000
"""Dots of a side."""


def write(book: Book, path: Path) -> None:
    """Write the attention of a book as a picture.

    Raises:
        SheetformerError: it holds no attention map, or more than a picture can show; or matplotlib
            is not installed.
        FileError: the file cannot be written; nothing half-written is left.
    """
    picture = picture_of(book)
    figure = _figure(picture)
    sharp = min(SHARP, LONGEST_SIDE * POINTS / max(picture.width, picture.height))
    with replacing(path) as temporary, warnings.catch_warnings():
        # A sign that its font lacks is drawn as a box.
        warnings.filterwarnings("ignore", message=".*missing from font.*")
        figure.savefig(temporary, format="png", dpi=sharp)


def _figure(picture: Picture) -> Any:
    try:
        from matplotlib.figure import Figure
    except ImportError:
        raise SheetformerError(
            "a picture as .png needs matplotlib; run: pip install 'sheetformer[pictures]', or save "
            "it as .svg"
        ) from None
    figure: Any = Figure(figsize=(picture.width / POINTS, picture.height / POINTS))
    axes = figure.add_axes((0, 0, 1, 1))
    for tiles in picture.tiles:
        _tiles(axes, tiles)
    for text in picture.texts:
        _text(axes, text)
    # An image sets the limits anew, so these come last.
    axes.set_xlim(0, picture.width)
    axes.set_ylim(picture.height, 0)
    axes.axis("off")
    return figure


def _tiles(axes: Any, tiles: Tiles) -> None:
    right, below = tiles.x + tiles.width, tiles.y + tiles.height
    place = (tiles.x, right, below, tiles.y)
    axes.imshow(tiles.colours, extent=place, interpolation="nearest", aspect="auto")
    across, down = (tiles.x, right, right, tiles.x), (tiles.y, tiles.y, below, below)
    axes.fill(across, down, fill=False, edgecolor=LINE, linewidth=0.7)


def _text(axes: Any, text: Text) -> None:
    sides = {"start": "left", "middle": "center", "end": "right"}
    turned: dict[str, Any] = {"rotation": text.angle, "rotation_mode": "anchor"}
    settings: dict[str, Any] = {"ha": sides[text.anchor], "va": "baseline", "color": text.colour}
    # A dollar sign is no formula.
    settings["parse_math"] = False
    axes.text(text.x, text.y, text.content, fontsize=text.size, **settings, **turned)
