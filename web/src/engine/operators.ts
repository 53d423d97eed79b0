/** What the operators do to single values; a failure is thrown as a CellError. */

import type { Operator } from "./tree.js";
import { CellError, type Value } from "./values.js";

const NUMBER_TEXT = /^\s*[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?\s*%?\s*$/;

/** The number that a text spells, or null. */
export function spelled(text: string): number | null {
  if (!NUMBER_TEXT.test(text)) return null;
  const share = text.includes("%");
  const number = Number(text.replace("%", ""));
  if (!Number.isFinite(number)) return null;
  return share ? number / 100 : number;
}

/** A value as a number: empty is 0, TRUE is 1, text counts where it spells a number. */
export function toNumber(value: Value): number {
  if (typeof value === "number") return value;
  if (value === null) return 0;
  if (typeof value === "boolean") return value ? 1 : 0;
  if (value instanceof CellError) throw value;
  const number = spelled(value);
  if (number === null) throw new CellError("#VALUE!", value);
  return number;
}

/** A value as text, numbers with at most 15 digits as a spreadsheet shows them. */
export function toText(value: Value): string {
  if (typeof value === "string") return value;
  if (value === null) return "";
  if (typeof value === "number") return numberText(value);
  if (typeof value === "boolean") return value ? "TRUE" : "FALSE";
  throw value;
}

/** A value as true or false; text counts where it says TRUE or FALSE. */
export function toLogical(value: Value): boolean {
  if (typeof value === "boolean") return value;
  if (typeof value === "number") return value !== 0;
  if (value === null) return false;
  if (value instanceof CellError) throw value;
  const upper = value.toUpperCase();
  if (upper !== "TRUE" && upper !== "FALSE") throw new CellError("#VALUE!", value);
  return upper === "TRUE";
}

export function numberText(value: number): string {
  const text = String(Number(value.toPrecision(15)));
  const [digits, exponent] = text.split("e");
  if (exponent === undefined) return text === "-0" ? "0" : text;
  const size = exponent.replace(/[-+]/, "").padStart(2, "0");
  return `${digits}E${exponent.startsWith("-") ? "-" : "+"}${size}`;
}

/** A number that a cell can hold; beyond that is #NUM!. */
export function finite(value: number): number {
  if (!Number.isFinite(value)) throw new CellError("#NUM!");
  return value;
}

/** Below 0 where a stands before b: numbers, then texts (case does not count), then FALSE and TRUE. */
export function compare(a: Value, b: Value): number {
  if (typeof a === "number" && typeof b === "number") return a - b;
  if (a instanceof CellError) throw a;
  if (b instanceof CellError) throw b;
  const left = a ?? emptyLike(b);
  const right = b ?? emptyLike(a);
  if (typeof left === "string" && typeof right === "string") return compareTexts(left, right);
  if (typeof left === typeof right) return Number(left) - Number(right);
  return rank(left) - rank(right);
}

function compareTexts(a: string, b: string): number {
  if (a === b) return 0;
  const left = a.toLowerCase();
  const right = b.toLowerCase();
  return left < right ? -1 : left > right ? 1 : 0;
}

function emptyLike(other: Value): number | string | boolean {
  return typeof other === "string" ? "" : typeof other === "boolean" ? false : 0;
}

function rank(value: number | string | boolean): number {
  return typeof value === "number" ? 0 : typeof value === "string" ? 1 : 2;
}

function divide(a: number, b: number): number {
  if (b === 0) throw new CellError("#DIV/0!");
  return finite(a / b);
}

export function power(a: number, b: number): number {
  if (a === 0 && b === 0) throw new CellError("#NUM!");
  if (a === 0 && b < 0) throw new CellError("#DIV/0!");
  return finite(a ** b);
}

const ARITHMETIC: Partial<Record<Operator, (a: number, b: number) => number>> = {
  "+": (a, b) => finite(a + b),
  "-": (a, b) => finite(a - b),
  "*": (a, b) => finite(a * b),
  "/": divide,
  "^": power,
};

const COMPARISON: Partial<Record<Operator, (order: number) => boolean>> = {
  "=": (order) => order === 0,
  "<>": (order) => order !== 0,
  "<": (order) => order < 0,
  ">": (order) => order > 0,
  "<=": (order) => order <= 0,
  ">=": (order) => order >= 0,
};

/** The function of an operator between two values. */
export function infix(operator: Operator): (a: Value, b: Value) => Value {
  const arithmetic = ARITHMETIC[operator];
  if (arithmetic) return (a, b) => arithmetic(toNumber(a), toNumber(b));
  const comparison = COMPARISON[operator];
  if (comparison) return (a, b) => comparison(compare(a, b));
  return (a, b) => toText(a) + toText(b);
}
