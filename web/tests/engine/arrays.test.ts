import { expect, test } from "vitest";
import { Model, Refused } from "../../src/model.js";
import { at, emptyBook, shown } from "./support.js";

/** X (2 × 2), a column, and an array formula of 2 × 2 in D1:E2 that is called `product`. */
function book(formula: string): Model {
  const payload = emptyBook();
  const first = payload.sheets[0]!;
  first.cellBlocks = [
    { at: [0, 0, 2, 2], s: 0, v: [1, 2, 3, 4] },
    { at: [0, 6, 2, 1], s: 0, v: [10, 20] },
    { at: [0, 3, 2, 2], s: 0, a: formula },
    { at: [5, 0, 2, 2], s: 0, f: ["D1+$G1", "0"], w: [0, 0, 0, 1] },
  ];
  const block = { title: "", equation: "", note: "", numberFormat: "number", stage: 0, sheet: 0, matrixNames: [] };
  const named = { ...block, kind: "computed", op: "", named: 1 } as const;
  payload.blocks = [
    { ...named, name: "x", matrices: [[0, 0]], rows: 2, columns: 2 },
    { ...named, name: "bias", matrices: [[0, 6]], rows: 2, columns: 1 },
    { ...named, name: "product", matrices: [[0, 3]], rows: 2, columns: 2 },
  ];
  return new Model(payload);
}

function rectangle(model: Model, address: string): unknown[] {
  const { sheet, row, column, rows, columns } = model.find(address)!;
  const cells = Array.from({ length: rows * columns }, (_, i) => ({
    sheet,
    row: row + Math.floor(i / columns),
    column: column + (i % columns),
  }));
  return cells.map((cell) => {
    const value = model.value(cell);
    return value !== null && typeof value === "object" ? value.code : value;
  });
}

test.each([
  ["MMULT(x,TRANSPOSE(x))", [5, 11, 11, 25]],
  ["x+bias", [11, 12, 23, 24]],
  ["x*2-TRANSPOSE(bias)", [-8, -16, -4, -12]],
  ["IF(x>1,x,-1)", [-1, 2, 3, 4]],
  ["IF(TRUE,x,bias)", [1, 2, 3, 4]],
  ["-x^2", [1, 4, 9, 16]],
  ["EXP(x-x)", [1, 1, 1, 1]],
  ["MAX(x)", [4, 4, 4, 4]],
  ["bias", [10, 10, 20, 20]],
  ["{1,2,3}", [1, 2, 1, 2]],
  ["{1;2;3}+0", [1, 1, 2, 2]],
  ["x/(x-1)", ["#DIV/0!", 2, 1.5, 4 / 3]],
  ["IFERROR(x/(x-1),0)", [0, 2, 1.5, 4 / 3]],
  ["{1,2,3}*{1;1;1}", [1, 2, 1, 2]],
])("{=%s}", (formula, expected) => {
  expect(rectangle(book(formula), "product")).toEqual(expected);
});

test("what an array formula does not reach is #N/A", () => {
  expect(rectangle(book("MMULT(x,{1,2,3;1,2,3})"), "D1:E2")).toEqual([3, 6, 7, 14]);
  expect(rectangle(book("TRANSPOSE(bias)*{1;1;1}+{1;1;1}"), "D1:E2")).toEqual([11, 21, 11, 21]);
  expect(rectangle(book("INDEX({1,2;3,4},1,0)*{1,1}"), "D1:E2")).toEqual([1, 2, 1, 2]);
  expect(rectangle(book("x*{1,2,3}"), "D1:E2")).toEqual([1, 4, 3, 8]);
});

test("a filled formula is the same, seen from each cell", () => {
  const model = book("x");
  expect(model.formula(at("B6"))).toBe("=E1+$G1");
  expect(model.formula(at("A7"))).toBe("=D2+$G2");
  expect(rectangle(model, "A6:B7")).toEqual([11, 12, 23, 0]);
});

test("an element knows its own row and column", () => {
  const model = book("MMULT(x,TRANSPOSE(x))/SQRT(2)");
  const told = model.precedents(at("E1")).map((area) => model.address(area));
  expect(told).toEqual(["A1:B1", "A2:B2"]);
  expect(book("x+bias").precedents(at("D2")).map((area) => model.address(area))).toEqual(["A2", "G2"]);
  expect(model.dependents(at("A1")).map((area) => model.address(area))).toEqual(["D1", "E1", "D2"]);
  const tree = model.tree(at("E1"))!;
  expect(model.evaluate(tree, at("E1"))).toBe(model.value(at("E1")));
});

test("one cell of an array formula stays; all of it may go, and comes back", () => {
  const model = book("x*2");
  expect(() => model.set(at("D1"), "5")).toThrow(Refused);
  expect(() => model.set(at("D1"), "5")).toThrow("D1:E2");
  model.setMany(["D1", "E1", "D2", "E2"].map((address) => ({ ...at(address), text: "5" })));
  expect(rectangle(model, "A6:B7")).toEqual([15, 15, 25, 0]);
  expect(model.edits()).toHaveLength(4);
  model.undo();
  expect(rectangle(model, "product")).toEqual([2, 4, 6, 8]);
  expect(model.edits()).toEqual([]);
  model.redo();
  expect(rectangle(model, "product")).toEqual([5, 5, 5, 5]);
  model.reset();
  expect(model.formula(at("E2"))).toBe("{=x*2}");
});

test("a formula typed into one cell of an array is for all of it", () => {
  const model = book("x*2");
  model.set(at("E2"), "=x*3");
  expect(rectangle(model, "product")).toEqual([3, 6, 9, 12]);
  expect(model.edits()).toEqual([{ ...at("D1"), text: "{=x*3}" }]);
});

test("an ordinary formula of a book takes of a range its own row or column", () => {
  const payload = emptyBook();
  payload.sheets[0]!.cellBlocks = [
    { at: [0, 0, 2, 1], s: 0, v: [1, 2] },
    { at: [1, 1, 1, 1], s: 0, f: ["A1:A3*10"] },
    { at: [8, 2, 1, 1], s: 0, f: ["A1:A3"] },
  ];
  const model = new Model(payload);
  expect([shown(model, "B2"), shown(model, "C9")]).toEqual([20, "#VALUE!"]);
  model.set(at("D1"), "{=SUM(A1:A2*2)}");
  expect(shown(model, "D1")).toBe(6);
});
