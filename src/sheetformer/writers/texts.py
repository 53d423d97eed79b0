"""The parts of a workbook as XlsxWriter writes them, but for its texts: its shared strings.

XlsxWriter takes a text that begins with <r> and ends with </r> for markup of its own, and writes
it as it is. Here every text is text.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from xlsxwriter.packager import Packager
from xlsxwriter.sharedstrings import SharedStrings

from sheetformer.writers.mixed import word

_BETWEEN = "\n\0\n"
"""Between texts that are escaped in one go; a text that holds it is escaped by itself."""


class Parts(Packager):
    """XlsxWriter's packager, whose shared strings are texts and nothing else.

    Attributes:
        parts: by their names in the package; they are packed once, with the rows of the sheets.
    """

    def __init__(self) -> None:
        super().__init__()
        self.parts: dict[str, str] = {}

    def _create_package(self) -> list[Any]:
        written: list[Any] = super()._create_package()
        self.parts = {name: file.getvalue() for file, name, _ in written}
        return []

    def _write_shared_strings_file(self) -> None:
        workbook: Any = self.workbook
        if workbook.str_table.count:
            _Strings(workbook.str_table).write_to(self._filename("xl/sharedStrings.xml"))


class _Strings(SharedStrings):
    def __init__(self, table: Any) -> None:
        super().__init__()
        self.string_table = table

    def write_to(self, file: Any) -> None:
        self._set_xml_writer(file)
        self._assemble_xml_file()

    def _write_sst_strings(self) -> None:
        table: Any = self.string_table
        file: Any = self.fh
        file.write("".join(elements(table.string_array)))


def elements(texts: Sequence[str]) -> Iterator[str]:
    """The element of each text.

    >>> list(elements(["a<b", " a", "<r>bold</r>"]))[:2]
    ['<si><t>a&lt;b</t></si>', '<si><t xml:space="preserve"> a</t></si>']
    """
    for text in _escaped(texts):
        kept = ' xml:space="preserve"' if text[:1].isspace() or text[-1:].isspace() else ""
        yield f"<si><t{kept}>{text}</t></si>"


def _escaped(texts: Sequence[str]) -> list[str]:
    """Texts as XML holds them: thousands take hardly longer than one."""
    joined = _BETWEEN.join(texts)
    if "\0" in joined.replace(_BETWEEN, ""):
        return [word(text) for text in texts]
    escaped = word(joined).split(word(_BETWEEN))
    return escaped if len(escaped) == len(texts) else [word(text) for text in texts]
