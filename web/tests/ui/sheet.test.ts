import { expect, test } from "vitest";
import { columnName } from "../../src/engine/address.js";
import { Lines } from "../../src/ui/geometry.js";
import { areaOf, jump, step } from "../../src/ui/range.js";

const at = (row: number, column: number) => ({ sheet: 0, row, column });
const SIZE = { rows: 5, columns: 4 };

test("columns are named as in a spreadsheet", () => {
  expect([0, 25, 26, 51, 701, 702].map(columnName)).toEqual(["A", "Z", "AA", "AZ", "ZZ", "AAA"]);
});

test("the line at a pixel", () => {
  const lines = new Lines(3, (i) => [10, 20, 30][i]!);
  expect([0, 9, 10, 29, 30, 59, 500].map((pixel) => lines.at(pixel))).toEqual([0, 0, 1, 1, 2, 2, 2]);
  expect(lines.total).toBe(60);
  expect(lines.span(1, 2)).toBe(50);
});

test("a range is the same in both directions", () => {
  const area = { sheet: 0, row: 1, column: 1, rows: 3, columns: 2 };
  expect(areaOf({ anchor: at(1, 1), active: at(3, 2) })).toEqual(area);
  expect(areaOf({ anchor: at(3, 2), active: at(1, 1) })).toEqual(area);
});

test("no step leaves the sheet", () => {
  expect(step(at(0, 0), -1, -1, SIZE)).toEqual(at(0, 0));
  expect(step(at(4, 3), 1, 1, SIZE)).toEqual(at(4, 3));
});

test("a jump stops at the edge of what is filled", () => {
  const filled = (place: { row: number }): boolean => [0, 1, 3].includes(place.row);
  expect(jump(at(0, 0), 1, 0, SIZE, filled)).toEqual(at(1, 0));
  expect(jump(at(1, 0), 1, 0, SIZE, filled)).toEqual(at(3, 0));
  expect(jump(at(3, 0), 1, 0, SIZE, filled)).toEqual(at(4, 0));
});
