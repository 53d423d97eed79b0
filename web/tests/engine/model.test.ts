import { describe, expect, test } from "vitest";
import { CellError, Model, Refused } from "../../src/model.js";
import { at, emptyBook, shown, typed } from "./support.js";

describe("typing", () => {
  test.each([
    ["0.5", 0.5],
    ["-1e3", -1000],
    ["12%", 0.12],
    ["happy", "happy"],
    ["'=1+1", "=1+1"],
    ["=", "="],
    ["true", true],
    ["+x", "+x"],
    ["@x", "@x"],
    ["1,5", "1,5"],
  ])("%s", (text, expected) => expect(shown(typed({ A1: text }), "A1")).toBe(expected));

  test("the decimal comma where the language writes it", () => {
    expect(shown(typed({ A1: "1,5" }, "xx"), "A1")).toBe(1.5);
  });

  test.each(["=A1+1", "0.1", "happy", "'=x", "'5", "'TRUE", "'", "TRUE", "1E-7"])(
    "what stands in the editor makes the cell again: %s",
    (text) => {
      const model = typed({ B1: text });
      const value = model.value(at("B1"));
      model.set(at("B1"), model.input(at("B1")));
      expect(model.value(at("B1"))).toEqual(value);
    },
  );

  test.each(["=1+", "=(1", "=1 2", "=SUM(1", "=A1:B", '="x', "=1+*2", "={1,2;3}", "={A1}", "=" + "(".repeat(200)])(
    "%s is refused, and nothing changes",
    (text) => {
      const model = typed({ A1: "1" });
      expect(() => model.setMany([{ ...at("B1"), text: "2" }, { ...at("A1"), text }])).toThrow(Refused);
      expect(shown(model, "A1")).toBe(1);
      expect(shown(model, "B1")).toBe(null);
    },
  );

  test("places that no sheet has, and texts that no cell holds", () => {
    const model = typed({});
    expect(() => model.set({ sheet: 0, row: -1, column: 0 }, "1")).toThrow(Refused);
    expect(() => model.set({ sheet: 9, row: 0, column: 0 }, "1")).toThrow(Refused);
    expect(() => model.set(at("A1"), "x".repeat(40_000))).toThrow(Refused);
  });
});

describe("recalculation", () => {
  test("only what an edit reaches is worked out, and no further than values change", () => {
    const model = typed({ A1: "1", B1: "=A1*2", C1: "=B1>0", D1: "=C1&\"!\"", E1: "=5+5" });
    const change = model.set(at("A1"), "2");
    expect(change.recalculated).toBe(2);
    expect(change.changed.map((cell) => model.address(cell)).sort()).toEqual(["A1", "B1"]);
  });

  test("a long chain in any order of typing", () => {
    const cells: Record<string, string> = { A1: "1" };
    for (let i = 400; i > 1; i--) cells[`A${i}`] = `=A${i - 1}+1`;
    const model = typed(cells);
    expect(shown(model, "A400")).toBe(400);
    model.set(at("A1"), "11");
    expect(shown(model, "A400")).toBe(410);
  });

  test("circles are told, and heal", () => {
    const model = typed({ A1: "=B1", B1: "=C1+1", C1: "=A1", D1: "=C1*2", E1: "=7" });
    expect(["A1", "B1", "C1", "D1", "E1"].map((cell) => shown(model, cell))).toEqual([
      "#CIRC!", "#CIRC!", "#CIRC!", "#CIRC!", 7,
    ]);
    model.set(at("C1"), "1");
    expect(["A1", "B1", "D1"].map((cell) => shown(model, cell))).toEqual([2, 2, 2]);
    model.undo();
    expect(shown(model, "D1")).toBe("#CIRC!");
    model.set(at("B1"), "=SUM(B1:B3)");
    expect(shown(model, "B1")).toBe("#CIRC!");
    expect(shown(model, "A1")).toBe("#CIRC!");
  });

  test("ranges see cells that come later", () => {
    const model = typed({ A1: "=SUM(B1:B2000)" });
    model.set(at("B1500"), "4");
    model.set(at("B3"), "=B1500*2");
    expect(shown(model, "A1")).toBe(12);
    model.set(at("B1500"), "");
    expect(shown(model, "A1")).toBe(0);
  });

  test("sheets by name, quoted where needed", () => {
    const model = typed({ A1: "='Bob''s words'!B2&one!A2", A2: "x" });
    model.set(at("B2", 1), "y");
    expect(shown(model, "A1")).toBe("yx");
    expect(model.find("'Bob''s words'!B2")).toEqual({ ...at("B2", 1), rows: 1, columns: 1 });
    expect(model.address(at("B2", 1), 0)).toBe("'Bob''s words'!B2");
  });

  test("every order of edits ends where a fresh book begins", () => {
    let seed = 7;
    const random = (n: number): number => (seed = (seed * 16807) % 2147483647) % n;
    const cells = ["A1", "B1", "C1", "A2", "B2", "C2"];
    const texts = ["1", "", "=A1+B2", "=SUM(A1:C1)", "word", "=IF(C2>1,A1,B1)", "=C1*2", "=1/A2", "=COUNT(A1:C2)"];
    for (let round = 0; round < 200; round++) {
      const model = typed({});
      const said: Record<string, string> = {};
      for (let i = 0; i < 8; i++) {
        const [cell, text] = [cells[random(6)]!, texts[random(9)]!];
        said[cell] = text;
        model.set(at(cell), text);
      }
      const fresh = typed(said);
      const now = (one: Model): unknown[] => cells.map((cell) => shown(one, cell));
      expect(now(model)).toEqual(now(fresh));
      while (model.canUndo) model.undo();
      expect(now(model)).toEqual(cells.map(() => null));
      while (model.canRedo) model.redo();
      expect(now(model)).toEqual(now(fresh));
    }
  });
});

