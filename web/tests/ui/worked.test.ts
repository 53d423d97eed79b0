import { expect, test } from "vitest";
import { parse } from "../../src/engine/parser.js";
import type { Place, Tree, Value } from "../../src/model.js";
import { worked } from "../../src/ui/worked.js";

/** A sheet of numbers, and one formula that is looked at. */
function arithmetic(formula: string, cells: Value[][], known: Value = 0): string {
  const { tree } = parse(formula, () => 0);
  return worked({
    tree: (): Tree => tree,
    value: (at: Place): Value => cells[at.row]?.[at.column] ?? null,
    evaluate: (): Value => known,
  }, { sheet: 0, row: 9, column: 9 });
}

const CELLS: Value[][] = [
  [0.43, 1.2, -0.5],
  [1, 2, 3],
  ["I", "am", "happy"],
];

test("a product of matrices is written pair by pair", () => {
  expect(arithmetic("MMULT(A1:C1,TRANSPOSE(A2:C2))", CELLS)).toBe("0.43 × 1 + 1.20 × 2 + (−0.50) × 3");
});

test("a sum of products of two rows is the same", () => {
  expect(arithmetic("SUMPRODUCT(A1:C1,A2:C2)", CELLS)).toBe("0.43 × 1 + 1.20 × 2 + (−0.50) × 3");
});

test("parentheses stand only where they must", () => {
  expect(arithmetic("(A1+B1)*C1", CELLS)).toBe("(0.43 + 1.20) × (−0.50)");
  expect(arithmetic("A1-(B1-C1)", CELLS)).toBe("0.43 − (1.20 − (−0.50))");
  expect(arithmetic("EXP(A1-B1)/SUM(A2:C2)", CELLS)).toBe("exp(0.43 − 1.20) ÷ (1 + 2 + 3)");
});

test("a long sum shows its first terms and its last", () => {
  expect(arithmetic("SUM(A1:H1)", [[1, 2, 3, 4, 5, 6, 7, 8]])).toBe("1 + 2 + 3 + 4 + … + 8");
});

test("a mean is divided by the count, of few and of many", () => {
  expect(arithmetic("AVERAGE(A2:C2)", CELLS)).toBe("(1 + 2 + 3) ÷ 3");
  const many = [Array.from({ length: 100 }, (_, i) => i)];
  expect(arithmetic("AVERAGE(A1:CV1)", many)).toMatch(/÷ 100$/);
});

test("a choice shows what it chose", () => {
  expect(arithmetic("IF(A1>B1,A1*2,B1*2)", CELLS)).toBe("1.20 × 2");
});

test("a word that is looked up is named", () => {
  expect(arithmetic("SUMPRODUCT((A3:C3=B3)*A2:C2)", CELLS)).toBe("“am” →");
});

test("a plain reference is no arithmetic", () => {
  expect(arithmetic("A1", CELLS)).toBe("");
});
