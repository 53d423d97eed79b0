import { expect, test } from "vitest";
import { result } from "./support.js";

// What is the same in every program stands in tests/formula/corpus.json.

test.each([
  ["=SQRT(-1)", "#NUM!"],
  ["=EXP(1000)", "#NUM!"],
  ["=MATCH(5,A1:A3,0)", "#N/A"],
  ["=SUM(A1:XFD1048576)", "#REF!"],
  ["=Z99", "#CIRC!"],
  ["=SUM(A1:Z99)", "#CIRC!"],
  ["=ABS()", "#VALUE!"],
])("%s is %s", (formula, code) => expect(result(formula)).toBe(code));

test("an error goes on to whatever reads it", () => {
  expect(result("=A1+1", { A1: "=1/0" })).toBe("#DIV/0!");
  expect(result("=SUM(A1:A2)", { A1: "=NA()" })).toBe("#N/A");
  expect(result('=IFERROR(A1,"none")', { A1: "=1/0" })).toBe("none");
  expect(result("=IF(ISERROR(A1),1,A1)", { A1: "=1/0" })).toBe(1);
});
