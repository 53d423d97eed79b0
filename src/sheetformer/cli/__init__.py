"""The command line: one module a command, and one place where every problem becomes a sentence."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from contextlib import suppress
from contextvars import copy_context
from copy import copy
from itertools import pairwise
from typing import Annotated, Any

import typer

from sheetformer.cli import (
    align,
    check,
    compare,
    doctor,
    exercise,
    grade,
    lesson,
    lessons,
    record,
    selftest,
    serve,
    site,
    step,
    train,
    translate,
    verify,
    words,
)
from sheetformer.cli.arguments import take_plainly
from sheetformer.cli.completion import language_codes
from sheetformer.cli.console import choose_language
from sheetformer.cli.error_reporting import problems_explained
from sheetformer.errors import SheetformerError
from sheetformer.language import languages

app = typer.Typer(
    name="sheetformer",
    invoke_without_command=True,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _version(wanted: bool) -> None:
    if wanted:
        from sheetformer import __version__

        typer.echo(f"sheetformer {__version__}")
        raise typer.Exit


@app.callback(
    epilog="""Examples:

  sheetformer lesson --source "I am happy" --target "eu sou feliz"
  sheetformer verify attention.xlsx
  sheetformer lesson --help"""
)
def sheetformer(
    context: typer.Context,
    version: Annotated[
        bool,
        typer.Option(
            "--version", callback=_version, is_eager=True, help="Show the version and stop."
        ),
    ] = False,
    lang: Annotated[
        str | None,
        typer.Option(
            metavar="|".join(languages()),
            envvar="SHEETFORMER_LANG",
            autocompletion=language_codes,
            help="The language of what the commands say.",
        ),
    ] = None,
) -> None:
    """Turn attention into a live spreadsheet: every number is a formula you can read and change."""
    del version
    choose_language(lang or None)
    if context.invoked_subcommand is None:
        typer.echo(context.get_help(), nl=False)


app.command("lesson", epilog=lesson.EXAMPLES)(lesson.write_lesson)
app.command("exercise", epilog=exercise.EXAMPLES)(exercise.write_exercise)
app.command("lessons", epilog=lessons.EXAMPLES)(lessons.list_lessons)
app.command("words", epilog=words.EXAMPLES)(words.list_words)
app.command("translate", epilog=translate.EXAMPLES)(translate.translate_sentence)
app.command("align", epilog=align.EXAMPLES)(align.align_corpus)
app.command("train", epilog=train.EXAMPLES)(train.train_model)
app.command("record", epilog=record.EXAMPLES)(record.record_model)
app.command("compare", epilog=compare.EXAMPLES)(compare.compare_models)
app.command("verify", epilog=verify.EXAMPLES)(verify.verify_file)
app.command("selftest", epilog=selftest.EXAMPLES)(selftest.write_selftest)
app.command("step", epilog=step.EXAMPLES)(step.step_file)
app.command("site", epilog=site.EXAMPLES)(site.write_lessons)
app.command("check", epilog=check.EXAMPLES)(check.check_file)
app.command("grade", epilog=grade.EXAMPLES)(grade.grade_files)
app.command("doctor", epilog=doctor.EXAMPLES)(doctor.tell_what_is_here)
app.command("serve", epilog=serve.EXAMPLES)(serve.serve_pages)


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line and leave with its exit code.

    The code is 0 when all went well, 1 when a file that was verified or checked has a cell that is
    off, a graded one has no grade or two runs differ, 2 for anything that the user can mend (said
    in one sentence on stderr), 130 after Ctrl-C.
    """
    # A copy: the language of this run is not that of the next one in the same process.
    sys.exit(copy_context().run(problems_explained, lambda: _run(arguments)))


def _run(arguments: Sequence[str] | None) -> int:
    # NumPy's other threads would wait wide awake for more matrices to multiply, 0.1 s each time.
    os.environ.setdefault("OPENBLAS_THREAD_TIMEOUT", "4")
    _speak_early(sys.argv[1:] if arguments is None else arguments)
    words = sys.argv[1:] if arguments is None else list(arguments)
    code = _command(words).main(
        args=None if arguments is None else words,
        prog_name="sheetformer",
        standalone_mode=False,
    )
    # What is still buffered must fail here, where it becomes a sentence, and not at the very end.
    sys.stdout.flush()
    return code if isinstance(code, int) else 0


def _command(words: Sequence[str]) -> Any:
    """The program; where a command is named first, the others are left out, as it needs none."""
    named = [each for each in app.registered_commands if each.name in words[:1]]
    part = copy(app)
    part.registered_commands = named or app.registered_commands
    command = typer.main.get_command(part)
    take_plainly(command)
    return command


def _speak_early(arguments: Sequence[str]) -> None:
    """Say in the right language even what is wrong with the command line itself."""
    words = [*arguments, ""]
    named = [word.partition("=")[2] or after for word, after in pairwise(words)
             if word.partition("=")[0] == "--lang"]  # fmt: skip
    code = next(iter(named[-1:]), os.environ.get("SHEETFORMER_LANG"))
    with suppress(SheetformerError):  # what is wrong with it is said where it is read
        choose_language(code or None)
