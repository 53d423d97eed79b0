import { expect, test } from "vitest";
import { extent, part, piled } from "../../src/ui/linechart.js";

const row = (...ys: number[]) => ys.map((y, i) => ({ x: i + 1, y }));

test("bars stand upon each other, and those below zero hang under each other", () => {
  expect(piled([row(0.25, 1), row(0.75, -2), row(1, -1)])).toEqual([row(0.25, 1), row(1, -2), row(2, -3)]);
});

test("one number, or none, has a place on a logarithmic axis too", () => {
  expect(part(0.5, extent(0.5, 0.5, true))).toBeCloseTo(0.5);
  expect(part(3, extent(Infinity, -Infinity, true))).toBeGreaterThan(0);
  expect(part(10, extent(1, 100, true))).toBeCloseTo(0.5);
  expect(extent(2, 2, false)).toEqual({ low: 1, high: 3, log: false });
});
