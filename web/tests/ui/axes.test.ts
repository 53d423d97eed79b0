import { expect, test } from "vitest";
import { ticks } from "../../src/ui/axes.js";

test.each([
  [0, 1, [0, 0.2, 0.4, 0.6, 0.8, 1]],
  [-4, 4, [-4, -2, 0, 2, 4]],
  [0.3, 1.7, [0.5, 1, 1.5]],
])("round numbers from %d to %d", (low, high, wanted) => {
  expect(ticks(low, high)).toEqual(wanted);
});

test("tiny and huge ranges have few marks", () => {
  for (const size of [1e-9, 1e-3, 7, 1e6]) expect(ticks(0, size).length).toBeLessThanOrEqual(7);
});
