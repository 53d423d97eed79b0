import { describe, expect, test } from "vitest";
import { normalBelow, normalInverse } from "../../src/engine/normal.js";
import { functionNames, workedOut } from "../../src/engine/functions/table.js";

describe("the normal distribution", () => {
  // Abramowitz and Stegun, table 26.1, and Φ(−10) from its asymptotic series.
  test.each([
    [0, 0.5],
    [1, 0.841344746068543],
    [2, 0.977249868051821],
    [3, 0.998650101968370],
    [-3.5, 0.000232629079035525],
    [-10, 7.61985302416053e-24],
  ])("below %d", (x, expected) => {
    expect(Math.abs(normalBelow(x) / expected - 1)).toBeLessThan(1e-13);
  });

  test("back again", () => {
    for (const x of [-4, -1, 0, 0.3, 2.5]) expect(normalInverse(normalBelow(x))).toBeCloseTo(x, 10);
  });
});

test("every function of the table is worked out, and no other", () => {
  expect(workedOut()).toEqual(functionNames());
  expect(functionNames().length).toBeGreaterThan(100);
});
