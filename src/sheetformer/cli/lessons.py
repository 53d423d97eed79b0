"""`sheetformer lessons`: what there is to learn."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import typer

from sheetformer.cli.screen import JsonOption, console, write_json

EXAMPLES = """Examples:

  sheetformer lessons
  sheetformer lessons --lang pt
  sheetformer lessons --json"""


def list_lessons(
    lang: Annotated[
        Literal["en", "pt"], typer.Option(help="In English or Brazilian Portuguese.")
    ] = "en",
    as_json: JsonOption = False,
) -> None:
    """List the lessons of the course, in their order."""
    from rich.padding import Padding

    from sheetformer.lessons import LESSONS

    found = [_told(name, lang) for name in LESSONS]
    if as_json:
        write_json(found)
        return
    screen = console()
    for number, one in enumerate(found, 1):
        screen.print(f"{number:>2}  {one['name']}", style="bold cyan", end="", highlight=False)
        screen.print(f"  {one['title']}", style="bold", highlight=False)
        screen.print(Padding(one["summary"], (0, 0, 0, 4), expand=False), highlight=False)
        options = " ".join(option_name(option) for option in one["options"])
        screen.print(Padding(options, (0, 0, 1, 4), expand=False), style="dim", highlight=False)
    screen.print("Write one with: sheetformer lesson NAME", highlight=False)


def _told(name: str, lang: str) -> dict[str, Any]:
    """What the list says of a lesson."""
    from sheetformer.language import translate, use_language
    from sheetformer.lessons import LESSONS, language

    entry = LESSONS[name]
    with use_language(language(lang, name)):
        title, summary = translate(entry.title), translate(entry.summary)
    return {"name": name, "title": title, "summary": summary, "options": entry.options}


def option_name(option: str) -> str:
    """How an option of a lesson is typed."""
    return f"--{option.replace('_', '-')}"
