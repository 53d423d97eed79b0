/**
 * Worked arithmetic: the formula of one cell with the numbers in it, "0.43 × 1.20 + … = 0.38".
 *
 * The numbers are those that stand in the cells now.
 */

import { FUNCTIONS, isSingle } from "../engine/functions/table.js";
import type { Place, Tree, Value } from "../model.js";
import { brief } from "./display.js";

/** What the arithmetic needs of a model; the tests give a small one. */
export interface Reader {
  /** The formula of this very cell: of an array formula its own row and column. */
  tree(at: Place): Tree | null;
  value(at: Place): Value;
  evaluate(tree: Tree, at: Place): Value;
}

/**
 * A written part, and how tightly it binds: parts that bind less get parentheses. This is the
 * notation of mathematics, where −2² is −4, and not the language of formulas.
 */
interface Part {
  text: string;
  binds: number;
}

const SUM = 1;
const PRODUCT = 2;
const SIGN = 3;
const POWER = 4;
const ATOM = 5;

/** Which entry of the ranges inside the formula is meant. */
interface Spot {
  row: number;
  column: number;
  at: Place;
}

const MOST_TERMS = 6;

/** The arithmetic of a cell without its result; "" where there is nothing to work out. */
export function worked(reader: Reader, at: Place): string {
  const tree = reader.tree(at);
  if (!tree || tree.kind === "cell" || tree.kind === "range") return "";
  return write(reader, tree, { row: 0, column: 0, at }).text;
}

function write(reader: Reader, tree: Tree, spot: Spot): Part {
  switch (tree.kind) {
    case "number":
      return atom(tree.value);
    case "text":
      return { text: `“${tree.value}”`, binds: ATOM };
    case "cell":
    case "range":
    case "array":
      return atom(leaf(reader, tree, spot));
    case "infix":
      return infix(reader, tree, spot);
    case "prefix":
      return { text: `${tree.operator === "-" ? "−" : ""}${bound(write(reader, tree.operand, spot), POWER)}`, binds: SIGN };
    case "percent":
      return { text: `${bound(write(reader, tree.operand, spot), ATOM)} %`, binds: ATOM };
    case "call":
      return call(reader, tree.name, tree.args.filter((arg) => arg !== null), spot);
    default:
      return { text: String(reader.evaluate(tree, spot.at) ?? ""), binds: ATOM };
  }
}

function atom(value: Value): Part {
  if (typeof value === "number") return { text: brief(value), binds: value < 0 ? SIGN : ATOM };
  return { text: typeof value === "string" ? `“${value}”` : String(value ?? 0), binds: ATOM };
}

const bound = (part: Part, least: number): string => (part.binds < least ? `(${part.text})` : part.text);

/** Behind a sign a negative number stands in parentheses. */
const unsigned = (text: string): string => (text.startsWith("−") ? `(${text})` : text);

const SIGNS: Record<string, [string, number, number]> = {
  "+": [" + ", SUM, SUM],
  "-": [" − ", SUM, PRODUCT],
  "*": [" × ", PRODUCT, POWER],
  "/": [" ÷ ", PRODUCT, POWER],
  "^": ["^", POWER, ATOM],
};

function infix(reader: Reader, tree: Tree & { kind: "infix" }, spot: Spot): Part {
  const left = write(reader, tree.left, spot);
  const right = write(reader, tree.right, spot);
  const sign = SIGNS[tree.operator];
  // Comparisons and joined words bind least.
  if (!sign) return { text: `${left.text} ${tree.operator} ${right.text}`, binds: 0 };
  const [text, binds, least] = sign;
  return { text: bound(left, binds) + text + unsigned(bound(right, least)), binds };
}

