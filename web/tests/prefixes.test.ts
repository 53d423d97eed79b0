import { expect, test } from "vitest";
import { inFile } from "../src/prefixes.js";

const PREFIXES = { LET: "_xlfn.", LAMBDA: "_xlfn.", BYROW: "_xlfn.", FILTER: "_xlfn._xlws.", "STDEV.S": "_xlfn." };

test.each([
  ["SUM(A1:A3)", "SUM(A1:A3)"],
  ['Stdev.s(A1:A3)&"STDEV.S("', '_xlfn.Stdev.s(A1:A3)&"STDEV.S("'],
  ["FILTER(x,x>0)", "_xlfn._xlws.FILTER(x,x>0)"],
  ["LET(a,scores,b, (a+1) ,a*b)", "_xlfn.LET(_xlpm.a,scores,_xlpm.b, (_xlpm.a+1) ,_xlpm.a*_xlpm.b)"],
  ["BYROW(scores,LAMBDA(r,SUM(r)))", "_xlfn.BYROW(scores,_xlfn.LAMBDA(_xlpm.r,SUM(_xlpm.r)))"],
  ["LET(f,LAMBDA(x,x+1),F(2))", "_xlfn.LET(_xlpm.f,_xlfn.LAMBDA(_xlpm.x,_xlpm.x+1),_xlpm.F(2))"],
  ["IF(scores,weights,0)", "IF(scores,weights,0)"],
  ["'LET(a,'!A1", "'LET(a,'!A1"],
  ["{1,2;3,4}", "{1,2;3,4}"],
])("%s in a file is %s", (typed, filed) => expect(inFile(typed, PREFIXES)).toBe(filed));
