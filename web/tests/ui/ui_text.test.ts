import { readFileSync, readdirSync } from "node:fs";
import { expect, test } from "vitest";
import { ENGLISH } from "../../src/english.generated.js";
import type { BlockData, SheetData } from "../../src/format.js";
import { fill, languagesOf, textsOf, translated } from "../../src/languages.js";
import { Model } from "../../src/model.js";
import { type TextKey, uiText } from "../../src/ui/ui_text.js";
import { emptyBook } from "../engine/support.js";

const all = Object.keys(ENGLISH.page) as TextKey[];

test("blanks are filled in any order", () => {
  expect(fill("{1} of {0}", "a", 2)).toBe("2 of a");
  expect(fill("{0}")).toBe("");
});

test("no text is there for nothing", () => {
  const folder = new URL("../../src/", import.meta.url);
  const names = readdirSync(folder, { recursive: true }).map(String).filter((name) => name.endsWith(".ts") && name !== "english.generated.ts");
  const code = names.map((name) => readFileSync(new URL(name, folder), "utf8")).join("\n");
  const unused = all.filter((key) => !code.includes(`"${key}"`));
  // The views are said by their names.
  expect(unused.filter((key) => !["lesson", "sheet", "map"].includes(key))).toEqual([]);
});

test("a language comes with the book, and what it lacks is English", () => {
  const book = { ...emptyBook(), languages: { xx: { name: "Ixx", page: { undo: "Ondu" } } } };
  expect(languagesOf(book).map(({ code, name }) => [code, name])).toEqual([["en", "English"], ["xx", "Ixx"]]);
  const texts = textsOf(book, "xx");
  expect(uiText(texts, "undo")).toBe("Ondu");
  expect(uiText(texts, "redo")).toBe(ENGLISH.page.redo);
  expect(texts.decimal).toBe(".");
});

test("in another language all that is read is another text, and cells and names stay", () => {
  const sheet: SheetData = {
    name: "Check",
    cellBlocks: [
      { at: [0, 0, 1, 1], s: 0, v: ["Check"] },
      { at: [1, 0, 1, 1], s: 0, v: ["Check"] },
    ],
    widths: [],
    heights: [],
    scales: [],
    choices: [],
    charts: [],
    frozen: [0, 0],
  };
  const block: BlockData = { name: "word", title: "word", equation: "", note: "", numberFormat: "word", kind: "input", op: "input", stage: -1, sheet: 0, matrices: [[1, 0]], matrixNames: [], rows: 1, columns: 1 };
  const book = { ...emptyBook(), title: "Check", sheets: [sheet], blocks: [block], languages: { xx: { book: { Check: "Xeque" } } } };
  const model = new Model(book);
  model.language = "xx";
  const [text, cell] = [{ sheet: 0, row: 0, column: 0 }, { sheet: 0, row: 1, column: 0 }];
  expect([model.payload.title, model.payload.sheets[0]!.title, model.payload.sheets[0]!.name]).toEqual(["Xeque", "Xeque", "Check"]);
  expect([model.shown(text), model.value(text), model.input(text)]).toEqual(["Xeque", "Check", "Xeque"]);
  expect([model.shown(cell), model.input(cell)]).toEqual(["Check", "Check"]);
  expect(model.find("Xeque!A1")).toEqual(model.find("Check!A1"));
  model.set(text, "typed");
  model.undo();
  model.language = "en";
  expect(model.edits()).toEqual([]);
  expect(model.shown(text)).toBe("Check");
});

test("what a reader types is translated nowhere, and a copied text stays as the book wrote it", () => {
  const payload = emptyBook();
  payload.sheets[0]!.cellBlocks = [{ at: [0, 0, 1, 2], s: 0, v: ["Check", "Other"] }];
  payload.languages = { xx: { book: { Check: "Xeque", Other: "Ortro" } } };
  const model = new Model(payload);
  model.language = "xx";
  const [first, second, free] = [0, 1, 2].map((column) => ({ sheet: 0, row: 0, column }));
  model.setMany([{ ...second!, text: "Check" }, { ...free!, text: "Other" }]);
  expect([first, second, free].map((at) => model.shown(at!))).toEqual(["Xeque", "Check", "Other"]);
  model.copy({ ...first!, rows: 1, columns: 1 }, { ...free!, rows: 1, columns: 1 });
  expect(model.value(free!)).toBe("Check");
});

test("a line of a name, an equation and a sentence is read in its parts", () => {
  const texts = { ...textsOf(emptyBook(), "en"), book: { "mean of its words": "media", "One row a word.": "Una fila.", "a = b": "whole" } };
  expect(translated(texts, "X_en = mean of its words  ·  One row a word.")).toBe("X_en = media  ·  Una fila.");
  expect(translated(texts, "X = mean of its words")).toBe("X = media");
  expect(translated(texts, "a = b")).toBe("whole");
  expect(translated(texts, "nothing known  ·  here = too")).toBe("nothing known  ·  here = too");
});
