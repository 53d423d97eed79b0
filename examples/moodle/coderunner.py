"""The template of a CodeRunner question (Python 3, combinator, "Is template grader" ticked).

The student attaches one file; key.xlsx is a support file of the question. The sandbox must have
Sheetformer installed.
"""

import shutil
import subprocess
from pathlib import Path

handed_in = Path("handed_in")
handed_in.mkdir(exist_ok=True)
for file in Path().iterdir():
    if file.suffix.lower() in (".xlsx", ".ods") and file.name != "key.xlsx":
        shutil.copy(file, handed_in)
command = ["sheetformer", "grade", str(handed_in), "--key", "key.xlsx", "--for", "coderunner"]
print(subprocess.run(command, capture_output=True, text=True, check=True).stdout)
