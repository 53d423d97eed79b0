"""What the child with limits costs: `sheetformer verify`, beside the same work in one process.

Runs the two in turn, so that both meet the same machine, and prints the seconds of the quickest run
and of the median of each, and their differences; asserts nothing about time.

    python benchmarks/verify.py [--runs 15]
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

WRITE = "import sys, sheetformer as sf; sf.lesson('cross-attention').save(sys.argv[1])"

IN_A_CHILD = "import sys; from sheetformer.cli import main; main(['verify', sys.argv[1]])"

IN_ONE_PROCESS = """
import sys
from sheetformer.engines import get_engine, verify as module

checked = module.verify

def verify(path, engine, *, limit, meanwhile):
    meanwhile()
    return checked(path, get_engine(engine))

module.verify = verify
from sheetformer.cli import main
main(['verify', sys.argv[1]])
"""
"""An engine that is given as an object works in this process."""


def seconds(program: str, file: Path) -> float:
    """How long a program takes on the file, as a whole process."""
    start = time.perf_counter()
    subprocess.run([sys.executable, "-c", program, str(file)], check=True, capture_output=True)
    return time.perf_counter() - start


def main() -> None:
    """Print a line a program, and their difference."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=15)
    runs = parser.parse_args().runs
    programs = {"in a child": IN_A_CHILD, "in one process": IN_ONE_PROCESS}
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "book.xlsx")
        subprocess.run([sys.executable, "-c", WRITE, str(file)], check=True)
        taken: dict[str, list[float]] = {name: [] for name in programs}
        for _ in range(runs):
            for name, program in programs.items():
                taken[name].append(seconds(program, file))
    for name, found in taken.items():
        print(f"{name:16} quickest {min(found):.3f} s, median {median(found):.3f} s")
    child, alone = taken.values()
    print(
        f"{'the child costs':16} quickest {min(child) - min(alone):.3f} s, "
        f"median {median(child) - median(alone):.3f} s"
    )


if __name__ == "__main__":
    main()
