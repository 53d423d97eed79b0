"""Problems, said in one sentence on stderr; a traceback is for who looks for a bug of ours."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable

from sheetformer.errors import SheetformerError, place_of

BAD_INPUT = 2
OUR_MISTAKE = 70
"""What sysexits.h has for an error within a program; never 1, which says that a cell is off."""
CTRL_C = 130
CLOSED_PIPE = 141
"""What a shell reports of a program that a closed pipe ended."""
TRACEBACK = "SHEETFORMER_TRACEBACK"
"""The environment variable that shows all of a mistake of ours."""


def problems_explained(work: Callable[[], int]) -> int:
    """Do the work and give its exit code; whatever a user can mend becomes one sentence and 2."""
    if not _have_streams():
        return complain("standard output is closed; let it go somewhere, such as > /dev/null")
    _never_fail_on_characters()
    try:
        return work()
    except SheetformerError as error:
        return complain(_in_language(str(error)))
    except (BrokenPipeError, KeyboardInterrupt) as error:
        return _quiet_end(error)
    except OSError as error:
        return complain(_system_sentence(error))
    except MemoryError:
        return complain(_in_language("there is not enough memory for this; give it less at once"))
    except Exception as error:  # noqa: BLE001  (whatever it is: a sentence, and never 1)
        # Typer's own errors share no public class, but all of them know how to say themselves.
        if type(error).__name__ == "Abort":
            return CTRL_C
        if not hasattr(error, "format_message"):
            return _mistake(error)
        from sheetformer.cli.usage import usage_sentence

        return complain(_in_language(usage_sentence(error)))


def _mistake(error: Exception) -> int:
    """Say where a bug of ours was met, in one sentence."""
    if os.environ.get(TRACEBACK):
        raise error
    where = place_of(error)
    complain(
        _in_language(
            f"this is a mistake in Sheetformer, not yours ({where}); please report it with the "
            f"command you gave, and with {TRACEBACK}=1 before it for all that is known"
        )
    )
    return OUR_MISTAKE


def _have_streams() -> bool:
    """Whether there is a standard output; a missing input or error output is one of nothing."""
    # The next file that is opened would take the number of a closed stream, and get its texts.
    for number in (0, 2) if sys.platform != "win32" else ():
        try:
            os.fstat(number)
        except OSError:
            os.dup2(os.open(os.devnull, os.O_RDWR), number)
    sys.stdin = sys.stdin or open(0, encoding="utf-8")  # noqa: SIM115
    sys.stderr = sys.stderr or open(2, "w", encoding="utf-8")  # noqa: SIM115
    return sys.stdout is not None


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
