"""A sheet while it is being filled."""

from __future__ import annotations

from dataclasses import dataclass, field

from sheetformer.book.cells import Bounds, CellBlock, DropDown, Scale, text_block
from sheetformer.book.charts import AnyChart
from sheetformer.book.workbook import Sheet


@dataclass
class Draft:
    """What will be a `Sheet`; the fields are the same, but for what is known at its end."""

    name: str
    cell_blocks: list[CellBlock] = field(default_factory=list[CellBlock])
    widths: dict[int, float] = field(default_factory=dict[int, float])
    heights: dict[int, float] = field(default_factory=dict[int, float])
    scales: list[Scale] = field(default_factory=list[Scale])
    drop_downs: list[DropDown] = field(default_factory=list[DropDown])
    bounds: list[Bounds] = field(default_factory=list[Bounds])
    charts: list[AnyChart] = field(default_factory=list[AnyChart])
    folded: list[range] = field(default_factory=list[range])
    frozen: tuple[int, int] = (0, 0)

    def text(self, row: int, column: int, text: str, style: str, span: int = 1) -> None:
        """Put one text; over `span` columns where that is more than one."""
        self.cell_blocks.append(text_block(row, column, text, style, span))

    def done(self) -> Sheet:
        """The sheet as it stands."""
        return Sheet(**vars(self))
