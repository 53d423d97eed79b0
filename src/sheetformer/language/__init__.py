"""A language is one file beside this one, such as pt.toml; English is where the texts come from."""

from sheetformer.language.catalogue import (
    ENGLISH,
    Language,
    Translated,
    current_language,
    find_language,
    languages,
    translate,
    translate_equation,
    use_language,
)

__all__ = [
    "ENGLISH",
    "Language",
    "Translated",
    "current_language",
    "find_language",
    "languages",
    "translate",
    "translate_equation",
    "use_language",
]
