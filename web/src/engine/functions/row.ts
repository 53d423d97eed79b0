/** One line of the table of functions, and how arguments are read. */

import { each, isTable, type Result, type Table } from "../grid.js";
import { toNumber } from "../operators.js";
import { CellError, Matrix, type Value } from "../values.js";

export interface FunctionRow {
  /**
   * What each argument is, the last letter for all further ones: "s" a single value (in an array
   * formula the function is applied place by place), "r" a range or a value, "a" like "r", but
   * worked out as in an array formula.
   */
  kinds: string;
  min: number;
  max: number;
  work: (...args: Result[]) => Result;
}

export type Rows = Record<string, FunctionRow>;

/** No more arguments than a spreadsheet takes. */
export const MANY = 255;

export function row(kinds: string, min: number, max: number, work: FunctionRow["work"]): FunctionRow {
  return { kinds, min, max, work };
}

/** A function of numbers; arguments left out are 0. */
export function numeric(count: number, work: (...numbers: number[]) => number, min = count): FunctionRow {
  return row("s", min, count, (...args) => checked(work(...args.map((arg) => toNumber(arg as Value)))));
}

export function checked(value: number): number {
  if (!Number.isFinite(value)) throw new CellError("#NUM!");
  return value;
}

/** The numbers in ranges (text, truth and empty cells there are passed over), and those given directly. */
export function numbers(args: Result[]): number[] {
  const found: number[] = [];
  for (const arg of args) {
    if (!isTable(arg)) found.push(toNumber(arg));
    else
      each(arg, (value) => {
        if (typeof value === "number") found.push(value);
        else if (value instanceof CellError) throw value;
      });
  }
  return found;
}

/** The same as a table, a single value as one of 1 × 1. */
export function table(arg: Result): Table & (Matrix | Exclude<Result, Value>) {
  return isTable(arg) ? arg : new Matrix(1, 1, [arg]);
}

/** All values of a table, row by row. */
export function values(arg: Result): Value[] {
  const from = table(arg);
  if (from instanceof Matrix) return from.data;
  const data: Value[] = [];
  for (let r = 0; r < from.rows; r++) for (let c = 0; c < from.columns; c++) data.push(from.get(r, c));
  return data;
}
