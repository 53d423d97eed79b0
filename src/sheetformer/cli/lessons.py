"""`sheetformer lessons`: what there is to learn."""

from __future__ import annotations

from sheetformer.cli.screen import JsonOption, console, write_json

EXAMPLES = """Examples:

  sheetformer lessons
  sheetformer lessons --json"""


def list_lessons(as_json: JsonOption = False) -> None:
    """List the lessons."""
    from sheetformer.lessons import LESSONS

    found = list(LESSONS.values())
    if as_json:
        write_json(
            [{"name": one.name, "title": one.title, "summary": one.summary} for one in found]
        )
        return
    screen = console()
    for one in found:
        screen.print(one.name, style="bold cyan", end="")
        screen.print(f"  {one.title}", style="bold")
        screen.print(f"{one.summary}\n")
    screen.print("Write one with: sheetformer lesson NAME")
