"""English to Brazilian Portuguese: a phrase grammar, and small models trained on it."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sheetformer.translator.workbook import TranslationBook


def translate(sentence: str, formulas: str = "matrix") -> TranslationBook:
    """The workbook that translates an English sentence, and any other that is typed into it.

    Args:
        sentence: English words that the translator knows.
        formulas: "matrix" for one array formula a block, "cell" for one formula a cell.

    Raises:
        WordError: there is no word, too many, or one that is unknown.

    >>> translate("the red house").translation
    'a casa vermelha'
    """
    from sheetformer.translator import workbook

    return workbook.translate(sentence, formulas)
