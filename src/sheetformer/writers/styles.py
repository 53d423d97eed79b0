"""How each style of a cell block looks in a workbook; colours also distinct in greyscale."""

from __future__ import annotations

from typing import Any

INK = "#1F2937"
QUIET = "#5B6472"
NAVY = "#1F3A5F"
LINE = "#D5DAE1"
INPUT_FILL = "#FFF6CC"
INPUT_INK = "#1D4ED8"
LEARNED_FILL = "#EDF0F5"
LOW, MIDDLE, HIGH = "#A3D0FF", "#FFFFFF", "#FFC46B"
"""Numbers of one size are equally dark, whatever their sign, which stands before them."""
SHARE = "#E07A1F"
GOOD, GOOD_FILL = "#14532D", "#DCF3E3"
BLANK_FILL = "#E3F0FF"
FROZEN_FILL, UNKNOWN_FILL = "#DCEAF7", "#F3D9EE"
BAD, BAD_FILL = "#7F1D1D", "#F6C9C4"

BASE: dict[str, Any] = {
    "font_name": "Arial",
    # Excel takes the font of a scheme, Calibri, and not the one that is named.
    "font_scheme": "none",
    "font_size": 10,
    "font_color": INK,
}

TEXTS: dict[str, dict[str, Any]] = {
    "plain": {},
    "title": {"bold": True, "font_size": 18, "font_color": NAVY, "valign": "vcenter"},
    "head": {"font_size": 9, "font_color": QUIET, "valign": "vcenter"},
    "head_lines": {"font_size": 9, "font_color": QUIET, "valign": "vcenter", "text_wrap": True},
    "stage": {
        "bold": True,
        "font_size": 13,
        "font_color": "#FFFFFF",
        "bg_color": NAVY,
        "valign": "vcenter",
        "indent": 1,
    },
    "text": {"text_wrap": True, "font_size": 11, "valign": "vcenter", "indent": 1},
    "equation": {
        "font_name": "Cambria",
        "italic": True,
        "font_size": 13,
        "align": "right",
        "valign": "vcenter",
        "font_color": NAVY,
    },
    "block_title": {"bold": True, "font_color": NAVY, "font_size": 11},
    "note": {
        "text_wrap": True,
        "font_size": 9,
        "font_color": QUIET,
        "valign": "top",
    },
    "workings": {"italic": True, "font_size": 9, "font_color": QUIET, "top": 4, "top_color": LINE},
    "label_row": {
        "align": "right",
        "valign": "vcenter",
        "font_color": QUIET,
        "indent": 1,
        "shrink": True,
    },
    # Right-aligned text runs over the empty cell at its left.
    "label_row_long": {"align": "right", "valign": "vcenter", "font_color": QUIET, "indent": 1},
    "label_column": {"align": "center", "font_color": QUIET, "valign": "bottom", "shrink": True},
    "label_matrix": {"bold": True, "font_color": QUIET, "align": "right", "shrink": True},
    "table_head": {"bold": True, "font_color": NAVY, "bottom": 2, "bottom_color": NAVY},
    "table_label": {"bottom": 1, "bottom_color": LINE, "valign": "vcenter"},
    # Of the self-test.
    "formula": {"font_name": "Courier New", "font_size": 9, "valign": "vcenter"},
    "small": {"font_size": 8, "font_color": QUIET, "align": "center", "valign": "vcenter"},
    "step": {"text_wrap": True, "font_size": 11, "valign": "vcenter"},
    "fact": {"text_wrap": True, "font_size": 9, "font_color": QUIET, "valign": "vcenter"},
    "box": {"border": 1, "align": "center", "valign": "vcenter", "text_wrap": True},
    "box_here": {
        "border": 2,
        "bold": True,
        "align": "center",
        "valign": "vcenter",
        "text_wrap": True,
        "bg_color": SHARE,
        "font_color": "#FFFFFF",
    },
    "box_frame": {"bg_color": "#F3F4F6"},
    "box_small": {"align": "center", "valign": "vcenter", "font_size": 9, "font_color": QUIET},
    "caption": {"align": "center", "bold": True, "font_color": NAVY},
    "arrow_frame": {"align": "center", "bold": True, "font_color": INK, "bg_color": "#F3F4F6"},
    "arrow_here": {"align": "center", "bold": True, "font_color": SHARE},
    "arrow_here_frame": {
        "align": "center",
        "bold": True,
        "font_color": SHARE,
        "bg_color": "#F3F4F6",
    },
    "arrow": {"align": "center", "valign": "vcenter", "bold": True, "font_color": INK},
}

