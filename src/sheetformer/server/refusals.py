"""Why a request is refused: a plain key of the catalogue, so that each reader gets it in theirs."""

from __future__ import annotations

from typing import Any

from sheetformer.errors import SheetformerError
from sheetformer.language import ENGLISH, Language


class RefusedError(SheetformerError):
    """A request that is not answered.

    Attributes:
        key: of the sentence, in the table `server` of the catalogue.
        values: what its blanks are filled with.
        status: of the answer.
    """

    status = 400

    def __init__(self, key: str, /, **values: Any) -> None:
        self.key = key
        self.values = values
        super().__init__(self.sentence(ENGLISH))

    def sentence(self, language: Language) -> str:
        """The reason in a language."""
        return language.message(f"server.{self.key}", **self.values)


class RequestError(RefusedError):
    """A request that is wrong in itself, with the status that says how."""

    def __init__(self, status: int, key: str, /, **values: Any) -> None:
        super().__init__(key, **values)
        self.status = status


class BusyError(RefusedError):
    """All workers are at work."""

    status = 503

    def __init__(self) -> None:
        super().__init__("busy")


class TooLongError(RefusedError):
    """A job was ended because it took too long."""

    status = 422

    def __init__(self, seconds: float) -> None:
        super().__init__("too_long", seconds=f"{seconds:g}")


class TooMuchError(RefusedError):
    """A job needs more memory than a worker may take."""

    KEY = "too_much_memory"
    status = 422

    def __init__(self) -> None:
        super().__init__(self.KEY)


class BrokenError(RefusedError):
    """A bug of ours, or a worker that died.

    Attributes:
        report: for the server's log.
    """

    status = 500

    def __init__(self, report: str) -> None:
        super().__init__("mistake")
        self.report = report
