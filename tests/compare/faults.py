"""How many planted faults `compare` locates, and whether it is quiet where there are none.

    python -m tests.compare.faults

Each fault must be found at the operation that has it, or at its direct neighbour.
"""

from __future__ import annotations

import time
from collections import Counter

import sheetformer as sf

from ..frontends.models import hugging_face
from .planted import FAMILIES, Case, faults, given, harmless


def first_of(case: Case) -> str:
    """The block of the first difference; nothing where there is none."""
    found = sf.compare(case.a, case.b, inputs_b=case.inputs_b, **case.settings, **case.kwargs)
    return found.first.block if found.first else ""


def located(case: Case) -> bool:
    """Whether the first difference is where the fault is."""
    block = first_of(case)
    return any(part and part in block for part in case.where)


def ratio(family: str) -> float:
    """How long comparing takes, in parts of recording once; the best of three each."""
    model, own = hugging_face(family), given(family)
    other = hugging_face(family, "sdpa")
    times = {"compare": [0.0], "record": [0.0]}
    for _ in range(3):
        begun = time.perf_counter()
        sf.compare(model, other, **own)
        middle = time.perf_counter()
        sf.record(model, **own)
        times["compare"].append(middle - begun)
        times["record"].append(time.perf_counter() - middle)
    return min(times["compare"][1:]) / min(times["record"][1:])


def main() -> None:
    """Print the figures."""
    kinds: Counter[str] = Counter()
    right: Counter[str] = Counter()
    for case in faults():
        kind = case.name.partition(": ")[2].partition(",")[0]
        kinds[kind] += 1
        if located(case):
            right[kind] += 1
        else:
            print(f"not located: {case.name}: {first_of(case) or 'nothing'}; {case.where}")
    for kind, number in kinds.items():
        print(f"{kind}: {right[kind]} of {number}")
    print(f"located: {right.total()} of {kinds.total()}")
    pairs = harmless()
    alarms = [case.name for case in pairs if first_of(case)]
    print(f"alarms: {len(alarms)} on {len(pairs)} harmless pairs", *alarms, sep="\n  ")
    for family in FAMILIES:
        print(f"time for {family}: {ratio(family):.2f} × recording once")


if __name__ == "__main__":
    main()
