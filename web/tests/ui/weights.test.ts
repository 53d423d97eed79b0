import { expect, test } from "vitest";
import type { BlockData } from "../../src/format.js";
import { isWeights } from "../../src/ui/weights.js";

const shares = (role?: string): BlockData => ({
  name: "shares", title: "Shares", equation: "", note: "", numberFormat: "share", kind: "computed", ...(role ? { role } : {}), op: "divide",
  stage: 0, sheet: 0, matrices: [[1, 1]], matrixNames: [], rows: 2, columns: 3, rowLabels: 1, columnLabels: 1,
});

test.each(["attention weights", "masked attention weights", "alignment"])("%s between words are drawn as lines", (role) => {
  expect(isWeights(shares(role))).toBe(true);
});

test.each([undefined, "softmax", "candidate probability"])("shares are no attention where the book does not say so: %s", (role) => {
  expect(isWeights(shares(role))).toBe(false);
});

test("without words at both sides there are no ends to draw lines between", () => {
  const { rowLabels: _, ...unlabelled } = shares("attention weights");
  expect(isWeights(unlabelled)).toBe(false);
  expect(isWeights({ ...shares("attention weights"), rows: 1000 })).toBe(false);
});
