"""A product stands where the rows at its left meet the columns over it; workings fold away."""

from __future__ import annotations

import io
import re
import zipfile
from pathlib import Path

import numpy as np

from sheetformer.book.build import build
from sheetformer.book.workbook import Book
from sheetformer.graph.functions import copy
from sheetformer.story.story import Story


def product(**placed: bool) -> Book:
    """left (3, 2) · turned (2, 4), with the right operand over the product."""
    story = Story("Meeting")
    story.stage("1   Meet")
    left = story.input(np.arange(6.0).reshape(3, 2), "left")
    right = story.input(np.arange(8.0).reshape(4, 2), "right", workings=True)
    turned = copy(right.T)
    result = story.show(left @ turned, "result", "left turned")
    story.show(turned, "turned", over=result)
    story.show(result + 1.0, "after", **placed)
    return build(story)


def test_rows_meet_columns() -> None:
    blocks = product().blocks
    left, turned, result = (blocks[name] for name in ("left", "turned", "result"))
    assert result.matrices[0].row == left.matrices[0].row
    assert result.matrices[0].column == turned.matrices[0].column
    assert turned.matrices[0].row + turned.rows < result.matrices[0].row
    assert left.matrices[0].column + left.columns < result.matrices[0].column


def test_nothing_covers_anything_else() -> None:
    (sheet, _) = product().sheets
    cells = [
        (part.row + row, part.column + column)
        for part in sheet.cell_blocks
        for row, column in np.ndindex(part.values.shape)
    ]
    assert len(cells) == len(set(cells))


def test_workings_stand_last_and_are_folded_below_their_heading(tmp_path: Path) -> None:
    book = product(workings=True)
    (folded,) = book.sheets[0].folded
    rows = {name: block.matrices[0].row for name, block in book.blocks.items()}
    assert {name for name, row in rows.items() if row in folded} == {"right", "after"}
    assert max(rows["result"], rows["left"]) < folded.start
    file = book.save(tmp_path / "a.xlsx")
    with zipfile.ZipFile(io.BytesIO(file.read_bytes())) as parts:
        xml = parts.read("xl/worksheets/sheet1.xml").decode()
    tags = {int(found[1]): found[0] for found in re.finditer(r'<row r="(\d+)"[^>]*>', xml)}
    hidden = {number - 1 for number, tag in tags.items() if 'hidden="1"' in tag}
    assert hidden == {row for row in folded if row < book.sheets[0].rows}
    assert 'collapsed="1"' in tags[folded.start]
    assert 'summaryBelow="0"' in xml


def test_a_product_below_another_block_has_its_operand_over_it() -> None:
    story = Story("Below")
    story.stage("1   Below")
    left = story.input(np.eye(2), "left")
    right = story.input(np.eye(2), "right")
    result = story.show(left @ right, "result", below=True)
    story.place(right, over=result)
    blocks = build(story).blocks
    rows = [blocks[name].matrices[0].row for name in ("left", "right", "result")]
    assert rows == sorted(rows)
    assert rows[1] - rows[0] >= 2 + 3
    assert blocks["right"].matrices[0].column == blocks["result"].matrices[0].column


def test_a_book_without_workings_folds_nothing() -> None:
    story = Story("Plain")
    story.show(story.input(np.eye(2), "x") * 2.0, "y")
    assert not build(story).sheets[0].folded


def test_a_block_before_one_that_is_moved_itself_keeps_its_place() -> None:
    story = Story("Moved")
    story.stage("1   Move")
    a, b, c = (story.input(np.eye(2), name) for name in "abc")
    story.place(b, before=a)
    story.place(c, before=b)
    assert [*build(story).blocks] == ["c_", "b", "a"]
