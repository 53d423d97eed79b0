/** What somebody types into a cell, and what stands in the editor when the cell is edited. */

import { spelled } from "./engine/operators.js";
import { CellError, type Value } from "./engine/values.js";

export type Entry = { value: Value } | { formula: string; many: boolean };

const COMMA_NUMBER = /^\s*[-+]?\d*,\d+\s*%?\s*$/;

/**
 * A typed text: a formula after =, an array formula in {= }, text after an apostrophe, nothing, a
 * number (0,5 too where the language writes it so), TRUE or FALSE, and else a word.
 */
export function readEntry(text: string, decimal: string): Entry {
  const array = /^\{=(.+)\}\s*$/s.exec(text);
  if (array) return { formula: array[1]!, many: true };
  if (text.startsWith("=") && text.trim().length > 1) return { formula: text.slice(1), many: false };
  if (text.startsWith("'")) return { value: text.slice(1) };
  return { value: plain(text, decimal) };
}

function plain(text: string, decimal: string): Value {
  if (text === "") return null;
  const number = spelled(decimal === "," && COMMA_NUMBER.test(text) ? text.replace(",", ".") : text);
  if (number !== null) return number;
  const upper = text.toUpperCase();
  return upper === "TRUE" || upper === "FALSE" ? upper === "TRUE" : text;
}

/** The text that gives this value when it is typed. */
export function entryText(value: Value, decimal: string): string {
  if (value === null) return "";
  if (typeof value === "number") return String(value).toUpperCase();
  if (typeof value === "boolean") return value ? "TRUE" : "FALSE";
  if (value instanceof CellError) return value.code;
  const read = readEntry(value, decimal);
  return "value" in read && read.value === value && !value.startsWith("'") ? value : `'${value}`;
}
