"""Where recorded blocks stand: a sheet for each layer, stages in the order of the run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from sheetformer.book.names import sheet_name
from sheetformer.frontends.torch.naming import first_readers
from sheetformer.frontends.torch.operands import PIECES, TEXTS
from sheetformer.frontends.torch.scope import Origin, Scope
from sheetformer.story.story import Story

INPUTS = "Inputs"
WEIGHTS = "Weights"
PANEL = "Switches"
"""The sheet with the switches, which comes first."""
NEXT = "Next token"
"""The sheet with what the model would write next."""


@dataclass
class Sheets:
    """Sheet names and stages as they are met.

    Attributes:
        story: gets the stages.
        names: what is asked for → the sheet's legal name.
        order: the names of the sheets.
    """

    story: Story
    names: dict[str, str] = field(default_factory=dict[str, str])
    last: dict[str, tuple[str, int]] = field(default_factory=dict[str, tuple[str, int]])

    @property
    def order(self) -> list[str]:
        """The sheets: what is typed, then the model, then what it has learned."""
        weights = [name for wish, name in self.names.items() if wish.startswith(WEIGHTS)]
        first = [self.names[wish] for wish in (PANEL, NEXT) if wish in self.names]
        rest = [name for name in self.names.values() if name not in (*first, *weights)]
        return [*first, *rest, *weights]

    def sheet(self, wish: str) -> str:
        """The legal name of a sheet; a long path keeps its end."""
        if wish not in self.names:
            taken = set(self.names.values())
            short = wish
            while len(short) > 31 and "." in short:
                short = short.partition(".")[2]
            self.names[wish] = sheet_name(short, taken)
        return self.names[wish]

    def stage(self, wish: str, title: str, text: str = "", equation: str = "") -> int:
        """The number of the stage with this title that is last on a sheet, or of a new one."""
        if self.last.get(wish, ("", 0))[0] != title:
            self.last[wish] = (title, self.story.stage(title, text, equation, self.sheet(wish)))
        return self.last[wish][1]


def lay_out(story: Story, origins: Mapping[int, Origin], kept: Sequence[str]) -> Sheets:
    """Give every node its stage; a source stands before the first block that reads it.

    Args:
        story: of one recorded run.
        origins: for a computed node (by its base) its module.
        kept: the arguments that no cell holds.
    """
    graph, sheets = story.graph, Sheets(story)
    inputs = [node for node in graph if node.op == "input"]
    if inputs:
        text = "Type other numbers into the yellow cells, and everything follows."
        text += f" Kept as the model was given it: {', '.join(kept)}." if kept else ""
        place = sheets.stage(INPUTS, "What the model is given", text)
        for node in inputs:
            story.move(node, stage=place)
    readers = first_readers(graph)
    for node in graph:
        if node.base in origins:
            story.move(node, stage=_stage(sheets, origins[node.base].scope))
        elif node.op == "constant" and node.name in (PIECES, TEXTS):
            place = sheets.stage(WEIGHTS, "Pieces of text", "Which piece a token stands for.")
            story.move(node, stage=place)
    for node in graph:
        reader = readers.get(node.base)
        if node.op == "parameter":
            place = _weights(sheets, origins[reader.base].scope.block if reader else "")
            story.move(node, stage=place)
        elif node.op == "constant" and reader is not None and reader.base in origins:
            story.move(node, stage=story.stage_of(reader), order=-1)
    return sheets


def _stage(sheets: Sheets, scope: Scope) -> int:
    again = f" ({scope.call + 1})" if scope.call else ""
    wish = (scope.block or sheets.story.title) + again
    whole = scope.path.rpartition(".")[0] if scope.leaf else scope.path
    heading = (whole or sheets.story.title) + again
    if scope.is_attention:
        return sheets.stage(wish, heading, "", "softmax(Q Kᵀ / √d_k) V")
    return sheets.stage(wish, heading)


def _weights(sheets: Sheets, block: str) -> int:
    wish = f"{WEIGHTS} {block}".strip()
    text = "The numbers that the model has learned. Change one, and everything follows."
    return sheets.stage(wish, block or WEIGHTS, text)
