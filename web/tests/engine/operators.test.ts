import { expect, test } from "vitest";
import { result } from "./support.js";

test.each([
  ["=1+2*3", 7],
  ["=(1+2)*3", 9],
  ["=-2^2", 4],
  ["=0-2^2", -4],
  ["=2^-1", 0.5],
  ["=2^3^2", 64],
  ["=2^50%", Math.SQRT2],
  ["=50%", 0.5],
  ["=--3", 3],
  ["=10-4-3", 3],
  ["=8/4/2", 1],
  ['=1&2+3&"x"', "15x"],
  ["=1+2=3", true],
  ['="a"="A"', true],
  ['="a"<"b"', true],
  ['="10"<9', false],
  ["=TRUE>5", true],
  ["=1<>1", false],
  ['="3"*"4"', 12],
  ['="50%"*2', 1],
  ['=""&A1', ""],
  ["=A1+1", 1],
  ["=A1=0", true],
  ['=A1=""', true],
  ["=TRUE+TRUE", 2],
  ["=1E+3", 1000],
  ["=0.1+0.2", 0.1 + 0.2],
  ["=1/3&\"\"", "0.333333333333333"],
  ["=1E+21&\"\"", "1E+21"],
  ["= 1 + 1 ", 2],
  ["=+A1", 0],
  ['="say ""I"""', 'say "I"'],
])("%s", (formula, expected) => {
  const found = result(formula);
  if (typeof expected === "number") expect(found).toBeCloseTo(expected, 14);
  else expect(found).toBe(expected);
});

test.each([
  ["=1/0", "#DIV/0!"],
  ['="x"+1', "#VALUE!"],
  ["=SOFTMAX(1)", "#NAME?"],
  ["=unknown", "#NAME?"],
  ["=Nowhere!A1", "#REF!"],
  ["=SQRT(-1)", "#NUM!"],
  ["=EXP(1000)", "#NUM!"],
  ["=10^400", "#NUM!"],
  ["=0^0", "#NUM!"],
  ["=#N/A", "#N/A"],
  ["=MATCH(5,A1:A3,0)", "#N/A"],
  ["=INDEX(A1:A3,4)", "#REF!"],
  ["=MMULT(A1:B2,A1:C1)", "#VALUE!"],
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
