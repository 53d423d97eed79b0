/** Functions that give tables: made, chosen from, put in order, put together, cut. */

import type { Result, Table } from "../grid.js";
import { compare, toLogical, toNumber } from "../operators.js";
import { CellError, type Matrix, type Value } from "../values.js";
import { lookedUp } from "./criteria.js";
import { filled, table, values, type Works } from "./work.js";

const number = (value: Result | undefined, missing: number): number => toNumber((value ?? missing) as Value);
const whole = (value: Result | undefined, missing: number): number => Math.trunc(number(value, missing));
const truth = (value: Result | undefined): boolean => toLogical((value ?? false) as Value);

/** The lines of a table with these numbers: rows, or columns. */
function lines(from: Table, which: number[], across: boolean): Matrix {
  return across ? filled(from.rows, which.length, (r, c) => from.get(r, which[c]!)) : filled(which.length, from.columns, (r, c) => from.get(which[r]!, c));
}

const counted = (length: number): number[] => Array.from({ length }, (_, i) => i);

function filter(from: Result, meets: Result, none: Result | undefined): Result {
  const all = table(from);
  const which = table(meets);
  const across = which.columns > 1 || (which.rows === 1 && all.rows > 1);
  const flags = values(meets);
  const fits = Math.min(which.rows, which.columns) === 1 && flags.length === (across ? all.columns : all.rows);
  if (!fits) throw new CellError("#VALUE!");
  const kept = counted(flags.length).filter((i) => toLogical(flags[i]!));
  return kept.length ? lines(all, kept, across) : (none ?? new CellError("#N/A"));
}

/** Numbers, then texts, then truth values, then empty cells; equal ones stay as they stood. */
function sort(from: Result, place?: Result, order?: Result, by?: Result): Result {
  const all = table(from);
  const across = truth(by);
  const key = whole(place, 1) - 1;
  const sign = number(order, 1);
  if (Math.abs(sign) !== 1 || key < 0 || key >= (across ? all.rows : all.columns)) throw new CellError("#VALUE!");
  const keyOf = (i: number): Value => (across ? all.get(key, i) : all.get(i, key));
  const before = (a: Value, b: Value): number => (a === null || b === null ? Number(a === null) - Number(b === null) : sign * compare(a, b));
  return lines(all, counted(across ? all.columns : all.rows).sort((i, j) => before(keyOf(i), keyOf(j))), across);
}

/** Tables one below the other, or with `across` beside each other; what is missing at their ends is #N/A. */
function stacked(args: Result[], across: boolean): Matrix {
  const tables = args.map(table);
  const sizes = tables.map((one) => (across ? one.columns : one.rows));
  const other = Math.max(...tables.map((one) => (across ? one.rows : one.columns)));
  const at = tables.flatMap((one, i) => counted(sizes[i]!).map((line) => ({ one, line })));
  const get = (line: number, side: number): Value => {
    const { one, line: own } = at[line]!;
    const [r, c] = across ? [side, own] : [own, side];
    return r < one.rows && c < one.columns ? one.get(r, c) : new CellError("#N/A");
  };
  return across ? filled(other, at.length, (r, c) => get(c, r)) : filled(at.length, other, get);
}

/** Where the first `count` of a length begin and how many they are; below 0 the last ones. */
function taken(count: Result | undefined, length: number): [number, number] {
  if (count === undefined || count === null) return [0, length];
  const size = Math.min(Math.abs(whole(count, 0)), length);
  return [whole(count, 0) < 0 ? length - size : 0, size];
}

/** What is left without them. */
function dropped(count: Result | undefined, length: number): [number, number] {
  const size = Math.min(Math.abs(whole(count ?? undefined, 0)), length);
  return [whole(count ?? undefined, 0) > 0 ? size : 0, length - size];
}

function cut(how: typeof taken): (from?: Result, rows?: Result, columns?: Result) => Result {
  return (from, down, right) => {
    const all = table(from!);
    const [top, rows] = how(down, all.rows);
    const [left, columns] = how(right, all.columns);
    return filled(rows, columns, (r, c) => all.get(top + r, left + c));
  };
}

/** Its place: exactly (0), else the nearest below (−1) or above (1), or with ? and * (2). */
function placeOf(wanted: Value, list: Value[], how: number): number {
  if (how === 2) return list.findIndex(lookedUp(wanted));
  const exact = list.findIndex((value) => value !== null && typeof value === typeof wanted && compare(value, wanted) === 0);
  if (exact >= 0 || how === 0) return exact;
  const near = list.map((value, i) => ({ value, i })).filter(({ value }) => typeof value === typeof wanted && compare(value, wanted) * how > 0);
  return near.sort((a, b) => how * compare(a.value, b.value))[0]?.i ?? -1;
}

function lookUp(wanted: Result, keys: Result, from: Result, none?: Result, how?: Result): Result {
  const [list, found] = [values(keys), values(from)];
  const lines = [table(keys), table(from)].every(({ rows, columns }) => Math.min(rows, columns) === 1);
  if (!lines || list.length !== found.length) throw new CellError("#VALUE!");
  const [one = null, ...others] = values(wanted);
  if (one instanceof CellError) throw one;
  if (others.length) throw new CellError("#VALUE!");
  const at = placeOf(one ?? 0, list, number(how, 0));
  return at < 0 ? (none ?? new CellError("#N/A")) : found[at]!;
}

export const SHAPES = {
  SEQUENCE: (rows, columns, start, step) => {
    const across = whole(columns, 1);
    return filled(whole(rows, 1), across, (r, c) => number(start, 1) + number(step, 1) * (r * across + c));
  },
  MUNIT: (size) => filled(whole(size, 0), whole(size, 0), (r, c) => Number(r === c)),
  FILTER: (from, meets, none) => filter(from!, meets!, none),
  SORT: (from, place, order, by) => sort(from!, place, order, by),
  HSTACK: (...args) => stacked(args, true),
  VSTACK: (...args) => stacked(args, false),
  TAKE: cut(taken),
  DROP: cut(dropped),
  XLOOKUP: (wanted, keys, from, none, how) => lookUp(wanted!, keys!, from!, none, how),
} satisfies Works;
