"""`sheetformer lessons`: what there is to learn."""

from __future__ import annotations

from typing import Any

from sheetformer.cli.console import (
    JsonOption,
    LangOption,
    choose_language,
    console,
    text,
    write_json,
)

EXAMPLES = """Examples:

  sheetformer lessons
  sheetformer lessons --lang pt
  sheetformer lessons --json"""


def list_lessons(
    lang: LangOption = None,
    as_json: JsonOption = False,
) -> None:
    """List the lessons of the course, in their order."""
    from rich.padding import Padding

    from sheetformer.lessons import LESSONS

    code = choose_language(lang)
    found = [_description(name, code) for name in LESSONS]
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
    screen.print(text("write_one", command="sheetformer lesson NAME"), highlight=False)


def _description(name: str, lang: str) -> dict[str, Any]:
    """What the list says of a lesson."""
    from sheetformer.language import find_language, translate, use_language
    from sheetformer.lessons import LESSONS

    entry = LESSONS[name]
    with use_language(find_language(lang, name)):
        title, summary = translate(entry.title), translate(entry.summary)
    return {"name": name, "title": title, "summary": summary, "options": entry.options}


def option_name(option: str) -> str:
    """How an option of a lesson is typed."""
    return f"--{option.replace('_', '-')}"