/** A cell of a range: a single row or column fits everywhere. */
export function element(tree: Tree, row: number, column: number): Place | null {
  if (tree.kind === "cell") return { sheet: tree.sheet ?? 0, row: tree.row, column: tree.column };
  if (tree.kind !== "range") return null;
  const { rows, columns } = extent(tree);
  return {
    sheet: tree.first.sheet ?? 0,
    row: tree.first.row + (rows === 1 ? 0 : row),
    column: tree.first.column + (columns === 1 ? 0 : column),
  };
}

/** How many rows and columns a part of a formula has. */
export function extent(tree: Tree): { rows: number; columns: number } {
  if (tree.kind === "range") {
    return { rows: tree.last.row - tree.first.row + 1, columns: tree.last.column - tree.first.column + 1 };
  }
  if (tree.kind === "call" && tree.name === "TRANSPOSE" && tree.args[0]) {
    const { rows, columns } = extent(tree.args[0]);
    return { rows: columns, columns: rows };
  }
  if (tree.kind === "infix") {
    const [a, b] = [extent(tree.left), extent(tree.right)];
    return { rows: Math.max(a.rows, b.rows), columns: Math.max(a.columns, b.columns) };
  }
  if (tree.kind === "call" && tree.args.length === 1 && tree.args[0] && placeByPlace(tree.name)) return extent(tree.args[0]);
  return { rows: 1, columns: 1 };
}

/** Whether a function of an array gives as many values. */
function placeByPlace(name: string): boolean {
  const row = FUNCTIONS.get(name);
  return row !== undefined && isSingle(row, 0);
}

function leaf(reader: Reader, tree: Tree, spot: Spot): Value {
  const at = element(tree, spot.row, spot.column);
  return at ? reader.value(at) : reader.evaluate(tree, spot.at);
}

function call(reader: Reader, name: string, args: Tree[], spot: Spot): Part {
  const first = args[0];
  if (!first) return { text: `${name}()`, binds: ATOM };
  const known = CALLS[name];
  if (known) return known(reader, args, spot);
  const inside = args.map((arg) => write(reader, arg, spot).text).join(", ");
  return { text: `${PLAIN[name] ?? name}(${inside})`, binds: ATOM };
}

const PLAIN: Record<string, string> = { EXP: "exp", LN: "ln", TANH: "tanh", SIN: "sin", COS: "cos" };

type Writer = (reader: Reader, args: Tree[], spot: Spot) => Part;

const CALLS: Record<string, Writer> = {
  TRANSPOSE: (reader, [tree], spot) => write(reader, tree!, { ...spot, row: spot.column, column: spot.row }),
  MMULT: (reader, [left, right], spot) => {
    const terms = Array.from({ length: extent(left!).columns }, (_, k) => [
      write(reader, left!, { ...spot, column: k }),
      write(reader, right!, { ...spot, row: k }),
    ]);
    return sum(terms.map(times));
  },
  SUMPRODUCT: (reader, args, spot) => {
    if (args.length === 1 && args[0]!.kind === "infix") return found(reader, args[0]!, spot);
    const columns = args.map((arg) => each(reader, arg, spot));
    return sum(columns[0]!.map((_, k) => times(columns.map((column) => column[k] ?? atom(0)))));
  },
  SUM: (reader, args, spot) => sum(all(reader, args, spot)),
  AVERAGE: (reader, args, spot) => {
    const count = args.map(extent).reduce((total, { rows, columns }) => total + rows * columns, 0);
    return { text: `(${sum(all(reader, args, spot)).text}) ÷ ${count}`, binds: PRODUCT };
  },
  MAX: (reader, args, spot) => list("max", all(reader, args, spot)),
  MIN: (reader, args, spot) => list("min", all(reader, args, spot)),
  LARGE: (reader, [range, rank], spot) =>
    list(`max#${write(reader, rank!, spot).text}`, each(reader, range!, spot)),
  SQRT: (reader, [tree], spot) => ({ text: `√${bound(write(reader, tree!, spot), ATOM)}`, binds: POWER }),
  ABS: (reader, [tree], spot) => ({ text: `|${write(reader, tree!, spot).text}|`, binds: ATOM }),
  IF: (reader, [test, yes, no], spot) => {
    const value = scalar(reader, test!, spot);
    const chosen = value === false || value === 0 || value === null ? no : yes;
    return chosen ? write(reader, chosen, spot) : atom(0);
  },
  INDEX: (reader, args, spot) => atom(reader.evaluate({ kind: "call", name: "INDEX", args }, spot.at)),
  MATCH: (reader, [value, range], spot) => list(`${write(reader, value!, spot).text} ∈ `, each(reader, range!, spot)),
  TRIM: (reader, [tree], spot) => write(reader, tree!, spot),
  "NORM.S.DIST": (reader, [tree], spot) => ({ text: `Φ(${write(reader, tree!, spot).text})`, binds: ATOM }),
  NORMSDIST: (reader, [tree], spot) => ({ text: `Φ(${write(reader, tree!, spot).text})`, binds: ATOM }),
};

