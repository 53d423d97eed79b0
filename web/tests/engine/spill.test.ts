import { describe, expect, test } from "vitest";
import { apply, contents } from "../../src/edit_wire.js";
import { Model, Refused } from "../../src/model.js";
import { at, emptyBook, shown, typed } from "./support.js";

const NUMBERS = { A1: "1", A2: "2", A3: "3" };
const values = (model: Model, ...cells: string[]): unknown[] => cells.map((cell) => shown(model, cell));

describe("a typed formula fills as many cells as it gives", () => {
  test("down and across", () => {
    const model = typed({ ...NUMBERS, C1: "=A1:A3*2", E1: "=TRANSPOSE(A1:A3)", E3: "={1,2;3,4}" });
    expect(values(model, "C1", "C2", "C3")).toEqual([2, 4, 6]);
    expect(values(model, "E1", "F1", "G1")).toEqual([1, 2, 3]);
    expect(values(model, "E3", "F3", "E4", "F4")).toEqual([1, 2, 3, 4]);
    model.set(at("A2"), "10");
    expect(values(model, "C2", "F1")).toEqual([20, 10]);
  });

  test("softmax by hand takes all of the cells, not the one in its row", () => {
    const model = typed({ ...NUMBERS, B1: "=EXP(A1)/SUM(EXP($A$1:$A$3))" });
    model.fill({ ...at("B1"), rows: 1, columns: 1 }, { ...at("B1"), rows: 3, columns: 1 });
    const sum = Math.exp(1) + Math.exp(2) + Math.exp(3);
    [1, 2, 3].forEach((x) => expect(shown(model, `B${x}`)).toBeCloseTo(Math.exp(x) / sum, 12));
    expect(model.formula(at("B2"))).toBe("{=EXP(A2)/SUM(EXP($A$1:$A$3))}");
  });

  test("what takes single cells only stays an ordinary formula", () => {
    const model = typed({ ...NUMBERS, B1: "=SUM(A1:A3)", B2: "=SUMPRODUCT(A1:A3,A1:A3)", B3: "=SUM({1,2})" });
    expect(["B1", "B2", "B3"].map((cell) => model.arrayArea(at(cell)))).toEqual([null, null, null]);
  });
});

test("tables and functions spill over what they give, and follow", () => {
  const model = typed(NUMBERS);
  model.set(at("C1"), "=FILTER(A1:A3,A1:A3>0)");
  model.set(at("E1"), "=SORT(A1:A3,1,-1)");
  model.set(at("G1"), "=LET(x,A1:A3,MAP(x,LAMBDA(y,y^2)))");
  expect(values(model, "C1", "C3", "C4", "E1", "E3", "G3")).toEqual([1, 3, null, 3, 1, 9]);
  model.set(at("A3"), "0");
  expect(values(model, "C2", "C3", "E1", "G3")).toEqual([2, "#N/A", 2, 0]);
});

test("RAND is drawn anew at each recalculation, and what reads it follows", () => {
  const model = typed({ A1: "=RAND()", A2: "=A1*2" });
  const before = shown(model, "A1");
  model.set(at("C9"), "1");
  expect(shown(model, "A1")).not.toBe(before);
  expect(shown(model, "A2")).toBe((shown(model, "A1") as number) * 2);
});

describe("room", () => {
  test("a cell that is not empty is named, and nothing changes", () => {
    const model = typed({ ...NUMBERS, C3: "x" });
    expect(() => model.set(at("C1"), "=A1:A3")).toThrow(/C1:C3.*C3/);
    expect(values(model, "C1", "C2", "C3")).toEqual([null, null, "x"]);
  });

  test("the book's own cells and the edge of the sheet are no room", () => {
    const payload = emptyBook();
    payload.sheets[0]!.cellBlocks = [{ at: [1, 2, 1, 1], s: 0, v: [""] }];
    const model = new Model(payload);
    expect(() => model.set(at("C1"), "=A1:A3")).toThrow(Refused);
    expect(() => model.set(at("D1048575"), "=A1:A3")).toThrow(Refused);
    expect(() => model.set(at("D1"), "=A1:A20000")).toThrow(Refused);
  });
});

describe("what was spilled", () => {
  test("is typed anew, smaller or larger, from its first cell or another", () => {
    const model = typed({ ...NUMBERS, C1: "=A1:A3" });
    model.set(at("C1"), "=A1:A2");
    expect(values(model, "C1", "C2", "C3")).toEqual([1, 2, null]);
    model.set(at("C2"), "=A1:A3+1");
    expect(values(model, "C1", "C2", "C3")).toEqual([2, 3, 4]);
  });

  test("goes with its first cell, and with no other", () => {
    const model = typed({ ...NUMBERS, C1: "=A1:A3" });
    expect(() => model.set(at("C2"), "5")).toThrow(Refused);
    model.set(at("C1"), "");
    expect(values(model, "C1", "C2", "C3")).toEqual([null, null, null]);
  });

  test("is undone and done again, and started again", () => {
    const model = typed(NUMBERS);
    model.set(at("C1"), "=A1:A3");
    model.undo();
    expect(values(model, "C1", "C3")).toEqual([null, null]);
    model.redo();
    expect(values(model, "C1", "C3")).toEqual([1, 3]);
    model.reset();
    expect(model.edits()).toEqual([]);
    expect(values(model, "A1", "C1", "C3")).toEqual([null, null, null]);
  });

  test("goes to the server and the notebook as one array formula, and comes back the same", () => {
    const model = typed({ ...NUMBERS, C1: "=A1:A3*2", D1: "=SUM(EXP(A1:A3))" });
    expect(contents(model)).toContainEqual(["One", 0, 2, { formula: "A1:A3*2", array: [3, 1] }]);
    expect(contents(model)).toContainEqual(["One", 0, 3, { formula: "SUM(EXP(A1:A3))", array: [1, 1] }]);
    const other = new Model(emptyBook());
    apply(other, contents(model));
    expect(contents(other)).toEqual(contents(model));
  });
});
