/**
 * All functions of the page. Those that choose what is worked out at all (IF, IFERROR, …) or ask
 * where they stand are made by hand; the others are rows of a table.
 */

import { lift, spread } from "../arrays.js";
import type { Compiler, Run } from "../compile.js";
import { isTable, Reference, type Result } from "../grid.js";
import { here } from "../here.js";
import { toLogical, toNumber } from "../operators.js";
import type { Tree } from "../tree.js";
import { CellError, Matrix, type Value } from "../values.js";
import { LOOKUP } from "./lookup.js";
import { NUMERIC } from "./numeric.js";
import { type FunctionRow, MANY, row, type Rows } from "./row.js";
import { STATISTICS } from "./statistics.js";
import { TEXT } from "./text.js";

export type { FunctionRow } from "./row.js";

const QUESTIONS: Rows = {
  NOT: row("s", 1, 1, (value) => !toLogical(value as Value)),
  TRUE: row("s", 0, 0, () => true),
  FALSE: row("s", 0, 0, () => false),
  ISNUMBER: row("s", 1, 1, (value) => typeof value === "number"),
  ISTEXT: row("s", 1, 1, (value) => typeof value === "string"),
  ISLOGICAL: row("s", 1, 1, (value) => typeof value === "boolean"),
  ISBLANK: row("s", 1, 1, (value) => value === null),
  NA: row("s", 0, 0, () => new CellError("#N/A")),
};

export const FUNCTIONS = new Map<string, FunctionRow>(
  Object.entries({ ...NUMERIC, ...STATISTICS, ...TEXT, ...LOOKUP, ...QUESTIONS }),
);

interface Special {
  min: number;
  max: number;
  make: (compiler: Compiler, args: (Tree | null)[], many: boolean) => Run;
}

function part(compiler: Compiler, tree: Tree | null | undefined, many: boolean, missing: Value): Run {
  if (tree === undefined) return () => missing;
  return tree === null ? () => null : compiler.value(tree, many);
}

/** One condition chooses a branch; an array of them chooses place by place. */
function makeIf(compiler: Compiler, args: (Tree | null)[], many: boolean): Run {
  const test = part(compiler, args[0], many, null);
  const chosen = part(compiler, args[1], many, true);
  const otherwise = part(compiler, args[2], many, false);
  return () => {
    const truth = test();
    if (!isTable(truth)) return toLogical(truth) ? chosen() : otherwise();
    const branches = [tried(chosen), tried(otherwise)];
    return lift([truth, ...branches], ([t, a, b]) => (toLogical(t as Value) ? a! : b!), [true, true, true]);
  };
}

function tried(run: Run): Result {
  try {
    return run();
  } catch (error) {
    if (error instanceof CellError) return error;
    throw error;
  }
}

/** The value, or another one where it is an error of the kind. */
function makeInstead(kind: (error: CellError) => boolean): Special["make"] {
  return (compiler, args, many) => {
    const value = part(compiler, args[0], many, null);
    const instead = part(compiler, args[1], many, null);
    const failed = (found: Value): boolean => found instanceof CellError && kind(found);
    return () => {
      const found = tried(value);
      if (!isTable(found)) return failed(found) ? instead() : found;
      const other = tried(instead);
      return each(found, (one, r, c) => (failed(one) ? (isTable(other) ? spread(other, r, c) : other) : one));
    };
  };
}

/** Whether the value is an error of the kind. */
function makeAsk(kind: (error: CellError) => boolean): Special["make"] {
  return (compiler, args, many) => {
    const value = part(compiler, args[0], many, null);
    const asked = (found: Value): boolean => found instanceof CellError && kind(found);
    return () => {
      const found = tried(value);
      return isTable(found) ? each(found, asked) : asked(found);
    };
  };
}

function each(found: Matrix | Reference, work: (one: Value, r: number, c: number) => Value): Matrix {
  const data: Value[] = [];
  for (let r = 0; r < found.rows; r++) for (let c = 0; c < found.columns; c++) data.push(work(found.get(r, c), r, c));
  return new Matrix(found.rows, found.columns, data);
}

function makeChoose(compiler: Compiler, args: (Tree | null)[], many: boolean): Run {
  const which = part(compiler, args[0], false, null);
  const branches = args.slice(1).map((tree) => part(compiler, tree, many, null));
  return () => {
    const branch = branches[Math.trunc(toNumber(which() as Value)) - 1];
    if (!branch) throw new CellError("#VALUE!");
    return branch();
  };
}

/** The row or column, from 1, of a range or of the formula itself. */
function makePlace(ofRange: (range: Reference) => number, ofHere: () => number): Special["make"] {
  return (compiler, args) => {
    const tree = args[0];
    if (!tree) return ofHere;
    const range = compiler.table(tree, false);
    return () => {
      const found = range();
      if (!(found instanceof Reference)) throw new CellError("#VALUE!");
      return ofRange(found) + 1;
    };
  };
}

const all = (): boolean => true;
const missing = (error: CellError): boolean => error.code === "#N/A";

export const SPECIAL: Record<string, Special | undefined> = {
  IF: { min: 1, max: 3, make: makeIf },
  IFERROR: { min: 2, max: 2, make: makeInstead(all) },
  IFNA: { min: 2, max: 2, make: makeInstead(missing) },
  ISERROR: { min: 1, max: 1, make: makeAsk(all) },
  ISNA: { min: 1, max: 1, make: makeAsk(missing) },
  ISERR: { min: 1, max: 1, make: makeAsk((error) => !missing(error)) },
  CHOOSE: { min: 2, max: MANY, make: makeChoose },
  ROW: { min: 0, max: 1, make: makePlace((range) => range.row, () => here.row + 1) },
  COLUMN: { min: 0, max: 1, make: makePlace((range) => range.column, () => here.column + 1) },
};

/** The names of all functions, in order of the alphabet. */
export function functionNames(): string[] {
  return [...FUNCTIONS.keys(), ...Object.keys(SPECIAL)].sort();
}