/** The value of a condition at one place of an array formula. */
function scalar(reader: Reader, tree: Tree, spot: Spot): Value {
  if (tree.kind === "infix" && COMPARES[tree.operator]) {
    const [a, b] = [leaf(reader, tree.left, spot), leaf(reader, tree.right, spot)];
    return COMPARES[tree.operator]!(a as number, b as number);
  }
  return leaf(reader, tree, spot);
}

const COMPARES: Record<string, (a: number, b: number) => boolean> = {
  "=": (a, b) => fold(a) === fold(b),
  "<>": (a, b) => fold(a) !== fold(b),
  "<": (a, b) => a < b,
  ">": (a, b) => a > b,
  "<=": (a, b) => a <= b,
  ">=": (a, b) => a >= b,
};

const fold = (value: unknown): unknown => (typeof value === "string" ? value.toLowerCase() : (value ?? ""));

/** `SUMPRODUCT((words = typed) * numbers)`: the number beside the word. */
function found(reader: Reader, tree: Tree & { kind: "infix" }, spot: Spot): Part {
  const test = tree.left;
  if (test.kind !== "infix" || test.operator !== "=") {
    const { rows, columns } = extent(tree);
    return rows * columns === 1 ? write(reader, tree, spot) : sum(each(reader, tree, spot));
  }
  const { rows, columns } = extent(test.left);
  const typed = rows * columns > 1 ? test.right : test.left;
  return { text: `${write(reader, typed, spot).text} →`, binds: 0 };
}

const times = (parts: Part[]): Part => ({
  text: parts.map((part) => bound(part, POWER)).join(" × "),
  binds: PRODUCT,
});

function sum(parts: Part[]): Part {
  if (parts.length === 1) return parts[0]!;
  return { text: short(parts.map((part, i) => (i ? unsigned(bound(part, PRODUCT)) : bound(part, PRODUCT)))).join(" + "), binds: SUM };
}

const list = (name: string, parts: Part[]): Part => ({
  text: `${name}(${short(parts.map((part) => part.text)).join(", ")})`,
  binds: ATOM,
});

/** The first few and the last, where there are many. */
function short(texts: string[]): string[] {
  return texts.length <= MOST_TERMS ? texts : [...texts.slice(0, 4), "…", texts[texts.length - 1]!];
}

const all = (reader: Reader, args: Tree[], spot: Spot): Part[] => args.flatMap((arg) => each(reader, arg, spot));

/** Every cell of a part, row by row; no more than can ever be read. */
function each(reader: Reader, tree: Tree, spot: Spot): Part[] {
  const { rows, columns } = extent(tree);
  const cells = Array.from({ length: rows * columns }, (_, i) => ({
    ...spot,
    row: Math.floor(i / columns),
    column: i % columns,
  }));
  // Of thousands only the ends are written.
  const few = cells.length > 60 ? [...cells.slice(0, 6), ...cells.slice(-1)] : cells;
  return few.map((cell) => write(reader, tree, cell));
}