describe("editing", () => {
  test("fill shifts what is relative and keeps what is fixed", () => {
    const model = typed({ A1: "1", A2: "2", A3: "3", B1: "=A1*$A$1+A$1+$A1" });
    model.fill({ ...at("B1"), rows: 1, columns: 1 }, { ...at("B1"), rows: 3, columns: 2 });
    expect(model.input(at("B3"))).toBe("=A3*$A$1+A$1+$A3");
    expect(model.input(at("C2"))).toBe("=B2*$A$1+B$1+$A2");
    expect(shown(model, "B3")).toBe(7);
    model.undo();
    expect(model.input(at("B3"))).toBe("");
  });

  test("what is filled off the sheet is #REF!", () => {
    const model = typed({ B2: "=A1+1" });
    model.fill({ ...at("B2"), rows: 1, columns: 1 }, { ...at("B1"), rows: 1, columns: 1 });
    expect(model.input(at("B1"))).toBe("=#REF!+1");
    expect(shown(model, "B1")).toBe("#REF!");
  });

  test("a pattern of several cells goes on", () => {
    const model = typed({ A1: "1", A2: "x" });
    model.fill({ ...at("A1"), rows: 2, columns: 1 }, { ...at("A3"), rows: 3, columns: 1 });
    expect(["A3", "A4", "A5"].map((cell) => shown(model, cell))).toEqual([1, "x", 1]);
  });

  test("paste and copy", () => {
    const model = typed({ A1: "1" });
    model.paste(at("B1"), [["2", "=A1+B1"], ["word", ""]]);
    expect(model.texts({ ...at("A1"), rows: 2, columns: 3 })).toEqual([["1", "2", "3"], ["", "word", ""]]);
  });

  test("a gesture is one step", () => {
    const model = typed({ A1: "0" });
    for (const text of ["1", "2", "3"]) model.drag([{ ...at("A1"), text }], "drag 1");
    model.drag([{ ...at("A1"), text: "9" }], "drag 2");
    model.undo();
    expect(shown(model, "A1")).toBe(3);
    model.undo();
    expect(shown(model, "A1")).toBe(0);
    model.redo();
    expect(shown(model, "A1")).toBe(3);
  });

  test("subscribers hear of each step, until they leave", () => {
    const model = typed({ A1: "1", B1: "=A1" });
    const heard: number[] = [];
    const leave = model.subscribe((change) => heard.push(change.changed.length));
    model.set(at("A1"), "2");
    model.undo();
    leave();
    model.redo();
    expect(heard).toEqual([2, 2]);
  });

  test("edits are what differs from the book as it was written", () => {
    const model = new Model(emptyBook());
    model.set(at("A1"), "1");
    model.set(at("A2"), "=A1");
    expect(model.edits()).toEqual([{ ...at("A1"), text: "1" }, { ...at("A2"), text: "=A1" }]);
    model.undo();
    expect(model.edits()).toHaveLength(1);
    model.reset();
    expect(model.edits()).toEqual([]);
    model.undo();
    expect(model.edits()).toHaveLength(1);
  });
});

test("every error has a sentence in each language", () => {
  const model = typed({});
  for (const code of ["#DIV/0!", "#VALUE!", "#N/A", "#NAME?", "#REF!", "#NUM!", "#CIRC!"] as const) {
    const told = ["en", "xx"].map((language) => {
      model.language = language;
      return model.sentence(new CellError(code));
    });
    expect(new Set(told).size).toBe(2);
    for (const sentence of told) expect(sentence).toMatch(/\.$/);
  }
  expect(model.sentence(1)).toBe("");
});

test("a function that other programs have is not said to be unknown", () => {
  const model = typed({ A1: "=SUM(OFFSET(B1,1,1))", A2: "=SUMM(B1)" });
  expect(model.sentence(model.value(at("A1")))).toContain("not supported here");
  expect(model.sentence(model.value(at("A2")))).toContain("neither a function nor a block");
});

test("another format is refused", () => {
  expect(() => new Model({ ...emptyBook(), format: 99 })).toThrow("format");
});
