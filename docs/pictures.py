"""Make the pictures of the documentation from the real workbook, through LibreOffice.

Run `python docs/pictures.py`; it needs soffice and pdftoppm.
"""

from __future__ import annotations

import subprocess
import tempfile
from pathlib import Path

import sheetformer as sf

IMAGES = Path(__file__).parent / "images"
# Name of the picture → page of the default lesson, and the height of its upper part in pixels.
PAGES = {"words": (2, 770), "attention": (6, 800), "transformer": (7, 830), "check": (8, 830)}
DPI = 110


def main() -> None:
    """Write the default lesson, print it to PDF, and cut its pages out."""
    IMAGES.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        book = sf.lesson("cross-attention").save(Path(folder, "attention.xlsx"))
        profile = f"-env:UserInstallation=file://{folder}/profile"
        office = ["soffice", profile, "--headless", "--convert-to", "pdf", "--outdir", folder]
        subprocess.run([*office, str(book)], check=True, capture_output=True)
        for name, (page, height) in PAGES.items():
            cut = ["-x", "0", "-y", "30", "-W", "1286", "-H", str(height)]
            at = ["-r", str(DPI), "-f", str(page), "-l", str(page), "-singlefile", "-png"]
            pdf = Path(folder, "attention.pdf")
            subprocess.run(["pdftoppm", *at, *cut, pdf, IMAGES / name], check=True)


if __name__ == "__main__":
    main()
