"""The reference, made from the program itself while the site is built."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from inspect import cleandoc, isclass, isfunction, ismodule
from types import ModuleType
from typing import Any

import typer

import sheetformer as sf
from sheetformer.cli import app as command_line


def commands() -> Iterator[str]:
    """What every command says with --help, as Markdown."""
    root = typer.main.get_command(command_line)
    yield from _command(root, "sheetformer")
    for name, command in root.commands.items():  # pyright: ignore[reportAttributeAccessIssue]
        yield from _command(command, f"sheetformer {name}")


def _command(command: Any, name: str) -> Iterator[str]:
    with command.make_context(name, [], resilient_parsing=True) as context:
        usage = context.get_usage().removeprefix("Usage: ")
        rows = [record for one in command.get_params(context) if (record := _row(one, context))]
    yield f"\n## {name}\n\n{cleandoc(command.help or '')}\n\n```\n{usage}\n```\n"
    yield "\n| option | what it says |\n|---|---|\n"
    yield from rows
    if command.epilog:
        yield f"\n```\n{cleandoc(command.epilog)}\n```\n"


def _row(parameter: Any, context: Any) -> str:
    """An option or argument as a row of a table, and what it is if nothing is said."""
    said = parameter.get_help_record(context)
    if not said:
        return ""
    name, meaning = (" ".join(text.split()).replace("|", "\\|") for text in said)
    return f"| `{name}` | {meaning} |\n"


def names() -> Iterator[str]:
    """Every public name, described by its docstring; of a module, its functions."""
    for name in sf.__all__:
        described = getattr(sf, name)
        yield f"\n## {name}\n"
        if ismodule(described):
            yield f"\n{cleandoc(described.__doc__ or '')}\n"
            yield from (_described("function", f"{name}.{one}") for one in _functions(described))
        else:
            yield _described("class" if isclass(described) else "function", name)


def _functions(module: ModuleType) -> list[str]:
    """The public functions that a module itself defines."""
    return [
        name
        for name, one in vars(module).items()
        if isfunction(one) and one.__module__ == module.__name__ and not name.startswith("_")
    ]


def _described(kind: str, name: str) -> str:
    """The directive that describes a name."""
    options = ["   :members:", "   :special-members: __getitem__"] if kind == "class" else []
    lines = [f".. auto{kind}:: sheetformer.{name}", *options]
    return "\n".join(["", "```{eval-rst}", *lines, "```", ""])


def without_signature(_app: Any, _kind: str, _name: str, described: Any, *_: Any) -> Any:
    """Books are given, not made: how to make one would only be noise."""
    return ("", "") if described is sf.Book else None


PAGES: dict[str, Callable[[], Iterator[str]]] = {"commands": commands, "python": names}


def with_reference(_app: Any, page: str, source: list[str]) -> None:
    """Put the reference at the end of its page."""
    if page in PAGES:
        source[0] += "\n" + "".join(PAGES[page]())


def setup(app: Any) -> dict[str, bool]:
    """Join the build."""
    app.connect("source-read", with_reference)
    app.connect("autodoc-process-signature", without_signature)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
