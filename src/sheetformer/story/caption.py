"""What is said of stages and blocks: titles, equations and notes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from sheetformer.graph.node import Ids
from sheetformer.language import translate


@dataclass(frozen=True)
class Stage:
    """One step of the story.

    Attributes:
        title: a few words.
        text: one or two plain sentences.
        equation: how it is written in mathematics.
        group: which stages belong on one sheet; the same word for all of them.
        width: columns that its lines of blocks may take; 0 for a page.
        table: where its nodes are single values that stand as rows of a table: heading → width.
    """

    title: str
    text: str = ""
    equation: str = ""
    group: str = ""
    width: int = 0
    table: Mapping[str, int] = field(default_factory=dict[str, int])


@dataclass(frozen=True)
class Allowed:
    """Which numbers a reader may type: from `least` to `most`, perhaps only whole ones."""

    least: float
    most: float
    whole: bool = False

    @property
    def sentence(self) -> str:
        """What to type, in the language in use."""
        bounds = {"least": f"{self.least:g}", "most": f"{self.most:g}"}
        if self.whole:
            return translate("Type a whole number from {least} to {most}.", **bounds)
        return translate("Type a number from {least} to {most}.", **bounds)


@dataclass(frozen=True)
class Caption:
    """How a block is described; what is left empty comes from its role or its operation.

    Attributes:
        title: what it is in plain words, such as "Attention weights"; for pages, not for sheets.
        equation: how it is written in mathematics.
        note: one plain sentence.
        number_format: how its numbers are shown: "number", "share" (percent), "share_or_none"
            (no number where it is 0), "integer", "word", …
        choices: the ids of the words that a reader may pick from.
        label_columns: columns that the words at its rows may take.
        allowed: which numbers may be typed; None where all may.
        offers: what a list offers beside a cell, where these are no cells.
    """

    title: str = ""
    equation: str = ""
    note: str = ""
    number_format: str = ""
    choices: Ids | None = None
    label_columns: int = 1
    allowed: Allowed | None = None
    offers: tuple[str, ...] = ()

    @property
    def shows_shares(self) -> bool:
        """Whether its numbers are shown as shares of 100 %."""
        return self.number_format.startswith("share")


NO_CAPTION = Caption()
