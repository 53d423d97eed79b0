"""A worker process: reads jobs as lines of JSON, answers with a line of JSON and the bytes.

It is started as `python -m sheetformer.server.worker`, so that whatever a request does, an endless
recalculation or all the memory, ends with this process and not with the server.
"""

from __future__ import annotations

import json
import sys
from importlib import import_module
from typing import Any, BinaryIO

from sheetformer.errors import SheetformerError, place_of
from sheetformer.server.refusals import RefusedError, TooMuchError


def main() -> None:
    """Answer jobs until the server closes the pipe."""
    answers = sys.stdout.buffer
    # Nothing else may come between the answers.
    sys.stdout = sys.stderr
    _warm()
    for line in sys.stdin.buffer:
        answer(json.loads(line), answers)


def answer(job: dict[str, Any], answers: BinaryIO) -> None:
    """Do a job and write its answer."""
    from sheetformer.server.jobs import do

    content = b""
    try:
        content = do(job)
        reply: dict[str, Any] = {"length": len(content)}
    except RefusedError as error:
        reply = {"refused": error.key, "values": error.values}
    except SheetformerError as error:
        reply = {"error": str(error)}
    except MemoryError:
        reply = {"refused": TooMuchError.KEY, "values": {}}
    except Exception as error:  # noqa: BLE001  (a bug of ours: the reader gets a sentence, too)
        reply = {"bug": place_of(error)}
    answers.write(json.dumps(reply).encode() + b"\n" + content)
    answers.flush()


def _warm() -> None:
    """Import now what the first job needs."""
    writing = ("writers.page", "writers.formats.xlsx", "engines.programs.ironcalc")
    for name in ("lessons", "server.jobs", *writing):
        import_module(f"sheetformer.{name}")


if __name__ == "__main__":
    main()
