"""A lesson plan of one page for an exercise: goal, minutes, questions, and what goes wrong."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from html import escape
from itertools import islice, zip_longest

from sheetformer.book.workbook import Block, Book
from sheetformer.exercises.blanks import read_blocks
from sheetformer.exercises.make import Exercise
from sheetformer.exercises.mistakes import typical
from sheetformer.exercises.parts import before, visible_blocks, wanted_places
from sheetformer.language import Language, find_language, translate, use_language
from sheetformer.language.phrasebook import problem
from sheetformer.lessons.story import Lesson

_OPENING, _TALK = 10, 10
"""Minutes before and after the worksheet."""
_A_CELL = 0.5
"""Minutes for a cell by pencil: a product of rows of four numbers takes about half a minute."""
_QUESTIONS, _SLIPS = 6, 3
"""So many questions, and slips of each block, stand on the page."""
_ASKED = ".question"
"""How the style of a question in a lesson ends."""


def lesson_plan(exercise: Exercise, lesson: Lesson | None = None) -> str:
    """The plan as a section of HTML, in the language of the exercise.

    Args:
        exercise: what the plan is for.
        lesson: what it is made of, which has a goal; None for a book of one's own.
    """
    book, language = exercise.solved, Language(exercise.solved.language)

    def say(key: str, **values: object) -> str:
        return escape(language.message(f"exercise.plan_{key}", **values))

    blocks, places = visible_blocks(book), _places(exercise)
    wanted = [blocks[place] for place in places]
    parts = [
        (say("goal"), _goal(wanted, lesson, language)),
        (say("time"), _time(wanted, language)),
        (say("questions"), _questions(book, places, language)),
    ]
    lists = "".join(f"<h2>{title}</h2>{_listed(lines)}" for title, lines in parts)
    return (
        f'<section class="plan"><h1>{say("title", title=book.title)}</h1>{lists}'
        f"<h2>{say('wrong')}</h2><p>{say('wrong_how')}</p>"
        f"{_listed(_wrong(book, places, language))}</section>"
    )


def _listed(lines: Sequence[str]) -> str:
    return f"<ul>{''.join(f'<li>{escape(line)}</li>' for line in lines)}</ul>"


def _places(exercise: Exercise) -> list[int]:
    return wanted_places(exercise.solved, [one.block for one in exercise.blanks])


def _goal(wanted: Sequence[Block], lesson: Lesson | None, language: Language) -> list[str]:
    said = [language.message("exercise.plan_goal_fill", blocks=_names(wanted))]
    if lesson is None:
        return said
    with use_language(find_language(language.code, lesson.name)):
        goal, nothing = translate(lesson.goal), translate("nothing")
    needs = ", ".join(lesson.needs) or nothing
    return [
        language.message("exercise.plan_goal_can", goal=goal),
        *said,
        language.message("exercise.plan_needs", needs=needs),
    ]


def _time(wanted: Sequence[Block], language: Language) -> list[str]:
    cells = sum(block.node.size for block in wanted)
    paper = 5 * max(1, math.ceil(cells * _A_CELL / 5))
    return [
        language.message("exercise.plan_time_open", minutes=_OPENING),
        language.message("exercise.plan_time_paper", minutes=paper, cells=language.number(cells)),
        language.message("exercise.plan_time_talk", minutes=_TALK),
        language.message("exercise.plan_time_home"),
    ]


def _questions(book: Book, places: Sequence[int], language: Language) -> list[str]:
    """Those of the lesson, and two kinds that fit every step."""
    return list(islice(_all_questions(book, places, language), _QUESTIONS))


def _all_questions(book: Book, places: Sequence[int], language: Language) -> Iterator[str]:
    blocks = visible_blocks(book)
    own = [
        str(cells.values.flat[0])
        for sheet in book.sheets
        for cells in sheet.cell_blocks
        if cells.style.endswith(_ASKED)
    ]
    made = [
        language.message(
            "exercise.plan_question_read", block=blocks[place].heading,
            equation=blocks[place].code_line,
        )
        for place in places
    ]  # fmt: skip
    given = next(
        (blocks[one] for place in places for one in sorted(read_blocks(book.graph, place, blocks))
         if one not in places), None,
    )  # fmt: skip
    if given is not None:
        yield language.message("exercise.plan_question_change", given=given.name)
    for pair in zip_longest(own, made):
        yield from (one for one in pair if one)


def _wrong(book: Book, places: Sequence[int], language: Language) -> list[str]:
    """For each block the slips that happen in it, and in what its formula computes on the way."""
    blocks, lines = visible_blocks(book), list[str]()
    for place in places:
        steps = {place} | (before(book.graph, [place]) - blocks.keys() - _stops(book, place))
        slips = typical(book.graph, steps)[:_SLIPS]
        if slips:
            said = "; ".join(problem(one, language) for one in slips)
            lines.append(f"{blocks[place].name}: {said}.")
    return lines


def _stops(book: Book, place: int) -> set[int]:
    """What stands behind the blocks that a block reads: others answer for that."""
    blocks = visible_blocks(book)
    return before(book.graph, read_blocks(book.graph, place, blocks))


def _names(blocks: Sequence[Block]) -> str:
    return ", ".join(block.name for block in blocks)
