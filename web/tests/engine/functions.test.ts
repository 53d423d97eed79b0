import { describe, expect, test } from "vitest";
import { normalBelow, normalInverse } from "../../src/engine/normal.js";
import { functionNames, workedOut } from "../../src/engine/functions/table.js";
import { result } from "./support.js";

const NUMBERS = { A1: "3", A2: "1", A3: "2", B1: "word", B2: "TRUE", C1: "=1+1" };

test.each([
  ["=SUM(A1:A3)", 6],
  ["=SUM(A1:C3)", 8],
  ['=SUM(A1,"4",TRUE)', 8],
  ["=AVERAGE(A1:A3)", 2],
  ["=MIN(A1:A3)", 1],
  ["=MAX(A1:C3)", 3],
  ["=MAX(E1:E3)", 0],
  ["=COUNT(A1:C3)", 4],
  ['=COUNT("3","x",TRUE)', 2],
  ["=COUNTA(A1:C3)", 6],
  ["=COUNTBLANK(A1:C3)", 3],
  ['=COUNTIF(A1:A3,">1")', 2],
  ['=COUNTIF(B1:B3,"w*d")', 1],
  ['=SUMIF(A1:A3,"<3")', 3],
  ["=PRODUCT(A1:A3)", 6],
  ["=MEDIAN(A1:A3)", 2],
  ["=LARGE(A1:A3,2)", 2],
  ["=SMALL(A1:A3,1)", 1],
  ["=STDEV(A1:A3)", 1],
  ["=VARP(A1:A3)", 2 / 3],
  ["=SUMPRODUCT(A1:A3,A1:A3)", 14],
  ["=SUMPRODUCT((A1:A3>1)*A1:A3)", 5],
  ["=SUMPRODUCT(EXP(A1:A3))", Math.exp(1) + Math.exp(2) + Math.exp(3)],
  ["=SUMXMY2(A1:A3,A1:A3)", 0],
  ["=MATCH(2,A1:A3,0)", 3],
  ["=INDEX(A1:B3,2,1)", 1],
  ["=INDEX(A1:A3,3)", 2],
  ["=SUM(INDEX(A1:C3,0,1))", 6],
  ['=VLOOKUP(3,A1:B3,2,FALSE)', "word"],
  ["=ROWS(A1:C3)*COLUMNS(A1:B1)", 6],
  ["=ROW(A7)", 7],
  ["=COLUMN()", 26],
  ["=MDETERM({1,2;3,4})", -2],
  ["=SUM(MMULT({1,2},{3;4}))", 11],
  ["=SUM(MINVERSE({2,0;0,4}))", 0.75],
  ["=SUM({1,2;3,4})", 10],
])("%s", (formula, expected) => {
  const found = result(formula, NUMBERS);
  if (typeof expected === "number") expect(found).toBeCloseTo(expected, 12);
  else expect(found).toBe(expected);
});

test.each([
  ["=ROUND(2.5,0)", 3],
  ["=ROUND(-2.5,0)", -3],
  ["=ROUND(1.005,2)", 1.01],
  ["=ROUND(1234,-2)", 1200],
  ["=ROUNDUP(1.01,1)", 1.1],
  ["=ROUNDDOWN(-1.99,1)", -1.9],
  ["=TRUNC(-1.9)", -1],
  ["=INT(-1.5)", -2],
  ["=MOD(-1,3)", 2],
  ["=CEILING(2.1,0.5)", 2.5],
  ["=FLOOR(2.9,1)", 2],
  ["=LOG(8,2)", 3],
  ["=LOG10(1000)", 3],
  ["=ATAN2(1,1)", Math.PI / 4],
  ["=TANH(1)", Math.tanh(1)],
  ["=POWER(2,10)", 1024],
  ["=NORM.S.DIST(0,TRUE)", 0.5],
  ["=NORMDIST(1,1,2,FALSE)", 1 / (2 * Math.sqrt(2 * Math.PI))],
  ["=ERF(1)", 0.8427007929497149],
  ["=IF(1>2,1/0,7)", 7],
  ["=IF(FALSE,1)", false],
  ["=AND(TRUE,1)", true],
  ["=OR(FALSE,0)", false],
  ["=NOT(0)", true],
  ["=XOR(TRUE,TRUE)", false],
  ["=CHOOSE(2,1/0,5)", 5],
  ["=IFNA(NA(),4)", 4],
  ['=CONCATENATE("a",1,TRUE)', "a1TRUE"],
  ['=TEXTJOIN("-",TRUE,"a","","b")', "a-b"],
  ['=LEN("olá")', 3],
  ['=LEFT("happy",2)&RIGHT("happy",1)&MID("happy",2,3)', "hayapp"],
  ['=UPPER("é")&LOWER("É")', "Éé"],
  ['=PROPER("eu estou")', "Eu Estou"],
  ['=TRIM("  a  b ")', "a b"],
  ['=FIND("p","happy")', 3],
  ['=SEARCH("P?","happy")', 3],
  ['=SUBSTITUTE("a-b-c","-","+",2)', "a-b+c"],
  ['=REPT("ab",3)', "ababab"],
  ['=EXACT("a","A")', false],
  ['=VALUE("1.5")', 1.5],
  ['=TEXT(0.1234,"0.0%")', "12.3%"],
  ['=TEXT(1234.5,"#,##0.00")', "1,234.50"],
  ['=TEXT(-0.00012,"0.0E+00")', "-1.2E-04"],
  ['=T("x")&N("x")', "x0"],
])("%s", (formula, expected) => {
  const found = result(formula);
  if (typeof expected === "number") expect(found).toBeCloseTo(expected, 12);
  else expect(found).toBe(expected);
});

describe("the normal distribution", () => {
  // Abramowitz and Stegun, table 26.1, and Φ(−10) from its asymptotic series.
  test.each([
    [0, 0.5],
    [1, 0.841344746068543],
    [2, 0.977249868051821],
    [3, 0.998650101968370],
    [-3.5, 0.000232629079035525],
    [-10, 7.61985302416053e-24],
  ])("below %d", (x, expected) => {
    expect(Math.abs(normalBelow(x) / expected - 1)).toBeLessThan(1e-13);
  });

  test("back again", () => {
    for (const x of [-4, -1, 0, 0.3, 2.5]) expect(normalInverse(normalBelow(x))).toBeCloseTo(x, 10);
  });
});

test("every function of the table is worked out, and no other", () => {
  expect(workedOut()).toEqual(functionNames());
  expect(functionNames().length).toBeGreaterThan(100);
});
