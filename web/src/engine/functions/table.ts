/**
 * What all functions of the page do. Those that choose what is worked out at all (IF, IFERROR, …),
 * take failures, or ask where they stand are compiled by hand; the others get their arguments.
 */

import { at, caught, lift, spread } from "../arrays.js";
import { contextCell } from "../context_cell.js";
import { isTable, Reference, type Result } from "../grid.js";
import { compare, toLogical, toNumber } from "../operators.js";
import type { ArgumentCompiler, Run } from "../run.js";
import { type FunctionName, SIGNATURES, type Signature } from "../table.generated.js";
import type { Tree } from "../tree.js";
import { CellError, Matrix, type Value } from "../values.js";
import { LAMBDAS } from "./lambda.js";
import { LOOKUP } from "./lookup.js";
import { NUMERIC } from "./numeric.js";
import { SHAPES } from "./shapes.js";
import { COUNTS, STATISTICS } from "./statistics.js";
import { TEXT } from "./text.js";
import type { Work, Works } from "./work.js";

const QUESTIONS = {
  NOT: (value) => !toLogical(value as Value),
  TRUE: () => true,
  FALSE: () => false,
  ISNUMBER: (value) => typeof value === "number",
  ISTEXT: (value) => typeof value === "string",
  ISLOGICAL: (value) => typeof value === "boolean",
  ISBLANK: (value) => value === null,
  NA: () => new CellError("#N/A"),
} satisfies Works;

/** Compiles a call. */
type Make = (compiler: ArgumentCompiler, args: (Tree | null)[], many: boolean) => Run;

function part(compiler: ArgumentCompiler, tree: Tree | null | undefined, many: boolean, missing: Value): Run {
  if (tree === undefined) return () => missing;
  return tree === null ? () => null : compiler.value(tree, many);
}

/** One condition chooses a branch; an array of them chooses place by place. */
function makeIf(compiler: ArgumentCompiler, args: (Tree | null)[], many: boolean): Run {
  const test = part(compiler, args[0], many, null);
  const chosen = part(compiler, args[1], many, true);
  const otherwise = part(compiler, args[2], many, false);
  return () => {
    const truth = test();
    if (!isTable(truth)) return toLogical(truth) ? chosen() : otherwise();
    const branches = [caught(chosen), caught(otherwise)];
    return lift([truth, ...branches], ([t, a, b]) => (toLogical(t as Value) ? a! : b!), [true, true, true]);
  };
}

/** The value, or another one where it is an error of the kind. */
function makeInstead(kind: (error: CellError) => boolean): Make {
  return (compiler, args, many) => {
    const value = part(compiler, args[0], many, null);
    const instead = part(compiler, args[1], many, null);
    const failed = (found: Value): boolean => found instanceof CellError && kind(found);
    return () => {
      const found = caught(value);
      if (!isTable(found)) return failed(found) ? instead() : found;
      const other = caught(instead);
      return each(found, (one, r, c) => (failed(one) ? (isTable(other) ? spread(other, r, c) : other) : one));
    };
  };
}

/** Whether the value is an error of the kind. */
function makeAsk(kind: (error: CellError) => boolean): Make {
  return (compiler, args, many) => {
    const value = part(compiler, args[0], many, null);
    const failed = (found: Value): boolean => found instanceof CellError && kind(found);
    return () => {
      const found = caught(value);
      return isTable(found) ? each(found, failed) : failed(found);
    };
  };
}

function each(found: Matrix | Reference, work: (one: Value, r: number, c: number) => Value): Matrix {
  const data: Value[] = [];
  for (let r = 0; r < found.rows; r++) for (let c = 0; c < found.columns; c++) data.push(work(found.get(r, c), r, c));
  return new Matrix(found.rows, found.columns, data);
}

function makeChoose(compiler: ArgumentCompiler, args: (Tree | null)[], many: boolean): Run {
  const which = part(compiler, args[0], many, null);
  const branches = args.slice(1).map((tree) => part(compiler, tree, many, null));
  const chosen = (number: Value): Result => {
    const branch = branches[Math.trunc(toNumber(number)) - 1];
    if (!branch) throw new CellError("#VALUE!");
    return branch();
  };
  return () => {
    const numbers = which();
    return isTable(numbers) ? each(numbers, (number, r, c) => caught(() => at(chosen(number), r, c))) : chosen(numbers);
  };
}

