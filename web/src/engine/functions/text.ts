/** Functions of text. */

import { isTable, type Result } from "../grid.js";
import { spelled, toLogical, toNumber, toText } from "../operators.js";
import { CellError, LONGEST_TEXT, type Value } from "../values.js";
import { shown } from "./pattern.js";
import { wildcard } from "./criteria.js";
import { values, type Work, type Works } from "./work.js";

function fitting(text: string): string {
  if (text.length > LONGEST_TEXT) throw new CellError("#VALUE!");
  return text;
}

function count(value: Value | undefined, missing: number): number {
  const number = value === undefined ? missing : Math.trunc(toNumber(value));
  if (number < 0) throw new CellError("#VALUE!");
  return number;
}

function texts(work: (...args: Value[]) => Value): Work {
  return (...args) => work(...(args as Value[]));
}

/** The characters of a text; one that takes two units of JavaScript is one. */
const letters = (text: string): string[] => Array.from(text);

/** So many characters of a text from a place on, counted from 0. */
function cut(text: string, from: number, length = Infinity): string {
  return letters(text).slice(from, from + length).join("");
}

/** A place in a text, counted from 1. */
function place(value: Value | undefined): number {
  const from = count(value, 1);
  if (from < 1) throw new CellError("#VALUE!");
  return from;
}

/** Where `look` finds something in a text, from a place on; counted from 1. */
function found(within: Value, from: Value | undefined, look: (rest: string) => number): number {
  const start = place(from) - 1;
  const rest = cut(toText(within), start);
  const at = look(rest);
  if (at < 0) throw new CellError("#VALUE!");
  return start + letters(rest.slice(0, at)).length + 1;
}

function search(wanted: Value): (rest: string) => number {
  const pattern = new RegExp(wildcard(toText(wanted)).source.slice(1, -1), "isu");
  return (rest) => rest.search(pattern);
}

function substitute(text: Value, old: Value, fresh: Value, which?: Value): string {
  const [all, from, to] = [toText(text), toText(old), toText(fresh)];
  if (from === "") return all;
  if (which === undefined) return fitting(all.replaceAll(from, () => to));
  const parts = all.split(from);
  const at = place(which);
  if (at >= parts.length) return all;
  return parts.slice(0, at).join(from) + to + parts.slice(at).join(from);
}

function replace(text: Value, start: Value, length: Value, fresh: Value): string {
  const all = toText(text);
  const first = place(start) - 1;
  return cut(all, 0, first) + toText(fresh) + cut(all, first + count(length, 0));
}

function joined(args: Result[], separator: string, skipsEmpty: boolean): string {
  const parts = args.flatMap((arg) => (isTable(arg) ? values(arg) : [arg])).map(toText);
  return fitting(parts.filter((part) => !skipsEmpty || part !== "").join(separator));
}

function proper(text: string): string {
  return text.toLowerCase().replace(/(^|[^\p{L}])(\p{L})/gu, (_, before: string, letter: string) => before + letter.toUpperCase());
}

/** Characters 128 to 159 of Windows-1252, in which spreadsheets number characters; others are as in Unicode. */
const WINDOWS = "€\x81‚ƒ„…†‡ˆ‰Š‹Œ\x8dŽ\x8f\x90‘’“”•–—˜™š›œ\x9džŸ";

function fromCode(value: Value): string {
  const code = count(value, 0);
  if (code < 1 || code > 255) throw new CellError("#VALUE!");
  return WINDOWS[code - 128] ?? String.fromCharCode(code);
}

function toCode(value: Value): number {
  const [first] = toText(value);
  if (first === undefined) throw new CellError("#VALUE!");
  const code = first.codePointAt(0)!;
  const windows = WINDOWS.indexOf(first);
  if (windows >= 0) return windows + 128;
  return code > 255 ? "?".charCodeAt(0) : code;
}

function fromText(value: Value): number {
  if (typeof value === "boolean") throw new CellError("#VALUE!");
  if (typeof value !== "string") return toNumber(value);
  const number = spelled(value);
  if (number === null) throw new CellError("#VALUE!", value);
  return number;
}

function repeated(text: Value, times: Value): string {
  const one = toText(text);
  const number = count(times, 0);
  if (one.length * number > LONGEST_TEXT) throw new CellError("#VALUE!");
  return one.repeat(number);
}

export const TEXT = {
  LEN: texts((text) => letters(toText(text!)).length),
  LEFT: texts((text, length) => cut(toText(text!), 0, count(length, 1))),
  RIGHT: texts((text, length) => {
    const all = toText(text!);
    return cut(all, Math.max(0, letters(all).length - count(length, 1)));
  }),
  MID: texts((text, start, length) => cut(toText(text!), place(start) - 1, count(length, 0))),
  UPPER: texts((text) => toText(text!).toUpperCase()),
  LOWER: texts((text) => toText(text!).toLowerCase()),
  PROPER: texts((text) => proper(toText(text!))),
  TRIM: texts((text) => toText(text!).replace(/ +/g, " ").replace(/^ | $/g, "")),
  CONCATENATE: texts((...parts) => fitting(parts.map(toText).join(""))),
  CONCAT: (...args) => joined(args, "", false),
  TEXTJOIN: (separator, skips, ...args) => joined(args, toText(separator as Value), toLogical(skips as Value)),
  FIND: texts((wanted, within, from) => found(within!, from, (rest) => rest.indexOf(toText(wanted!)))),
  SEARCH: texts((wanted, within, from) => found(within!, from, search(wanted!))),
  SUBSTITUTE: texts((text, old, fresh, which) => substitute(text!, old!, fresh!, which)),
  REPLACE: texts((text, start, length, fresh) => replace(text!, start!, length!, fresh!)),
  REPT: texts((text, times) => repeated(text!, times!)),
  EXACT: texts((a, b) => toText(a!) === toText(b!)),
  CHAR: texts((code) => fromCode(code!)),
  CODE: texts((text) => toCode(text!)),
  VALUE: texts((text) => fromText(text!)),
  TEXT: texts((value, pattern) => shown(value!, toText(pattern!))),
  N: texts((value) => {
    if (value instanceof CellError) throw value;
    return typeof value === "number" || typeof value === "boolean" ? Number(value) : 0;
  }),
  T: texts((value) => {
    if (value instanceof CellError) throw value;
    return typeof value === "string" ? value : "";
  }),
} satisfies Works;
