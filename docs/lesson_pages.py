"""Write the pages of the course, docs/lessons, from the lessons themselves, in every language.

Run `python docs/lesson_pages.py`; a test fails while a page and its lesson differ.
The pictures on them are made by docs/pictures.py.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from sheetformer.book.workbook import Block, Book
from sheetformer.files import write_whole
from sheetformer.language import ENGLISH, find_language, languages, translate, use_language
from sheetformer.lessons import LESSONS, lesson
from sheetformer.story.caption import Stage

FOLDER = Path(__file__).parent / "lessons"


def pages() -> Iterator[tuple[Path, str]]:
    """Every page of the course: its file and its text."""
    for code in languages():
        folder = folder_of(code)
        yield folder / "README.md", contents(code)
        for name in LESSONS:
            yield folder / f"{name}.md", lesson_page(name, code)


def contents(code: str) -> str:
    """The gallery: every lesson with its picture."""
    words = words_of(code)
    lines = [f"# {words['course']}", "", words["intro"], "", others(code), ""]
    for number, name in enumerate(LESSONS, 1):
        title, summary = title_and_summary(name, code)
        lines += [f"## {number}   [{title}]({name}.md)", "", summary, "", picture(name, code), ""]
    return "\n".join([*lines, words["made"], ""])


def folder_of(code: str) -> Path:
    """Where the pages of a language stand."""
    return FOLDER if code == ENGLISH.code else FOLDER / code


def words_of(code: str) -> Mapping[str, str]:
    """The words of the pages around the lessons' own texts."""
    return find_language(code).table("docs")


def others(code: str) -> str:
    """Links to the gallery in the other languages."""
    above = "" if code == ENGLISH.code else "../"
    return " · ".join(
        f"[{words_of(other)['in_this_language']}]"
        f"({above}{'' if other == ENGLISH.code else f'{other}/'}README.md)"
        for other in languages()
        if other != code
    )


def title_and_summary(name: str, code: str) -> tuple[str, str]:
    """Title and summary of a lesson in a language."""
    with use_language(find_language(code, name)):
        return translate(LESSONS[name].title), translate(LESSONS[name].summary)


def picture(name: str, code: str) -> str:
    """The picture of a lesson, as the gallery shows it."""
    images = "../images" if code == ENGLISH.code else "../../images"
    return f"![{title_and_summary(name, code)[0]}]({images}/lesson-{name}-{code}.png)"


def lesson_page(name: str, code: str) -> str:
    """One lesson: its command, its options, and its steps with their blocks."""
    words, book = words_of(code), lesson(name, lang=code)
    title, summary = title_and_summary(name, code)
    command = f"sheetformer lesson {name}" + (f" --lang {code}" if code != ENGLISH.code else "")
    lines = [f"# {title}", "", summary, "", picture(name, code), "", "```sh", command, "```", ""]
    lines += options(name, words)
    for stage, nodes in steps(book):
        lines += [f"## {stage.title}", "", stage.text, ""]
        lines += ["```text", stage.equation, "```", ""] if stage.equation else []
        lines += blocks(nodes, words)
    return "\n".join([*lines, f"[{words['back']}](README.md) · {words['made']}", ""])


def options(name: str, words: Mapping[str, str]) -> list[str]:
    """The table of a lesson's options."""
    rows = [
        f"| `--{option.replace('_', '-')}` | {f'`{default}`' if default != '' else ''} |"
        for option, default in LESSONS[name].options.items()
    ]
    return [f"| {words['option']} | {words['default']} |", "|---|---|", *rows, ""] if rows else []


def steps(book: Book) -> Iterator[tuple[Stage, list[Block]]]:
    """The stages that tell the story, each with the blocks that it shows.

    Of stages that say the same on one sheet, such as the steps of training, the first is told.
    """
    with use_language(find_language(book.language)):
        silent = {translate(group) for group in ("Check", "Reference", "Learned", "Workings")}
    told: set[tuple[str, str]] = set()
    for number, stage in enumerate(book.stages):
        if stage.group in silent or (stage.group, stage.text) in told:
            continue
        told.add((stage.group, stage.text))
        here = [block for block in book.blocks.values() if block.stage == number]
        yield stage, [block for block in here if block.caption.note or block.caption.equation]


def blocks(shown: list[Block], words: Mapping[str, str]) -> list[str]:
    """The table of the blocks of a step."""
    if not shown:
        return []
    head = f"| {words['block']} | {words['equation']} | {words['note']} |"
    rows = [
        f"| `{block.node.name.rstrip('_')}` | {cell(block.caption.equation)} | "
        f"{cell(block.caption.note)} |"
        for block in shown
    ]
    return [head, "|---|---|---|", *rows, ""]


def cell(text: Any) -> str:
    """A text in a cell of a table: a bar in it is no border, and a star or underline no style."""
    return "".join(f"\\{sign}" if sign in "|*_<" else sign for sign in str(text))


def main() -> None:
    """Write all pages."""
    for file, text in pages():
        write_whole(file, text.encode())


if __name__ == "__main__":
    main()
