"""Make the pictures of the documentation from the real workbook, through LibreOffice.

Run `python docs/pictures.py`; it needs soffice and pdftoppm.
"""

from __future__ import annotations

import subprocess
import tempfile
from pathlib import Path

import sheetformer as sf

IMAGES = Path(__file__).parent / "images"
# Book → name of the picture → its page, and the height of the part that is shown in pixels.
PAGES = {
    "lesson": {
        "words": (2, 770),
        "attention": (6, 800),
        "transformer": (7, 830),
        "check": (8, 830),
    },
    "translator": {"translator": (1, 690), "alignment": (2, 470)},
}
DPI = 110


def main() -> None:
    """Write the books, print them to PDF, and cut their pages out."""
    IMAGES.mkdir(exist_ok=True)
    books = {"lesson": sf.lesson(), "translator": sf.translate("we see the red house")}
    with tempfile.TemporaryDirectory() as folder:
        for name, book in books.items():
            file = book.save(Path(folder, f"{name}.xlsx"))
            profile = f"-env:UserInstallation=file://{folder}/profile"
            office = ["soffice", profile, "--headless", "--convert-to", "pdf", "--outdir", folder]
            subprocess.run([*office, str(file)], check=True, capture_output=True)
            for picture, (page, height) in PAGES[name].items():
                _cut(file.with_suffix(".pdf"), page, height, IMAGES / picture)


def _cut(pdf: Path, page: int, height: int, picture: Path) -> None:
    area = ["-x", "0", "-y", "30", "-W", "1286", "-H", str(height)]
    at = ["-r", str(DPI), "-f", str(page), "-l", str(page), "-singlefile", "-png"]
    subprocess.run(["pdftoppm", *at, *area, str(pdf), str(picture)], check=True)


if __name__ == "__main__":
    main()
