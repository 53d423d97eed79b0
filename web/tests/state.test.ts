import { expect, test } from "vitest";
import { read, written } from "../src/state.js";

test("what is kept in an address is read again", () => {
  const state = { view: "sheet", language: "pt", edits: [["The idea", 3, 1, "sad & #1 %"], ["A", 0, 0, { formula: "1+1" }]] as never };
  expect(read(written(state))).toEqual(state);
});

test("nothing to keep leaves no mark", () => {
  expect(written({})).toBe("");
  expect(written({ edits: [] })).toBe("");
});

test.each(["", "#", "#stage-1", "#state=", "#state=%", "#state=%7B", "#state=5", "#state=null"])("an end that says nothing is empty: %s", (hash) => {
  expect(Object.keys(read(hash))).toEqual([]);
});