_CELL = {"border": 1, "border_color": LINE, "align": "center", "valign": "vcenter"}

INFINITE = {"num_format": '"−∞"', "font_color": INK}
"""A masked score, shown as what it stands for. Not a section of the number format: some programs
drop the minus sign of the other numbers then."""

KINDS: dict[str, dict[str, Any]] = {
    "input": {"bg_color": INPUT_FILL, "font_color": INPUT_INK, "bold": True},
    "parameter": {"bg_color": LEARNED_FILL},
    "constant": {},
    "computed": {},
    # To be filled in, in an exercise.
    "blank": {"bg_color": BLANK_FILL, "font_color": INPUT_INK, "border": 3, "border_color": NAVY},
}

NUMBER_FORMATS: dict[str, dict[str, Any]] = {
    "number": {"num_format": "0.00", "shrink": True},
    # Recorded numbers that no formula computes: outside the slice, or for want of a rule.
    "frozen": {"num_format": "0.00", "shrink": True, "bg_color": FROZEN_FILL, "italic": True},
    "unknown": {"num_format": "0.00", "shrink": True, "bg_color": UNKNOWN_FILL, "italic": True},
    "share": {"num_format": "0.0%"},
    # What is exactly 0 is nothing: a step after the end, an empty cell.
    "share_or_none": {"num_format": '0.0%;-0.0%;""'},
    "slope": {"num_format": "0.000"},
    "gradient": {"num_format": "0.000", "shrink": True},
    "integer": {"num_format": "0"},
    # Sizes, most of them whole.
    "general": {"num_format": "General", "shrink": True},
    # Whole numbers that are coloured by their size.
    "count": {"num_format": "0"},
    "mask": {"num_format": "0"},
    "switch": {"num_format": "0"},
    "tiny": {"num_format": "0.0E+00", "align": "left", "border": 0, "bottom": 1},
    # Rounding is no difference, and one of many millions is that of a hidden score.
    "difference": {
        "num_format": '[<0.0000000005]0;[<1000000]0.000#######;"> 1000000"',
        "align": "left",
        "border": 0,
        "bottom": 1,
    },
    "word": {"shrink": True},
    "message": {"border": 0, "align": "left", "font_color": BAD, "italic": True},
    # It runs over the cells at its right: a line below its own cell would end nowhere.
    "phrase": {"align": "left", "border": 0},
    "entry": {"align": "left", "border": 0, "bottom": 1, "bottom_color": LINE},
    "sentence": {"align": "left", "border": 0, "bold": True, "font_size": 16, "font_color": NAVY},
    "question": {
        "align": "left",
        "border": 0,
        "bottom": 1,
        "bottom_color": LINE,
        "text_wrap": True,
    },
    # 0 stands where nothing was typed yet.
    "answer": {"num_format": "General;-General;;@", "shrink": True},
    "mark": {
        "align": "left",
        "indent": 1,
        "border": 0,
        "bottom": 1,
        "bottom_color": LINE,
        "text_wrap": True,
    },
    "verdict": {"align": "left", "indent": 1, "border": 0, "bottom": 1, "bottom_color": LINE},
    # One verdict on all: the eye lands here.
    "headline": {"border": 0, "font_size": 44, "bold": True, "bg_color": LEARNED_FILL},
    "under_headline": {"border": 0, "font_size": 13, "font_color": QUIET, "text_wrap": True},
}


def properties(style: str) -> dict[str, Any]:
    """The cell format of a style: a text style, or `kind.number_format` for the cells of a block.

    >>> properties("computed.share")["num_format"]
    '0.0%'
    """
    if style in TEXTS:
        return BASE | TEXTS[style]
    kind, number_format = style.split(".")
    return BASE | _CELL | KINDS[kind] | NUMBER_FORMATS[number_format]
