"""A book as text, word for word."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from sheetformer.book.build import build
from sheetformer.story.story import Story


def test_a_book_as_text(tmp_path: Path) -> None:
    story = Story("Two numbers")
    story.stage("Roots", "Type any.", group="Sheet")
    x = story.input(np.array([[1.0, 4.0]]), "x")
    story.show(np.sqrt(x), "root", "√x")
    story.show(x.sum(), "total")
    for style, formula in (("matrix", "{=SQRT(x)}"), ("cell", "=SQRT(C$10)  …  =SQRT(D$10)")):
        text = build(story, style).save(tmp_path / "book.txt").read_text(encoding="utf-8")
        assert text == EXPECTED.replace("FORMULA", formula)


EXPECTED = """\
Two numbers
===========

# Roots
Type any.

x  [input]
  Sheet!C10:D10
      1.0000    4.0000

root = √x  [sqrt]
  Sheet!G10:H10  FORMULA
      1.0000    2.0000

total  [sum]
  Sheet!K10  =SUM(x)
      5.0000
"""
