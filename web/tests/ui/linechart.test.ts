import { expect, test } from "vitest";
import { piled } from "../../src/ui/linechart.js";

const row = (...ys: number[]) => ys.map((y, i) => ({ x: i + 1, y }));

test("bars stand upon each other, and those below zero hang under each other", () => {
  expect(piled([row(0.25, 1), row(0.75, -2), row(1, -1)])).toEqual([row(0.25, 1), row(1, -2), row(2, -3)]);
});
