/** Matrices and looking things up. */

import { isTable, Reference, type Result, type Table } from "../grid.js";
import { compare, finite, toLogical, toNumber } from "../operators.js";
import { CellError, Matrix, type Value } from "../values.js";
import { lookedUp } from "./criteria.js";
import { table, values, type Works } from "./work.js";

function transpose(arg: Result): Result {
  const from = table(arg);
  const data: Value[] = [];
  for (let c = 0; c < from.columns; c++) for (let r = 0; r < from.rows; r++) data.push(from.get(r, c));
  return new Matrix(from.columns, from.rows, data);
}

/** The numbers of a table, row by row; an empty cell is 0, text refuses. */
function numbersOf(from: Table): Float64Array {
  const data = new Float64Array(from.rows * from.columns);
  for (let r = 0, i = 0; r < from.rows; r++) {
    for (let c = 0; c < from.columns; c++, i++) data[i] = factor(from.get(r, c));
  }
  return data;
}

function factor(value: Value): number {
  if (typeof value === "number") return value;
  if (value === null) return 0;
  if (value instanceof CellError) throw value;
  throw new CellError("#VALUE!", String(value));
}

function product(left: Result, right: Result): Result {
  const [a, b] = [table(left), table(right)];
  if (a.columns !== b.rows) throw new CellError("#VALUE!", "MMULT");
  const [x, y] = [numbersOf(a), numbersOf(b)];
  const data: Value[] = [];
  for (let i = 0; i < a.rows; i++) {
    for (let j = 0; j < b.columns; j++) {
      let sum = 0;
      for (let k = 0; k < a.columns; k++) sum += x[i * a.columns + k]! * y[k * b.columns + j]!;
      data.push(finite(sum));
    }
  }
  return new Matrix(a.rows, b.columns, data);
}

function index(from: Result, down: Result, right?: Result): Result {
  const cells = table(from);
  const lies = cells.rows === 1 && right === undefined;
  const r = Math.trunc(toNumber(lies ? 1 : (down as Value)));
  const c = Math.trunc(toNumber(lies ? (down as Value) : ((right ?? (cells.columns === 1 ? 1 : 0)) as Value)));
  if (r < 0 || c < 0) throw new CellError("#VALUE!");
  if (r > cells.rows || c > cells.columns) throw new CellError("#REF!");
  if (r > 0 && c > 0) return cells.get(r - 1, c - 1);
  return part(cells, r, c);
}

/** A whole row or column, where the other number is 0. */
export function part(cells: Table, r: number, c: number): Result {
  const rows = r > 0 ? 1 : cells.rows;
  const columns = c > 0 ? 1 : cells.columns;
  const [top, left] = [Math.max(r - 1, 0), Math.max(c - 1, 0)];
  if (cells instanceof Reference) return new Reference(cells.grid, cells.row + top, cells.column + left, rows, columns);
  const data: Value[] = [];
  for (let i = 0; i < rows; i++) for (let j = 0; j < columns; j++) data.push(cells.get(top + i, left + j));
  return new Matrix(rows, columns, data);
}

/** Its place from 0: exactly (0), or the last not beyond it in growing (1) or falling (−1) order. */
function place(wanted: Value, list: Value[], how: number): number {
  if (wanted instanceof CellError) throw wanted;
  const at = how === 0 ? list.findIndex(lookedUp(wanted)) : lastBefore(wanted, list, how);
  if (at < 0) throw new CellError("#N/A");
  return at;
}

function lastBefore(wanted: Value, list: Value[], how: number): number {
  let at = -1;
  for (const [i, value] of list.entries()) {
    if (value === null || typeof value !== typeof (wanted ?? 0)) continue;
    if (compare(value, wanted) * Math.sign(how) > 0) break;
    at = i;
  }
  return at;
}

function match(wanted: Result, list: Result, how: Result = 1): number {
  const cells = table(list);
  if (cells.rows > 1 && cells.columns > 1) throw new CellError("#N/A");
  return place(wanted as Value, values(cells as Result), toNumber(how as Value)) + 1;
}

/** VLOOKUP, or with `turned` HLOOKUP. */
function beside(args: Result[], turned: boolean): Value {
  const [wanted, from, which, near = true] = args;
  const cells = table(turned ? transpose(from!) : from!);
  const column = Math.trunc(toNumber(which as Value));
  if (column < 1) throw new CellError("#VALUE!");
  if (column > cells.columns) throw new CellError("#REF!");
  const keys = Array.from({ length: cells.rows }, (_, r) => cells.get(r, 0));
  return cells.get(place(wanted as Value, keys, toLogical(near as Value) ? 1 : 0), column - 1);
}

function square(arg: Result): { n: number; m: Float64Array } {
  const from = table(arg);
  if (from.rows !== from.columns) throw new CellError("#VALUE!");
  return { n: from.rows, m: numbersOf(from) };
}

/** The determinant by elimination, the largest of a column first. */
function determinant(arg: Result): number {
  const { n, m } = square(arg);
  let result = 1;
  for (let k = 0; k < n; k++) {
    let best = k;
    for (let i = k + 1; i < n; i++) if (Math.abs(m[i * n + k]!) > Math.abs(m[best * n + k]!)) best = i;
    if (m[best * n + k] === 0) return 0;
    if (best !== k) result = -result;
    for (let j = 0; j < n; j++) [m[k * n + j], m[best * n + j]] = [m[best * n + j]!, m[k * n + j]!];
    result *= m[k * n + k]!;
    for (let i = k + 1; i < n; i++) {
      const share = m[i * n + k]! / m[k * n + k]!;
      for (let j = k; j < n; j++) m[i * n + j]! -= share * m[k * n + j]!;
    }
  }
  return finite(result);
}

/** The inverse, by turning a matrix into the identity and doing the same to the identity. */
function inverse(arg: Result): Matrix {
  const { n, m } = square(arg);
  const rows = Array.from({ length: n }, (_, i) => [
    ...m.slice(i * n, (i + 1) * n),
    ...Array.from({ length: n }, (_, j) => (i === j ? 1 : 0)),
  ]);
  for (let k = 0; k < n; k++) {
    let best = k;
    for (let i = k + 1; i < n; i++) if (Math.abs(rows[i]![k]!) > Math.abs(rows[best]![k]!)) best = i;
    [rows[k], rows[best]] = [rows[best]!, rows[k]!];
    const pivot = rows[k]![k]!;
    if (pivot === 0) throw new CellError("#NUM!");
    rows[k] = rows[k]!.map((x) => x / pivot);
    for (const [i, line] of rows.entries()) {
      if (i !== k) rows[i] = line.map((x, j) => x - line[k]! * rows[k]![j]!);
    }
  }
  return new Matrix(n, n, rows.flatMap((line) => line.slice(n).map(finite)));
}

function size(of: (cells: Table) => number): (arg?: Result) => number {
  return (arg) => (isTable(arg!) ? of(arg) : 1);
}

export const LOOKUP = {
  TRANSPOSE: (from) => transpose(from!),
  MMULT: (left, right) => product(left!, right!),
  MDETERM: (from) => determinant(from!),
  MINVERSE: (from) => inverse(from!),
  INDEX: (from, down, right) => index(from!, down!, right),
  MATCH: (wanted, list, how) => match(wanted!, list!, how),
  VLOOKUP: (...args) => beside(args, false),
  HLOOKUP: (...args) => beside(args, true),
  ROWS: size((cells) => cells.rows),
  COLUMNS: size((cells) => cells.columns),
} satisfies Works;
