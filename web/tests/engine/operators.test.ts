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

test("an array that is written out is whole in an ordinary formula, too", () => {
  expect(result("=SUM({1,2,3}*2)")).toBe(12);
  expect(result("=SUM({1,2,3}*{1;2;3})")).toBe(36);
  expect(result("=SUM(EXP({0,0}))")).toBe(2);
  expect(result("=SUM(IF({1,0,1},5,0))")).toBe(10);
  expect(result("=SUM(-{1,2})")).toBe(-3);
});

test.each(["=INDEX(foo,1)", "=MMULT(foo,foo)", "=COUNTIF(foo,1)", "=ROW(foo)", "=ROWS(foo)", "=SUMPRODUCT(foo)", "=MATCH(1,foo,0)", "=VLOOKUP(1,foo,1)", "=SUM(foo)", "=TRANSPOSE(foo)"])(
  "a name that is unknown is said to be so: %s",
  (formula) => expect(result(formula)).toBe("#NAME?"),
);

test.each(['TEXT(45000,"d mmm e")', 'TEXT(0.5,"# #/#")', 'TEXT(1,"0.0 kg")', 'TEXT(1,"[Red]0")', 'TEXT(1,"0;-0")'])(
  "a pattern that is not known here gives no wrong text: %s",
  (formula) => expect(result(`=${formula}`)).toBe("#VALUE!"),
);

test("what stands in quotation marks in a pattern is text", () => {
  expect(result('=TEXT(1.5,"0.0"" kg""")')).toBe("1.5 kg");
  expect(result('=TEXT(1.5,"0.0\\m")')).toBe("1.5m");
});
