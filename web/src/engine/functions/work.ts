/** What a function is, and how it reads its arguments. */

import { each, isTable, type Result, type Table } from "../grid.js";
import { finite, toNumber } from "../operators.js";
import { CellError, Matrix, type Value } from "../values.js";

/** What a function does; its arguments are as its signature says. */
export type Work = (...args: Result[]) => Result;

export type Works = Record<string, Work>;

/** A function of numbers; an argument left out between two commas is 0. */
export function numeric(work: (...numbers: number[]) => number): Work {
  return (...args) => finite(work(...args.map((arg) => toNumber(arg as Value))));
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

/** Values of a table that a function makes. */
const MOST_MADE = 1_000_000;

/** A table with a value for each row and column; without any row or column there is none. */
export function filled(rows: number, columns: number, value: (row: number, column: number) => Value): Matrix {
  if (!(rows > 0 && columns > 0)) throw new CellError("#N/A");
  if (rows * columns > MOST_MADE) throw new CellError("#NUM!");
  const data: Value[] = [];
  for (let r = 0; r < rows; r++) for (let c = 0; c < columns; c++) data.push(value(r, c));
  return new Matrix(rows, columns, data);
}
