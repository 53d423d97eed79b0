/** Functions of text. */

import { isTable, type Result } from "../grid.js";
import { spelled, toLogical, toNumber, toText } from "../operators.js";
import { CellError, type Value } from "../values.js";
import { shown } from "./pattern.js";
import { MANY, row, type FunctionRow, type Rows, values } from "./row.js";
import { wildcard } from "./criteria.js";

/** As much text as a cell can hold. */
const LONGEST = 32_767;

function fitting(text: string): string {
  if (text.length > LONGEST) throw new CellError("#VALUE!");
  return text;
}

function count(value: Value | undefined, missing: number): number {
  const number = value === undefined ? missing : Math.trunc(toNumber(value));
  if (number < 0) throw new CellError("#VALUE!");
  return number;
}

function texts(min: number, max: number, work: (...args: Value[]) => Value): FunctionRow {
  return row("s", min, max, (...args) => work(...(args as Value[])));
}

function middle(text: Value, start: Value, length: Value): string {
  const first = count(start, 1);
  if (first < 1) throw new CellError("#VALUE!");
  return toText(text).slice(first - 1, first - 1 + count(length, 0));
}

/** Where a text begins in another, from 1. */
function found(place: number): number {
  if (place < 0) throw new CellError("#VALUE!");
  return place + 1;
}

function search(wanted: Value, within: Value, from?: Value): number {
  const start = count(from, 1) - 1;
  const pattern = new RegExp(wildcard(toText(wanted)).source.slice(1, -1), "isu");
  const place = toText(within).slice(start).search(pattern);
  return found(place < 0 ? place : place + start);
}

function substitute(text: Value, old: Value, fresh: Value, which?: Value): string {
  const [all, from, to] = [toText(text), toText(old), toText(fresh)];
  if (from === "") return all;
  if (which === undefined) return fitting(all.replaceAll(from, () => to));
  const parts = all.split(from);
  const at = count(which, 1);
  if (at < 1 || at >= parts.length) return all;
  return parts.slice(0, at).join(from) + to + parts.slice(at).join(from);
}

function replace(text: Value, start: Value, length: Value, fresh: Value): string {
  const all = toText(text);
  const first = count(start, 1) - 1;
  return all.slice(0, first) + toText(fresh) + all.slice(first + count(length, 0));
}

function joined(args: Result[], separator: string, skipsEmpty: boolean): string {
  const parts = args.flatMap((arg) => (isTable(arg) ? values(arg) : [arg])).map(toText);
  return fitting(parts.filter((part) => !skipsEmpty || part !== "").join(separator));
}

function proper(text: string): string {
  return text.toLowerCase().replace(/(^|[^\p{L}])(\p{L})/gu, (_, before: string, letter: string) => before + letter.toUpperCase());
}

function fromCode(value: Value): string {
  const code = count(value, 0);
  if (code < 1 || code > 255) throw new CellError("#VALUE!");
  return String.fromCharCode(code);
}

function fromText(value: Value): number {
  if (typeof value !== "string") return toNumber(value);
  const number = spelled(value);
  if (number === null) throw new CellError("#VALUE!", value);
  return number;
}

function repeated(text: Value, times: Value): string {
  const one = toText(text);
  const number = count(times, 0);
  if (one.length * number > LONGEST) throw new CellError("#VALUE!");
  return one.repeat(number);
}

export const TEXT: Rows = {
  LEN: texts(1, 1, (text) => toText(text!).length),
  LEFT: texts(1, 2, (text, length) => toText(text!).slice(0, count(length, 1))),
  RIGHT: texts(1, 2, (text, length) => {
    const all = toText(text!);
    return all.slice(Math.max(0, all.length - count(length, 1)));
  }),
  MID: texts(3, 3, (text, start, length) => middle(text!, start!, length!)),
  UPPER: texts(1, 1, (text) => toText(text!).toUpperCase()),
  LOWER: texts(1, 1, (text) => toText(text!).toLowerCase()),
  PROPER: texts(1, 1, (text) => proper(toText(text!))),
  TRIM: texts(1, 1, (text) => toText(text!).replace(/ +/g, " ").replace(/^ | $/g, "")),
  CONCATENATE: texts(1, MANY, (...parts) => fitting(parts.map(toText).join(""))),
  CONCAT: row("r", 1, MANY, (...args) => joined(args, "", false)),
  TEXTJOIN: row("ssr", 3, MANY, (separator, skips, ...args) =>
    joined(args, toText(separator as Value), toLogical(skips as Value)),
  ),
  FIND: texts(2, 3, (wanted, within, from) => found(toText(within!).indexOf(toText(wanted!), count(from, 1) - 1))),
  SEARCH: texts(2, 3, (wanted, within, from) => search(wanted!, within!, from)),
  SUBSTITUTE: texts(3, 4, (text, old, fresh, which) => substitute(text!, old!, fresh!, which)),
  REPLACE: texts(4, 4, (text, start, length, fresh) => replace(text!, start!, length!, fresh!)),
  REPT: texts(2, 2, (text, times) => repeated(text!, times!)),
  EXACT: texts(2, 2, (a, b) => toText(a!) === toText(b!)),
  CHAR: texts(1, 1, (code) => fromCode(code!)),
  CODE: texts(1, 1, (text) => {
    if (toText(text!) === "") throw new CellError("#VALUE!");
    return toText(text!).charCodeAt(0);
  }),
  VALUE: texts(1, 1, (text) => fromText(text!)),
  TEXT: texts(2, 2, (value, pattern) => shown(value!, toText(pattern!))),
  N: texts(1, 1, (value) => {
    if (value instanceof CellError) throw value;
    return typeof value === "number" || typeof value === "boolean" ? Number(value) : 0;
  }),
  T: texts(1, 1, (value) => {
    if (value instanceof CellError) throw value;
    return typeof value === "string" ? value : "";
  }),
};