/** A function of single values that passes over failures in what it does not choose. */
function makeChoice(choose: (found: Value[]) => Value): Make {
  return (compiler, args, many) => {
    const runs = args.map((tree) => part(compiler, tree, many, null));
    const single = runs.map(() => true);
    return () => lift(runs.map(caught), (found) => choose(found as Value[]), single);
  };
}

/** Condition, value, condition, value, … */
function firstThatHolds(found: Value[]): Value {
  for (let i = 0; i + 1 < found.length; i += 2) if (toLogical(found[i]!)) return found[i + 1]!;
  throw new CellError("#N/A");
}

/** A value, then case, value, case, value, … and perhaps one for all others. */
function firstThatIs([value, ...cases]: Value[]): Value {
  let i = 0;
  for (; i + 1 < cases.length; i += 2) if (compare(value!, cases[i]!) === 0) return cases[i + 1]!;
  if (value instanceof CellError) throw value;
  return i < cases.length ? cases[i]! : new CellError("#N/A");
}

/** The row or column, from 1, of the formula itself, or of each row or column of a range. */
function makePlace(ofContext: () => number, ofRange: (range: Reference) => Matrix): Make {
  return (compiler, args, many) => {
    const tree = args[0];
    if (!tree) return ofContext;
    const range = compiler.table(tree, false);
    return () => {
      const found = range();
      if (!(found instanceof Reference)) throw new CellError("#VALUE!");
      return many ? ofRange(found) : ofRange(found).get(0, 0);
    };
  };
}

const counted = (first: number, length: number): number[] => Array.from({ length }, (_, i) => first + i + 1);

/** A function whose arguments may fail. */
function makeUnfailing(work: Work): Make {
  return (compiler, args, many) => {
    const runs = args.map((tree) => (tree ? compiler.table(tree, many) : () => null));
    return () => work(...runs.map(caught));
  };
}

const all = (): boolean => true;
const missing = (error: CellError): boolean => error.code === "#N/A";

const SPECIAL = {
  ...LAMBDAS,
  IF: makeIf,
  IFS: makeChoice(firstThatHolds),
  SWITCH: makeChoice(firstThatIs),
  IFERROR: makeInstead(all),
  IFNA: makeInstead(missing),
  ISERROR: makeAsk(all),
  ISNA: makeAsk(missing),
  ISERR: makeAsk((error) => !missing(error)),
  CHOOSE: makeChoose,
  ROW: makePlace(() => contextCell.row + 1, ({ row, rows }) => new Matrix(rows, 1, counted(row, rows))),
  COLUMN: makePlace(() => contextCell.column + 1, ({ column, columns }) => new Matrix(1, columns, counted(column, columns))),
  COUNT: makeUnfailing(COUNTS.COUNT),
  COUNTA: makeUnfailing(COUNTS.COUNTA),
} satisfies Partial<Record<FunctionName, Make>>;

const ORDINARY: Record<Exclude<FunctionName, keyof typeof SPECIAL>, Work> = {
  ...NUMERIC,
  ...STATISTICS,
  ...TEXT,
  ...LOOKUP,
  ...SHAPES,
  ...QUESTIONS,
};

/** What a function is and does; one of `make` and `work` is there. */
export interface FunctionRow extends Signature {
  readonly make: Make | undefined;
  readonly work: Work | undefined;
}

/** Functions by their names, in capitals. */
export const FUNCTIONS: ReadonlyMap<string, FunctionRow> = new Map(
  Object.entries<Signature>(SIGNATURES).map(([name, signature]) => {
    const [make, work] = [(SPECIAL as Record<string, Make>)[name], (ORDINARY as Record<string, Work>)[name]];
    return [name, { ...signature, make, work }];
  }),
);

/** The letter of an argument, as a signature has it. */
export function kindOf({ kinds }: Signature, at: number): string {
  return kinds[Math.min(at, kinds.length - 1)]!;
}

/** Whether an argument is a single value; the function is applied place by place to several. */
export function isSingle(signature: Signature, at: number): boolean {
  return kindOf(signature, at).toLowerCase() === "s";
}

/** The names of all functions, in order of the alphabet. */
export function functionNames(): string[] {
  return [...FUNCTIONS.keys()].sort();
}

/** The names of all functions that are worked out here, which must be the same. */
export function workedOut(): string[] {
  return [...Object.keys(ORDINARY), ...Object.keys(SPECIAL)].sort();
}
