"""What becomes of a story before it is placed: copies, translations, and what no sheet can hold."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from sheetformer.book.layout import StagePlace
from sheetformer.book.spots import Item
from sheetformer.errors import UnsupportedError
from sheetformer.formula.address import LAST_COLUMN, LAST_ROW
from sheetformer.formula.allowed import LONGEST_FORMULA
from sheetformer.formula.plan import Plan
from sheetformer.graph.node import Node
from sheetformer.language import translate, translate_equation
from sheetformer.story.caption import Caption, Stage
from sheetformer.story.placement import Placement
from sheetformer.story.story import Story


def with_copies(story: Story, plan: Plan) -> Story:
    """The story of the plan's graph: its copies stand where they are needed."""
    captions, placements = dict(story.captions), dict(story.placements)
    for base, (owner, user) in plan.copies.items():
        # A table has lines for single values only.
        here = story.stage_of(user)
        in_table = bool(story.stages and story.stages[here].table)
        number_format = story.number_format(owner)
        captions[base] = Caption("Side by side", note=_SIDE_BY_SIDE, number_format=number_format)
        placements[base] = (
            Placement(story.stage_of(owner))
            if in_table
            else Placement(here, workings=bool(story.stages))
        )
    return replace(story, graph=plan.graph, captions=captions, placements=placements)


_SIDE_BY_SIDE = "The same cells, side by side, so that one formula can read them."


def items(story: Story, plan: Plan) -> list[Item]:
    """The blocks of a plan with their captions, in the language in use."""
    nodes = (plan.graph.nodes[place] for place in plan.blocks)
    return [
        Item(
            node,
            _translated(story.caption(node)),
            story.placement(node),
            plan.graph.roles.get(node.base, ""),
        )
        for node in nodes
    ]


def _translated(caption: Caption) -> Caption:
    """A caption in the language in use."""
    return replace(
        caption,
        title=translate(caption.title),
        note=translate(caption.note),
        equation=translate_equation(caption.equation),
    )


def translated_stage(stage: Stage) -> Stage:
    """A stage in the language in use."""
    return replace(
        stage,
        title=translate(stage.title),
        text=translate(stage.text),
        equation=translate_equation(stage.equation),
        group=translate(stage.group),
        table={translate(heading): width for heading, width in stage.table.items()},
    )


def refuse_infinite(plan: Plan) -> None:
    """No cell can hold infinity.

    Raises:
        UnsupportedError: a value is infinite or no number; the message names the block.
    """
    for at in plan.blocks:
        node, value = plan.graph.nodes[at], plan.graph.values[at]
        if value.dtype != object and not np.isfinite(value).all():
            where = np.argwhere(~np.isfinite(value))[0].tolist()
            raise UnsupportedError(
                f"block {node.name or node.op!r} is not finite at {where}; a cell cannot hold "
                "infinity, so keep numbers in range (hide with np.where(mask, x, -np.inf))"
            )


def refuse_too_long(node: Node, formulas: Sequence[str]) -> None:
    """Excel calls a file with a longer formula damaged.

    Raises:
        UnsupportedError: a formula is too long; the message names the block.
    """
    longest = max(map(len, formulas), default=0)
    if longest > LONGEST_FORMULA:
        raise UnsupportedError(
            f"the formula of block {node.name or node.op!r} would have {longest:,} characters, and "
            f"a spreadsheet reads {LONGEST_FORMULA:,}; compute it in more steps, each with a name"
        )


def refuse_too_large(stages: Sequence[StagePlace]) -> None:
    """No program opens a sheet with more rows or columns; cells there would be lost.

    Raises:
        UnsupportedError: a block ends beyond them; the message names it.
    """
    blocks = (item.block for stage in stages for item in stage.items if item.block is not None)
    for block in blocks:
        last = block.matrices[-1]
        if last.row + block.rows > LAST_ROW or last.column + block.columns > LAST_COLUMN:
            raise UnsupportedError(
                f"block {block.name!r} does not fit on a sheet: it has {block.rows:,} rows and "
                f"{block.columns:,} columns, and a sheet ends at row {LAST_ROW:,} and column "
                f"{LAST_COLUMN:,}; trace a smaller array"
            )
