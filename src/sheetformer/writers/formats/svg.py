"""A picture of a book's attention as SVG: sharp at any size, its words as text."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from pathlib import Path

from sheetformer.book.workbook import Book
from sheetformer.files import replacing
from sheetformer.writers.picture import Picture, Text, Tiles, picture_of
from sheetformer.writers.styles import LINE
from sheetformer.xml_text import xml_text

WHITE = "#ffffff"


def write(book: Book, path: Path) -> None:
    """Write the attention of a book as a picture.

    Raises:
        SheetformerError: it holds no attention map, or more than a picture can show.
        FileError: the file cannot be written; nothing half-written is left.
    """
    text = svg_of(picture_of(book))
    with replacing(path) as temporary:
        temporary.write_text(text, encoding="utf-8")


def svg_of(picture: Picture) -> str:
    """The picture as SVG."""
    size = f"{picture.width:.0f}", f"{picture.height:.0f}"
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{size[0]}" height="{size[1]}" '
        f'viewBox="0 0 {size[0]} {size[1]}" role="img" '
        'font-family="Arial, Helvetica, sans-serif">',
        f"<title>{xml_text(picture.title)}</title>",
        f'<rect width="100%" height="100%" fill="{WHITE}"/>',
        *(line for tiles in picture.tiles for line in _tiles(tiles)),
        *map(_text, picture.texts),
        "</svg>",
    ]
    return "\n".join(lines) + "\n"


def _tiles(tiles: Tiles) -> Iterator[str]:
    """Cells of one colour beside each other are one rectangle; what is white needs none."""
    rows, columns = tiles.colours.shape[:2]
    high, wide = tiles.height / rows, tiles.width / columns
    yield '<g shape-rendering="crispEdges">'
    for i, row in enumerate(tiles.colours):
        column = 0
        for colour, run in groupby("#" + bytes(cell).hex() for cell in row):
            count = len(list(run))
            if colour != WHITE:
                x, y = tiles.x + column * wide, tiles.y + i * high
                yield (
                    f'<rect x="{x:.2f}" y="{y:.2f}" width="{count * wide:.2f}" '
                    f'height="{high:.2f}" fill="{colour}"/>'
                )
            column += count
    yield "</g>"
    yield (
        f'<rect x="{tiles.x:.2f}" y="{tiles.y:.2f}" width="{tiles.width:.2f}" '
        f'height="{tiles.height:.2f}" fill="none" stroke="{LINE}" stroke-width="0.7"/>'
    )


def _text(text: Text) -> str:
    turned = f' transform="rotate({-text.angle:g} {text.x:.1f} {text.y:.1f})"' if text.angle else ""
    return (
        f'<text x="{text.x:.1f}" y="{text.y:.1f}" font-size="{text.size:g}" fill="{text.colour}" '
        f'text-anchor="{text.anchor}"{turned}>{xml_text(text.content)}</text>'
    )
