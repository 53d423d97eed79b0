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

const REF = /(\$?)([A-Za-z]{1,3})(\$?)([1-9][0-9]{0,6})(?![\p{L}\p{N}_.(])/uy;
const PLAIN: [Token["kind"], RegExp][] = [
  ["space", /\s+/uy],
  ["number", /(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?/uy],
  ["error", /#(?:DIV\/0!|VALUE!|N\/A|NAME\?|REF!|NUM!|CIRC!)/iuy],
  ["function", /[\p{L}_][\p{L}\p{N}_.]*(?=\()/uy],
  ["name", /[\p{L}_\\][\p{L}\p{N}_.]*/uy],
  ["mark", /<>|<=|>=|[-+*/^&=<>%():,;{}]/uy],
];
const SHEET = /(?:'((?:[^']|'')+)'|([\p{L}_][\p{L}\p{N}_.]*))!/uy;
const TEXT = /"((?:[^"]|"")*)"/uy;

function match(pattern: RegExp, text: string, at: number): RegExpExecArray | null {
  pattern.lastIndex = at;
  return pattern.exec(text);
}

function quoted(text: string, at: number): Token | null {
  const sheet = match(SHEET, text, at);
  if (sheet) {
    const name = sheet[2] ?? sheet[1]!.replaceAll("''", "'");
    return { kind: "sheet", text: sheet[0], value: name };
  }
  const words = match(TEXT, text, at);
  return words && { kind: "text", text: words[0], value: words[1]!.replaceAll('""', '"') };
}

function reference(text: string, at: number): RefToken | null {
  const found = match(REF, text, at);
  if (!found) return null;
  const column = columnNumber(found[2]!);
  const row = Number(found[4]) - 1;
  if (column >= LAST_COLUMN || row >= LAST_ROW) return null;
  return { kind: "ref", text: found[0], row, column, rowFixed: found[3] === "$", columnFixed: found[1] === "$" };
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
    const token = quoted(text, at) ?? reference(text, at) ?? plain(text, at);
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
