import { expect, test } from "vitest";
import { parse } from "../../src/engine/parser.js";
import type { Place, Value } from "../../src/model.js";
import { sources } from "../../src/ui/sources.js";

/** Cells by address, row and column from 0: formulas as text with "=", everything else a value. */
function sheet(cells: Record<string, Value>, index = 2) {
  const key = (at: Place): string => `${at.row},${at.column}`;
  return {
    tree: (at: Place) => {
      const text = cells[key(at)];
      return typeof text === "string" && text.startsWith("=") ? parse(text.slice(1), () => 0).tree : null;
    },
    value: (at: Place): Value => cells[key(at)] ?? null,
    evaluate: (): Value => index,
  };
}

const at = (row: number, column: number) => ({ sheet: 0, row, column });

test("a number is its own source", () => {
  expect(sources(sheet({ "0,0": 5 }), at(0, 0))).toEqual([at(0, 0)]);
});

test("a number that was looked up comes from its row of the table", () => {
  const cells = { "0,0": "=INDEX(C1:C4,A9+1)", "1,2": 0.5 };
  expect(sources(sheet(cells, 2), at(0, 0))).toEqual([at(1, 2)]);
});

test("the first row of a table, for unknown words, is not moved", () => {
  expect(sources(sheet({ "0,0": "=INDEX(C1:C4,A9+1)", "0,2": 0 }, 1), at(0, 0))).toEqual([]);
});

test("a mean of two words comes from the rows of both", () => {
  const cells = { "0,0": "=(A2+A3)/MAX(1,2)", "1,0": 3, "2,0": 4 };
  expect(sources(sheet(cells), at(0, 0))).toEqual([at(1, 0), at(2, 0)]);
});

test("what is computed otherwise has no source, and a circle ends", () => {
  expect(sources(sheet({ "0,0": "=EXP(A2)", "1,0": 1 }), at(0, 0))).toEqual([]);
  expect(sources(sheet({ "0,0": "=A1" }), at(0, 0))).toEqual([]);
});
