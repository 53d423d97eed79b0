import { expect, test } from "vitest";
import { Model, type Place } from "../../src/model.js";
import { worked } from "../../src/ui/worked.js";
import { at, emptyBook } from "../engine/support.js";

const HERE = at("J10");

/** A sheet of numbers, and one formula that is looked at. */
function book(formula: string, cells: (number | string | null)[][]): Model {
  const model = new Model(emptyBook());
  const edits = cells.flatMap((line, row) => line.map((value, column) => ({ sheet: 0, row, column, text: String(value ?? "") })));
  model.setMany([...edits, { ...HERE, text: formula.startsWith("{") ? formula : `=${formula}` }]);
  return model;
}

const arithmetic = (formula: string, cells: (number | string | null)[][]): string => worked(book(formula, cells), HERE);

const CELLS = [
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

test("conditions hold as they hold in the cells", () => {
  const cells = [["Happy", 5, "9", null, 0]];
  expect(arithmetic('IF(A1="happy",1+1,2+2)', cells)).toBe("1 + 1");
  expect(arithmetic("IF(D1=E1,1+1,2+2)", cells)).toBe("1 + 1");
  expect(arithmetic('IF("5"<B1,1+1,2+2)', cells)).toBe("2 + 2");
  expect(arithmetic('IF(D1="",1+1,2+2)', cells)).toBe("1 + 1");
});

test("words and empty cells of a table count nowhere", () => {
  const cells = [[1, "word", null, 3]];
  expect(arithmetic("SUM(A1:D1)", cells)).toBe("1 + 3");
  expect(arithmetic("AVERAGE(A1:D1)", cells)).toBe("(1 + 3) ÷ 2");
  expect(arithmetic("MAX(A1:D1)", cells)).toBe("max(1, 3)");
});

test("a large number is no infinity", () => {
  expect(arithmetic("EXP(A1)", [[101.5]])).toBe("exp(101.50)");
  expect(arithmetic("A1*2", [[2.5e30]])).toBe("2.5E+30 × 2");
});

test("only a masked score is written as infinity", () => {
  const payload = emptyBook();
  payload.sheets[0]!.scales = [{ at: [0, 0, 1, 2], kind: "signed", limit: 1, hides: 1 }];
  const model = new Model(payload);
  const set = (address: string, text: string): unknown => model.set(at(address), text);
  set("A1", "=IF(C1=0,-1E+30,2)");
  set("D1", "=EXP(A1-B1)");
  set("E1", "=C1-1E+30");
  expect(worked(model, at("A1"))).toBe("−∞");
  expect(worked(model, at("D1"))).toBe("exp(−∞ − 0)");
  expect(worked(model, at("E1"))).toBe("0 − 1.0E+30");
});

test("an error is worked out like a number", () => {
  expect(arithmetic("1/A1", [[0]])).toBe("1 ÷ 0");
});

test("a line that does not come to its cell is not shown", () => {
  const model = book("A1*2", [[3]]);
  const wrong = { tree: (place: Place) => model.tree(place), value: () => 7, evaluate: () => 7, masked: () => false };
  expect(worked(model, HERE)).toBe("3 × 2");
  expect(worked({ ...wrong, value: (place) => (place.row === HERE.row ? 7 : 3) }, HERE)).toBe("");
});

test("a plain reference is no arithmetic", () => {
  expect(arithmetic("A1", CELLS)).toBe("");
});

test("joined text has no line: it says itself what its pieces are", () => {
  expect(arithmetic('A3&" looks at "&B3', CELLS)).toBe("");
  expect(arithmetic('ROUND(A1,1)&""', CELLS)).toBe("");
  expect(arithmetic('IF(A1<B1,A3&B3,"")', CELLS)).toBe("");
  expect(arithmetic('TRIM(A3&" ")', CELLS)).toBe("");
  expect(arithmetic('LEN(A3&B3)', CELLS)).toContain("&");
});

test("of the exchanges in a text only those that happen are written", () => {
  const formula = 'SUBSTITUTE(SUBSTITUTE(LOWER(TRIM(A1)),"!",""),"?","")';
  expect(arithmetic(formula, [["happy", 1]])).toBe("“happy”");
  expect(arithmetic(formula, [["Happy?", 1]])).toBe("SUBSTITUTE(LOWER(“Happy?”), “?”, “”)");
  expect(arithmetic(formula, [[null, 1]])).toBe("“”");
  expect(arithmetic(`TRIM(${formula})`, [["happy?", 1]])).toBe("SUBSTITUTE(“happy?”, “?”, “”)");
});
