import { expect, test } from "vitest";
import { CellError } from "../../src/engine/values.js";
import { brief, fixed, heat, percent, shown } from "../../src/ui/display.js";

test("numbers look as in the workbook", () => {
  expect(shown(0.86249, "share")).toBe("86.2%");
  expect(["share", "share_or_none"].map((format) => shown(0, format))).toEqual(["0.0%", ""]);
  expect(shown(0.0004, "share_or_none")).toBe("0.0%");
  expect(shown(-1.239, "number")).toBe("−1.24");
  expect(shown(3, "integer")).toBe("3");
  expect(shown(2.22e-16, "tiny")).toBe("2.2E-16");
  expect(shown(2.22e-16, "difference")).toBe("0");
  expect(shown(1e-9, "difference")).toBe("0.000000001");
  expect(shown(8, "difference")).toBe("8.000");
  expect(shown(2e30, "difference")).toBe("> 1000000");
  expect(shown("happy", "word")).toBe("happy");
  expect(shown(null, "number")).toBe("");
  expect(shown(new CellError("#DIV/0!"), "number")).toBe("#DIV/0!");
});

test("a zero has no sign", () => {
  expect(fixed(-0.001, 2)).toBe("0.00");
});

test("a masked score is minus infinity where its scale says so, and has no colour", () => {
  const scale = { at: [0, 0, 1, 1] as [number, number, number, number], kind: "signed" as const, limit: 2, hides: 1 as const };
  expect(shown(-1e30, "number", scale)).toBe("−∞");
  expect(heat(-1e30, scale)).toBe("");
});

test("the colour grows with the number and stops at the limit", () => {
  const scale = { at: [0, 0, 1, 1] as [number, number, number, number], kind: "signed" as const, limit: 2 };
  expect(heat(1, scale)).toContain("var(--high) 50.0%");
  expect(heat(-8, scale)).toContain("var(--low) 100.0%");
  expect(heat("word", scale)).toBe("");
});

test("shares and numbers in sentences", () => {
  expect(percent(0.9234)).toBe("92 %");
  expect(percent(0.0123)).toBe("1.2 %");
  expect(brief(2)).toBe("2");
  expect(brief(0.0432)).toBe("0.043");
  expect(brief(-1e30)).toBe("−1.0E+30");
});
