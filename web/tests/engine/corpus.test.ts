/** The corpus of formulas that `tests/formula/test_corpus.py` runs in spreadsheet programs as well. */

import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { CellError, Model, Refused, type Value } from "../../src/model.js";
import { at, emptyBook } from "./support.js";

type Given = number | string | boolean | { error: string };

interface Case {
  formula?: string;
  array?: string;
  value?: Given | Given[][];
  error?: string;
}

interface Corpus {
  cells: Record<string, number | string | boolean>;
  refused: string[];
  groups: Record<string, Case[]>;
}

const corpus = JSON.parse(
  readFileSync(new URL("../../../tests/formula/corpus.json", import.meta.url), "utf-8"),
) as Corpus;

/** Where a formula stands: far enough from the cells that it reads. */
const PLACE = at("U10");

/** A model with the cells of the corpus on a sheet S, and an array formula if one is given. */
function model(array?: string, rows = 1, columns = 1): Model {
  const payload = emptyBook();
  payload.sheets[0]!.name = "S";
  if (array) payload.sheets[0]!.cellBlocks = [{ at: [PLACE.row, PLACE.column, rows, columns], s: 0, a: array }];
  const made = new Model(payload);
  const cells = Object.entries(corpus.cells);
  made.setMany(cells.map(([address, value]) => ({ ...at(address), text: typeof value === "string" ? `'${value}` : String(value) })));
  return made;
}

function check(found: Value, wanted: Given): void {
  if (typeof wanted === "object") expect(found instanceof CellError && found.code).toBe(wanted.error);
  else if (typeof wanted === "number") {
    expect(typeof found).toBe("number");
    expect(Math.abs((found as number) - wanted)).toBeLessThanOrEqual(1e-12 * Math.max(1, Math.abs(wanted)));
  } else expect(found).toBe(wanted);
}

describe.each(Object.entries(corpus.groups))("%s", (_, cases) => {
  test.each(cases.map((one): [string, Case] => [one.formula ?? `{${one.array}}`, one]))("%s", (_text, one) => {
    const given = one.error === undefined ? one.value! : { error: one.error };
    const rows = Array.isArray(given) ? given : [[given]];
    const made = one.array ? model(one.array, rows.length, rows[0]!.length) : model();
    if (one.formula) made.set(PLACE, `=${one.formula}`);
    rows.forEach((line, r) =>
      line.forEach((wanted, c) => check(made.value({ ...PLACE, row: PLACE.row + r, column: PLACE.column + c }), wanted)),
    );
  });
});

test.each(corpus.refused)("%s cannot be read", (text) => {
  expect(() => model().set(PLACE, `=${text}`)).toThrow(Refused);
});

test("a formula that is longer or deeper than any that a download takes", () => {
  expect(() => model().set(PLACE, `=${"1+".repeat(2000)}1`)).toThrow(Refused);
  expect(() => model().set(PLACE, `=${"(".repeat(41)}1${")".repeat(41)}`)).toThrow(Refused);
  model().set(PLACE, `=${"(".repeat(40)}1${")".repeat(40)}`);
});
