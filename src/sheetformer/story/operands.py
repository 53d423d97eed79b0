"""What meets in a matrix product, before the eye: rows at its left, columns above it."""

from __future__ import annotations

from typing import Any

from sheetformer.graph.array import Array
from sheetformer.graph.functions import copy
from sheetformer.story.story import Story


def again(story: Story, array: Array, name: str, equation: str, title: str, **shown: Any) -> Array:
    """Show a block once more, where a step needs it; its shape stays. `shown` is as in `show`."""
    return story.show(copy(array), name, equation, title=title, **shown)


def product(
    story: Story, left: Array, right: Array, name: str, equation: str, note: str, **shown: Any
) -> Array:
    """Show left @ right with the right one standing over it: (n, d) and (d, m) → (n, m).

    `shown` is as in `Story.show`.

    Raises:
        ShapeError: the inner lengths differ.
    """
    made = story.show(left @ right, name, equation, note, **shown)
    story.place(right, over=made)
    return made
