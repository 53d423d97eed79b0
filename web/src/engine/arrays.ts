/** Functions of single values, applied to whole tables. */

import { isTable, Reference, type Result, type Table } from "./grid.js";
import { CellError, Matrix, type Value } from "./values.js";

/** What `work` gives, or the error that it throws, as a value. */
export function caught<T extends Result>(work: () => T): T | CellError {
  try {
    return work();
  } catch (error) {
    if (error instanceof CellError) return error;
    throw error;
  }
}

/** One value of a result: of a range the cell that crosses this row or column, else the first. */
export function scalarOf(result: Result, row: number, column: number): Value {
  if (!isTable(result)) return result;
  if (result instanceof Matrix) return result.get(0, 0);
  return crossing(result, row, column);
}

function crossing(range: Reference, row: number, column: number): Value {
  const down = row - range.row;
  const right = column - range.column;
  if (range.rows === 1 && range.columns === 1) return range.get(0, 0);
  if (range.columns === 1 && down >= 0 && down < range.rows) return range.get(down, 0);
  if (range.rows === 1 && right >= 0 && right < range.columns) return range.get(0, right);
  throw new CellError("#VALUE!");
}

/** The value at a place, where a single row or column stands for all; outside it is #N/A. */
export function spread(table: Table, row: number, column: number): Value {
  const r = table.rows === 1 ? 0 : row;
  const c = table.columns === 1 ? 0 : column;
  return r < table.rows && c < table.columns ? table.get(r, c) : new CellError("#N/A");
}

/**
 * Applies a function of values to tables, place by place, where `single` says which arguments are
 * to be single values; the others are passed as they are.
 */
export function lift(args: Result[], work: (args: Result[]) => Result, single: boolean[]): Result {
  const tables = args.filter((arg, i) => single[i] && isTable(arg)) as Table[];
  if (tables.length === 0) return work(args);
  const rows = Math.max(...tables.map((table) => table.rows));
  const columns = Math.max(...tables.map((table) => table.columns));
  const data: Value[] = [];
  for (let r = 0; r < rows; r++) {
    for (let c = 0; c < columns; c++) {
      data.push(caught(() => scalarOf(work(args.map((arg, i) => (single[i] ? at(arg, r, c) : arg))), r, c)));
    }
  }
  return new Matrix(rows, columns, data);
}

/** The value of a result at a place; a single one is everywhere. */
export function at(arg: Result, row: number, column: number): Value {
  return isTable(arg) ? spread(arg, row, column) : arg;
}

/** The same for two operands. */
export function lift2(work: (a: Value, b: Value) => Value, left: Result, right: Result): Result {
  if (!isTable(left)) return isTable(right) ? mapped(right, (b) => work(left, b)) : work(left, right);
  if (!isTable(right)) return mapped(left, (a) => work(a, right));
  const rows = Math.max(left.rows, right.rows);
  const columns = Math.max(left.columns, right.columns);
  const data = new Array<Value>(rows * columns);
  for (let r = 0, i = 0; r < rows; r++) {
    for (let c = 0; c < columns; c++, i++) data[i] = tried(work, spread(left, r, c), spread(right, r, c));
  }
  return new Matrix(rows, columns, data);
}

/** As `caught`, without a function made for each value: this is done a million times a second. */
function tried(work: (a: Value, b: Value) => Value, a: Value, b: Value): Value {
  try {
    return work(a, b);
  } catch (error) {
    if (error instanceof CellError) return error;
    throw error;
  }
}

/** A function of one value, for every value of a table. */
export function mapped(from: Table, work: (value: Value) => Value): Matrix {
  const data = new Array<Value>(from.rows * from.columns);
  for (let r = 0, i = 0; r < from.rows; r++) {
    for (let c = 0; c < from.columns; c++, i++) data[i] = tried(work, from.get(r, c), null);
  }
  return new Matrix(from.rows, from.columns, data);
}
