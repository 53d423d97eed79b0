"""Numbers in cells that say what they take: a sentence beside them where something else is typed.

A word counts as larger than every number in a spreadsheet, and a date is a number above 40,000: so
the two comparisons of the message find `1,5` and `½` typed as text, 1/2 typed as a date, and −1.
"""

from __future__ import annotations

from sheetformer.graph.array import Array
from sheetformer.graph.functions import added, elementwise
from sheetformer.story.caption import Allowed
from sheetformer.story.story import Story

LONGEST = 40
"""Cells that one message watches; the program's own message stands for more of them."""


def allow(story: Story, typed: Array, allowed: Allowed, low: str = "") -> None:
    """Say what may be typed, below the cells where it is something else and when it is typed.

    Args:
        story: gets the message as a block of its own.
        typed: an input of a few numbers, of any shape.
        allowed: its bounds; of more cells than `LONGEST` the program alone says them.
        low: what is said of a number below them, if the sheet goes on with another one.
    """
    story.tell(typed, allowed=allowed)
    if typed.size > LONGEST:
        return
    cells = [Array(story.graph, ids, (None, None)) for ids in typed.ids.reshape(-1, 1, 1)]
    above = added([elementwise("greater", cell, float(allowed.most)) for cell in cells])
    below = added([elementwise("less", cell, float(allowed.least)) for cell in cells])
    text = f"← {allowed.sentence}"
    if low:
        message = elementwise("where", above, text, elementwise("where", below, low, ""))
    else:
        message = elementwise("where", elementwise("add", above, below), text, "")
    name = f"{typed.node.name}_message"
    story.show(message, name, number_format="message", labels=(None, None), below=True)
