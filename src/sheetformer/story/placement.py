"""Where blocks and figures stand in their stages."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Placement:
    """Where a block stands.

    Attributes:
        stage: the number of its stage; None for the one that it was made in.
        direction: "right" of the block before while it fits, in a new "line", or "below" it.
        order: blocks of a lower order stand first in their stage.
        before: the base of the node that it stands right before, whatever its order.
        over: the base of the node that it stands over, column by column: as the right operand of a
            product stands over the result, while the left one stands at the result's left.
        workings: it stands at the end of its stage, folded away.
    """

    stage: int | None = None
    direction: str = "right"
    order: int = 0
    before: int | None = None
    over: int | None = None
    workings: bool = False


@dataclass(frozen=True)
class Figure:
    """Something that is drawn, not computed.

    Attributes:
        stage: the number of its stage.
        rows: how many rows it takes.
        columns: how many columns it takes.
        drawing: what to draw; see `sheetformer.story.figures`.
        before_block: the name of the block that it stands before; empty for the end.
        direction: as a placement's.
    """

    stage: int
    rows: int
    columns: int
    drawing: object
    before_block: str = ""
    direction: str = "right"


NO_PLACEMENT = Placement()
