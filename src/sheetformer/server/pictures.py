"""A small picture for each lesson: what it is about, in a few strokes."""

from __future__ import annotations

from html import escape

from sheetformer.server.book_request import TRANSLATE

_WIDTH, _HEIGHT = 64, 40

# Strokes of an SVG path; the last ones stand out.
_PATHS = {
    "dot-product": ("M8 34L52 28M8 34L40 6", "M8 34L40 29"),
    "softmax": ("M8 36V28M24 36V24M40 36V32", "M56 36V6"),
    "cross-attention": ("M8 8L56 8M8 20L56 32M8 32L56 20", "M8 20L56 8"),
    "scaling": ("M6 34C22 34 24 6 32 6S42 34 58 34", "M6 30C20 26 24 18 32 18S44 26 58 30"),
    "positions": (
        "M4 20C12 0 20 0 28 20S44 40 52 20",
        "M4 20C8 4 12 4 16 20S24 36 28 20S36 4 40 20",
    ),
    "self-attention": ("M12 10H20M12 20H36M12 30H52", "M12 10H16M28 20H36M44 30H52"),
    "multi-head": ("M6 8L28 20M6 32L28 8M36 8L58 32M36 32L58 32", "M6 20L28 32M36 20L58 8"),
    "encoder-decoder": ("M6 36V6H24V36ZM40 36V6H58V36Z", "M24 20H40M35 15L40 20L35 25"),
    "backprop": ("M6 12H58M50 6L58 12L50 18", "M58 30H6M14 24L6 30L14 36"),
    "training": ("M6 4V36H60", "M8 6C14 28 26 32 58 33"),
    "gpt": ("M6 30H18M24 30H36M42 30H54", "M30 22C34 6 44 6 48 22M43 18L48 23L52 17"),
    "tokens": ("M6 12H58V28H6ZM22 12V28", "M40 8V32"),
    "modern-block": (
        "M6 6H26V16H6ZM6 24H26V34H6ZM38 6H58V16H38ZM38 24H58V34H38Z",
        "M26 20H38M33 15L38 20L33 25",
    ),
    "kv-cache": ("M6 10H22M6 20H36M6 30H50", "M22 10V34M36 20V34M50 30V34"),
    "number-formats": ("M6 36V30M14 36V28M22 36V24M30 36V18M38 36V12", "M46 36V12H58V36"),
    TRANSLATE: ("M6 10H26M6 20H22M6 30H26", "M34 20H58M50 13L58 20L50 27"),
}


def picture(name: str) -> str:
    """The picture of a lesson as SVG, beside its name in words; nothing where there is none."""
    thin, bold = _PATHS.get(name, ("", ""))
    return thin and (
        f'<svg class="picture" viewBox="0 0 {_WIDTH} {_HEIGHT}" width="{_WIDTH}" '
        f'height="{_HEIGHT}" aria-hidden="true"><path d="{escape(thin)}"/>'
        f'<path class="bold" d="{escape(bold)}"/></svg>'
    )


FAVICON = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16"><rect width="16" height="16" '
    'rx="3" fill="#1f3a5f"/><path d="M3 4L13 4M3 8L13 12M3 12L13 8" stroke="#fff"/>'
    '<path d="M3 8L13 4" stroke="#f0994a" stroke-width="2"/></svg>'
)
"""What browsers show beside the title: words that look at words."""
