"""Stage 8 of the lesson gpt: ten made-up names, letter by letter, and whether they are new."""

from __future__ import annotations

import numpy as np

from sheetformer.graph.array import NUMPY, Array
from sheetformer.graph.functions import copy, join, lookup
from sheetformer.language import translate
from sheetformer.lessons import gpt_texts as texts
from sheetformer.lessons.gpt_model import SIGNS
from sheetformer.lessons.gpt_speaking import (
    LONGEST,
    MODULUS,
    NAMES,
    Speaker,
    letters_of,
    random_numbers,
)
from sheetformer.lessons.story import dial
from sheetformer.story.caption import Allowed
from sheetformer.story.figures import Curve, Curves
from sheetformer.story.sentences import say
from sheetformer.story.story import Figure, Story


def speak(
    story: Story,
    parts: dict[str, Array],
    listed: tuple[Array, Array],
    signs: Array,
    seed: int,
    sheets: tuple[str, str],
) -> None:
    """Ten names from the weights of this moment.

    Args:
        story: where it is told.
        parts: the matrices of the model.
        listed: the names that it learns from (2000, 1), and their places in the list.
        signs: (27, 1).
        seed: the number that the first draw is made of.
        sheets: that of the story, and that of the workings.
    """
    stage = story.stage(*texts.SPEAK, sheets[0])
    temperature = dial(story, 0.5, "temperature", texts.TEMPERATURE_NOTE, Allowed(0.01, 10),
                       title="Temperature")  # fmt: skip
    first = dial(story, seed, "seed", texts.SEED_NOTE, Allowed(0, MODULUS - 1),
                 title="Start of the draws", number_format="integer")  # fmt: skip
    story.stage(*texts.DRAW, sheets[1])
    chance = random_numbers(story, first)
    before = story.constant(np.triu(np.ones((len(SIGNS), len(SIGNS)))), "before",
                            title="Which signs stand before", number_format="integer",
                            workings=True)  # fmt: skip
    start = story.constant(np.zeros((NAMES, 1)), "start_sign", title="The mark, ten times",
                           number_format="integer", workings=True)  # fmt: skip
    said = _letters(story, Speaker(parts, temperature, before), chance, start, sheets[1])
    story.stage(*texts.LETTERS, sheets[1])
    spoken = np.array(["", *SIGNS[1:]], dtype=object)[:, None]
    written = story.constant(spoken, "written_as", title="Written as", workings=True,
                             number_format="word")  # fmt: skip
    letters = letters_of(said, written)
    story.place(story.named("signs_said"), workings=True)
    labels = [np.array([str(i + 1) for i in range(NAMES)], dtype=object), None]
    story.show(letters, "letters_said", "", "A name a row.", title="Letters", labels=labels)
    _told(story, letters, listed, stage)
    _first_shares(story, signs, stage)


def _letters(
    story: Story, speaker: Speaker, chance: Array, start: Array, sheet: str
) -> list[Array]:
    """The signs that are said, a column (10, 1) a place."""
    said: list[Array] = []
    for place in range(LONGEST):
        title = translate("Letter {number}", number=place + 1)
        story.stage(title, translate(texts.LETTER_TEXT), "", sheet, 60)
        since = len(story.graph.nodes)
        last = said[-1] if said else None
        shares = speaker.shares(start if last is None else last, place)
        said.append(speaker.pick(shares, chance[:, place : place + 1], last, place))
        for node in story.graph.nodes[since:]:
            if node.name:
                story.move(node, workings=True)
        mark = f"_p{place + 1}"
        labels = [None, np.array(SIGNS, dtype=object)]
        story.show(shares, f"shares{mark}", "odds / Σ odds", texts.SHARES_NOTE,
                   title="Shares of the next sign", number_format="share", labels=labels,
                   workings=False)  # fmt: skip
        story.show(said[-1], f"sign{mark}", "Σ (sums ≤ chance)", texts.SIGN_NOTE,
                   title="The sign that chance picks", number_format="integer",
                   workings=False)  # fmt: skip
    return said


def _told(story: Story, letters: Array, listed: tuple[Array, Array], stage: int) -> None:
    names = join(letters, separator="")[:, None]
    story.show(names, "made_up", "letters joined", texts.MADE_UP_NOTE, title="Ten names",
               number_format="word", stage=stage, line=True)  # fmt: skip
    place = lookup(names, listed[0][:, 0], listed[1][:, 0])
    story.show(place, "place_of_name", "place in the list, or 0", "0: not in the list.",
               title="In the list", number_format="integer", stage=stage)  # fmt: skip
    mark = NUMPY.where(place > 0.0, translate("a name it has read"), translate("new"))
    story.show(mark, "is_new", "", "Copied, or made up?", title="Seen or new",
               number_format="word", stage=stage)  # fmt: skip
    new = NUMPY.where(place > 0.0, 0.0, 1.0).sum(axis=0, keepdims=True)
    say(story, "speaking_told",
        "After {steps} steps it says {first}, {second}, {third} …; {new} of its ten names are not "
        "in the list.", title="In words", placed={"line": True, "stage": stage},
        steps=story.named("steps_done"), first=names[:1], second=names[1:2], third=names[2:3],
        new=new)  # fmt: skip
    in_a_line = join(names[:, 0][None, :])[:, None]
    story.show(in_a_line, "says_now", "", texts.MADE_UP_NOTE, title="It says",
               number_format="sentence", stage=stage, line=True)  # fmt: skip


def _first_shares(story: Story, signs: Array, stage: int) -> None:
    """A chart of how the first name begins, from cells that are never folded away."""
    shares = story.show(copy(story.named("shares_p1")[:1].T), "first_shares", "",
                        texts.FIRST_NOTE, title="Shares of the first letter",
                        number_format="share", line=True)  # fmt: skip
    curve = Curve(translate("share"), signs, shares)
    title, axes = translate("How a name begins"), (translate("sign"), "")
    bars = Curves(title, axes, (curve,), bars=True, number_format="0%")
    story.figures.append(Figure(stage, 12, 8, bars, before_block="speaking_told"))
