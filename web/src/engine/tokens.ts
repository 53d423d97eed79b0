/** Cuts the text of a formula into tokens; together they are the text again, spaces included. */

import { a1, columnNumber, LAST_COLUMN, LAST_ROW } from "./address.js";

export interface RefToken {
  kind: "ref";
  text: string;
  row: number;
  column: number;
  rowFixed: boolean;
  columnFixed: boolean;
}

export type Token =
  | RefToken
  /** The name of a sheet with its exclamation mark; `value` is the name itself. */
  | { kind: "sheet" | "text"; text: string; value: string }
  | { kind: "number" | "error" | "name" | "function" | "mark" | "space"; text: string };

/** Thrown where a text cannot be read as a formula; `at` is the character where it went wrong. */
export class FormulaFault {
  constructor(readonly at: number) {}
}

// Every character beyond ASCII may stand in a name: tables of all letters would be slow to load.
const REF = /(\$?)([A-Za-z]{1,3})(\$?)([1-9][0-9]{0,6})(?![\w.(\u00aa-\uffff])/y;
const NAME = /[A-Za-z_\\\u00aa-\uffff][\w.\u00aa-\uffff]*/y;
const NUMBER = /(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?/y;
const SHEET = /'((?:[^']|'')+)'!/y;
const TEXT = /"((?:[^"]|"")*)"/y;
const PLAIN: [Token["kind"], RegExp][] = [
  ["mark", /<>|<=|>=|[-+*/^&=<>%():,;{}]/y],
  ["number", NUMBER],
  ["space", /\s+/y],
  ["error", /#(?:DIV\/0!|VALUE!|N\/A|NAME\?|REF!|NUM!)/iy],
];

function match(pattern: RegExp, text: string, at: number): RegExpExecArray | null {
  pattern.lastIndex = at;
  return pattern.exec(text);
}

function next(text: string, at: number): Token | null {
  const first = text[at]!;
  if (first === '"' || first === "'") return quoted(text, at, first);
  return reference(text, at) ?? named(text, at) ?? plain(text, at);
}

function quoted(text: string, at: number, mark: string): Token | null {
  const found = match(mark === '"' ? TEXT : SHEET, text, at);
  const value = found && found[1]!.replaceAll(mark + mark, mark);
  return found && { kind: mark === '"' ? "text" : "sheet", text: found[0], value: value! };
}

function reference(text: string, at: number): RefToken | null {
  const found = match(REF, text, at);
  if (!found || text[at + found[0].length] === "!") return null;
  const column = columnNumber(found[2]!);
  const row = Number(found[4]) - 1;
  if (column >= LAST_COLUMN || row >= LAST_ROW) return null;
  return { kind: "ref", text: found[0], row, column, rowFixed: found[3] === "$", columnFixed: found[1] === "$" };
}

/** A function, a sheet, or a defined name, as the character behind it tells. */
function named(text: string, at: number): Token | null {
  const found = match(NAME, text, at);
  if (!found) return null;
  const name = found[0];
  const behind = text[at + name.length];
  if (behind === "!") return { kind: "sheet", text: `${name}!`, value: name };
  return { kind: behind === "(" ? "function" : "name", text: name };
}

function plain(text: string, at: number): Token | null {
  for (const [kind, pattern] of PLAIN) {
    const found = match(pattern, text, at);
    if (found) return { kind, text: found[0] } as Token;
  }
  return null;
}

/** The tokens of a formula without its equals sign. Throws FormulaFault. */
export function tokenize(text: string): Token[] {
  const tokens: Token[] = [];
  for (let at = 0; at < text.length; ) {
    const token = next(text, at);
    if (!token) throw new FormulaFault(at);
    tokens.push(token);
    at += token.text.length;
  }
  return tokens;
}

/** The text of a formula that was filled so many rows down and columns to the right. */
export function shifted(tokens: readonly Token[], down: number, right: number): string {
  return tokens.map((token) => (token.kind === "ref" ? moved(token, down, right) : token.text)).join("");
}

function moved(ref: RefToken, down: number, right: number): string {
  const row = ref.rowFixed ? ref.row : ref.row + down;
  const column = ref.columnFixed ? ref.column : ref.column + right;
  if (row < 0 || column < 0 || row >= LAST_ROW || column >= LAST_COLUMN) return "#REF!";
  return row === ref.row && column === ref.column ? ref.text : a1(row, column, ref.rowFixed, ref.columnFixed);
}
