"""The program of a child that calls one function: `python -m sheetformer.called MODULE:NAME`.

It reads the function's arguments as one line of JSON, and writes what it gives as another; see
`confined`. It imports little, since somebody waits for it.
"""

from __future__ import annotations

import gc
import json
import os
import sys
from collections.abc import Mapping
from importlib import import_module
from typing import Any

from sheetformer.errors import SheetformerError, place_of


def main() -> None:
    """Call the function that the command line names, once, and answer on stdout."""
    answers = os.fdopen(os.dup(1), "w", encoding="ascii")
    # Nothing else may come between the answers, not even from a library in another language.
    os.dup2(2, 1)
    module, _, name = sys.argv[1].partition(":")
    # It ends after one call: looking for circles among all that it made would be time lost.
    gc.disable()
    function = getattr(import_module(module), name)
    reply = _reply(function, json.loads(sys.stdin.buffer.readline()))
    json.dump(reply, answers)
    answers.write("\n")
    answers.flush()
    # Nothing is left to do: what large objects need to be taken apart is time lost.
    os._exit(0)


def _reply(function: Any, arguments: Mapping[str, object]) -> dict[str, object]:
    try:
        return {"result": function(**arguments)}
    except SheetformerError as error:
        return {"error": type(error).__name__, "text": str(error)}
    except MemoryError:
        return {"memory": True}
    except BaseException as error:  # noqa: BLE001 (a panic of an engine is no Exception)
        return {"bug": place_of(error)}


if __name__ == "__main__":
    main()
