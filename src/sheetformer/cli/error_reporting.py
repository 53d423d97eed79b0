"""Problems, said in one sentence on stderr; a traceback is for bugs of ours only."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable

from sheetformer.errors import SheetformerError

BAD_INPUT = 2
CTRL_C = 130
CLOSED_PIPE = 141
"""What a shell reports of a program that a closed pipe ended."""


def problems_explained(work: Callable[[], int]) -> int:
    """Do the work and give its exit code; whatever a user can mend becomes one sentence and 2."""
    _never_fail_on_characters()
    try:
        return work()
    except SheetformerError as error:
        return complain(_in_language(str(error)))
    except (BrokenPipeError, KeyboardInterrupt) as error:
        return _quiet_end(error)
    except OSError as error:
        return complain(_system_sentence(error))
    except Exception as error:
        # Typer's own errors share no public class, but all of them know how to say themselves.
        if type(error).__name__ == "Abort":
            return CTRL_C
        if not hasattr(error, "format_message"):
            raise
        from sheetformer.cli.usage import usage_sentence

        return complain(_in_language(usage_sentence(error)))


def complain(sentence: str) -> int:
    """Say on stderr what is wrong, and give the exit code for bad input."""
    from rich.console import Console
    from rich.text import Text

    from sheetformer.cli.console import text as terminal_text

    console = Console(stderr=True, highlight=False)
    end = "" if sentence.endswith((".", "?", "!")) else "."
    text = Text(f"{terminal_text('error')}: ", style="bold red")
    text.append(printable(sentence) + end, style="not bold default")
    # A file or a pipe gets the sentence as one line, a terminal breaks it between words.
    console.print(text, soft_wrap=not console.is_terminal)
    return BAD_INPUT


def printable(text: str) -> str:
    r"""Text that cannot do anything to a terminal: control characters are spelled out.

    >>> printable("a\x1b[2Jb")
    'a\\x1b[2Jb'
    """
    return "".join(
        letter if letter.isprintable() else letter.encode("unicode_escape").decode()
        for letter in text
    )


def _in_language(sentence: str) -> str:
    from sheetformer.cli.console import terminal_language
    from sheetformer.language.phrasebook import problem

    return problem(sentence, terminal_language())


def _never_fail_on_characters() -> None:
    """An output that knows no ✓ shows a question mark instead of ending the program."""
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(errors="replace")


def _quiet_end(error: BaseException) -> int:
    if isinstance(error, KeyboardInterrupt):
        return CTRL_C
    # Python flushes stdout once more when it ends; give it a place where that works.
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return CLOSED_PIPE


def _system_sentence(error: OSError) -> str:
    reason = _in_language(error.strerror or str(error) or type(error).__name__).lower()
    return f"{error.filename}: {reason}" if error.filename else reason
