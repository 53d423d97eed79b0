"""Every output of the product as files, so that a large rebuild can be proven to change nothing.

    python tests/snapshot.py write FOLDER             write all files, and FOLDER/hashes.json
    python tests/snapshot.py compare FOLDER FOLDER    say what differs; exit code 1 if anything does
    python tests/snapshot.py check                    write anew, compare with tests/snapshot.json

With `--only lesson/ --only trace/grad` just the outputs whose names begin so are written or
compared; the groups are lesson/, translate/, attention/, trace/, record/, command/ and message/.
PYTHONPATH says which package is looked at. Of each book there are an .xlsx, an .html, a .txt and a
.facts.txt (what the book tells in Python and in a notebook); a case that fails becomes a file
NAME.error that says how.

The program and the style that every page carries are left out of its hash and of what is compared:
a page is its markup and the data of its book.

Numbers stand in the files with all their digits, so hashes agree only where NumPy and PyTorch round
alike: `check` is for one machine and its libraries, before and after a change. Where a change of
the output is meant, write a folder and copy its hashes.json to tests/snapshot.json.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

if __name__ == "__main__":
    # Sums in one order; a second thread would win nothing with so few numbers. And texts for
    # a terminal of a given width.
    os.environ |= {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}
    os.environ |= {"COLUMNS": "100", "NO_COLOR": "1"}
    sys.path[0] = str(Path(__file__).resolve().parents[1])
    from tests.snapshots.command import main

    sys.exit(main(__doc__ or ""))
