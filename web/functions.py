"""Writes the page's table of functions and operators, made of those of `sheetformer.formula`.

With --check it writes nothing and fails where the table is not up to date.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from sheetformer.formula.check import LONGEST
from sheetformer.formula.elsewhere import ELSEWHERE
from sheetformer.formula.functions import FUNCTIONS, Function
from sheetformer.formula.parser import DEEPEST
from sheetformer.formula.tree import LEVELS

TABLE = Path(__file__).parent / "src" / "engine" / "table.generated.ts"

_HEAD = """\
// Made of src/sheetformer/formula by `python web/functions.py`; a change belongs there.

/** A function: what its arguments are, and the least and most of them. */
export interface Signature {
  /**
   * A letter for each argument, the last one for all further ones: "s" a single value (in an array
   * formula the function is applied place by place), "r" cells as they stand, or a value, "a" like
   * "r", but worked out as in an array formula. Of the capital letters it must be cells.
   */
  readonly kinds: string;
  readonly least: number;
  readonly most: number;
}
"""


def table() -> str:
    """The page's table as TypeScript."""
    levels = "\n".join(f"  {json.dumps(level)}," for level in LEVELS)
    several = [name for name, row in FUNCTIONS.items() if row.several]
    rows = "\n".join(f"  {_key(name)}: {_signature(row)}," for name, row in FUNCTIONS.items())
    return f"""{_HEAD}
/** Operators between two operands, from loose to tight; all of them read from the left. */
export const LEVELS = [
{levels}
] as const;

/** Functions, parentheses and signs inside each other in a typed formula. */
export const DEEPEST = {DEEPEST};
/** Characters of a typed formula. */
export const LONGEST_FORMULA = {LONGEST};

export const SIGNATURES = {{
{rows}
}} as const satisfies Record<string, Signature>;

/** Functions that spreadsheet programs have and a page has not. */
export const ELSEWHERE: ReadonlySet<string> = new Set("{" ".join(sorted(ELSEWHERE))}".split(" "));

/** They give several values, wherever they stand. */
export const SEVERAL: readonly FunctionName[] = {json.dumps(several)};

export type FunctionName = keyof typeof SIGNATURES;
"""


def _key(name: str) -> str:
    return f'"{name}"' if "." in name else name


def _signature(row: Function) -> str:
    return f'{{ kinds: "{row.kinds}", least: {row.least}, most: {row.most} }}'


def main() -> None:
    """Write the table, or check it."""
    if sys.argv[1:] != ["--check"]:
        TABLE.write_text(table(), encoding="utf-8")
    elif TABLE.read_text(encoding="utf-8") != table():
        sys.exit(f"{TABLE.name} is not up to date: run 'python web/functions.py' and commit it.")


if __name__ == "__main__":
    main()
