/**
 * Worked arithmetic: the formula of one cell with the numbers in it, "0.43 × 1.20 + … = 0.38".
 *
 * The numbers are those that stand in the cells now. Whatever is written has a value as well, worked
 * out as it is read: a line that comes to something else than its cell is not shown.
 */

import { caught } from "../engine/arrays.js";
import { extent, slice } from "../engine/element.js";
import { FUNCTIONS, isSingle } from "../engine/functions/table.js";
import { infix, toLogical, toNumber } from "../engine/operators.js";
import { CellError, HUGE, type Place, type Tree, type Value } from "../model.js";
import { brief } from "./display.js";

/** What the arithmetic needs of a model. */
export interface Reader {
  /** The formula of this very cell: of an array formula its own row and column. */
  tree(at: Place): Tree | null;
  value(at: Place): Value;
  evaluate(tree: Tree, at: Place): Value;
  /** Whether the number of a cell stands for minus infinity. */
  masked(at: Place): boolean;
}

/**
 * A written part, its value, and how tightly it binds: parts that bind less get parentheses. This
 * is the notation of mathematics, where −2² is −4, and not the language of formulas.
 */
interface Part {
  text: string;
  binds: number;
  value: Value;
}

/** The numbers of a table; of a long one only its ends are written. */
interface Listed {
  parts: Part[];
  whole: boolean;
}

/** The cell whose formula is written. */
interface Here {
  reader: Reader;
  at: Place;
}

type Call = Tree & { kind: "call" };
type Infix = Tree & { kind: "infix" };

const COMPARISON = 0;
const JOINED = 0.5;
const SUM = 1;
const PRODUCT = 2;
const SIGN = 3;
const POWER = 4;
const ATOM = 5;

const MOST_TERMS = 6;
/** Of longer tables only the ends are read. */
const MOST_READ = 60;

/** How far rounding may take the line from its cell. */
const TOLERANCE = 1e-9;

/** The arithmetic of a cell without its result; "" where there is nothing to work out, as in joined text. */
export function worked(reader: Reader, at: Place): string {
  const tree = reader.tree(at);
  if (!tree || tree.kind === "cell" || tree.kind === "range") return "";
  const part = write({ reader, at }, tree);
  // A sentence of joined pieces reads better than its pieces do.
  if (part.binds === JOINED) return "";
  return agrees(part.value, reader.value(at)) ? part.text : "";
}

/** Whether what is written comes to what stands in the cell. */
function agrees(found: Value, value: Value): boolean {
  if (found instanceof CellError && value instanceof CellError) return found.code === value.code;
  const [a, b] = [found ?? 0, value ?? 0];
  if (typeof a !== "number" || typeof b !== "number") return a === b;
  return Math.abs(a - b) <= TOLERANCE * Math.max(1, Math.abs(a), Math.abs(b));
}

function write(here: Here, tree: Tree): Part {
  switch (tree.kind) {
    case "number":
      return literal(here, tree.value);
    case "text":
      return word(tree.value);
    case "cell":
      return leaf(here, tree);
    case "infix":
      return operation(here, tree);
    case "prefix":
      return signed(tree.operator, write(here, tree.operand));
    case "percent": {
      const part = write(here, tree.operand);
      return { text: `${bound(part, ATOM)} %`, binds: ATOM, value: caught(() => toNumber(part.value) / 100) };
    }
    case "call":
      return (CALLS[tree.name] ?? plain)(here, tree, tree.args.filter((arg) => arg !== null));
    default:
      return atom(here.reader.evaluate(tree, here.at));
  }
}

function signed(operator: "-" | "+", part: Part): Part {
  if (operator === "+") return part;
  return { text: `−${bound(part, POWER)}`, binds: SIGN, value: caught(() => -toNumber(part.value)) };
}

function leaf({ reader }: Here, tree: Tree & { kind: "cell" }): Part {
  const at = { sheet: tree.sheet ?? 0, row: tree.row, column: tree.column };
  const value = reader.value(at);
  return reader.masked(at) ? { text: "−∞", binds: SIGN, value } : atom(value);
}

/** A number of the formula itself; the one that masks a score stands for infinity. */
function literal({ reader, at }: Here, value: number): Part {
  return value >= HUGE && reader.masked(at) ? { text: "∞", binds: ATOM, value } : atom(value);
}

function atom(value: Value): Part {
  if (typeof value === "string") return word(value);
  if (typeof value === "number") return { text: brief(value), binds: value < 0 ? SIGN : ATOM, value };
  return { text: typeof value === "boolean" ? String(value).toUpperCase() : String(value ?? 0), binds: ATOM, value };
}

const word = (value: string): Part => ({ text: `“${value}”`, binds: ATOM, value });

const bound = (part: Part, least: number): string => (part.binds < least ? `(${part.text})` : part.text);

/** Behind a sign a negative number stands in parentheses. */
const unsigned = (text: string): string => (text.startsWith("−") ? `(${text})` : text);

const SIGNS: Record<string, [string, number, number]> = {
  "&": [" & ", JOINED, JOINED],
  "+": [" + ", SUM, SUM],
  "-": [" − ", SUM, PRODUCT],
  "*": [" × ", PRODUCT, POWER],
  "/": [" ÷ ", PRODUCT, POWER],
  "^": ["^", POWER, ATOM],
};

function operation(here: Here, tree: Infix): Part {
  const [left, right] = [write(here, tree.left), write(here, tree.right)];
  const value = caught(() => infix(tree.operator)(left.value, right.value));
  const sign = SIGNS[tree.operator];
  if (!sign) return { text: `${bound(left, JOINED)} ${tree.operator} ${bound(right, JOINED)}`, binds: COMPARISON, value };
  const [text, binds, least] = sign;
  // A power of a power, and of a negative number, stands in parentheses.
  return { text: bound(left, binds === POWER ? ATOM : binds) + text + (binds < SUM ? bound(right, least) : unsigned(bound(right, least))), binds, value };
}

const NAMES: Record<string, string> = { EXP: "exp", LN: "ln", TANH: "tanh", SIN: "sin", COS: "cos", "NORM.S.DIST": "Φ", NORMSDIST: "Φ" };

/** A function by its name, with what goes into it. */
function plain(here: Here, tree: Call, args: Tree[]): Part {
  const row = FUNCTIONS.get(tree.name);
  return named(here, tree, args.map((arg, i) => (row && !isSingle(row, i) ? each(here, arg) : one(write(here, arg)))));
}

const one = (part: Part): Listed => ({ parts: [part], whole: true });

function named({ reader, at }: Here, tree: Call, parts: Listed[]): Part {
  const row = FUNCTIONS.get(tree.name);
  const shown = NAMES[tree.name] === "Φ" ? parts.slice(0, 1) : parts;
  const text = `${NAMES[tree.name] ?? tree.name}(${shown.map((part) => listed(part)).join(", ")})`;
  const single = row?.work && parts.length === tree.args.length && parts.every((_, i) => isSingle(row, i));
  const value = single ? caught(() => row.work!(...parts.map((part) => part.parts[0]!.value)) as Value) : reader.evaluate(tree, at);
  return { text, binds: ATOM, value };
}

/** A function of a text, where it changes it; else the text alone: of many exchanges few happen. */
const changed: Write = (here, call, args) => changedOf(here, call, args.map((arg) => write(here, arg)));

function changedOf(here: Here, call: Call, parts: Part[]): Part {
  const text = parts[0]!;
  const result = named(here, call, parts.map(one));
  if ((text.value ?? "") !== result.value) return result;
  return typeof text.value === "string" ? text : atom(result.value);
}

type Write = (here: Here, tree: Call, args: Tree[]) => Part;

const CALLS: Record<string, Write> = {
  TRANSPOSE: (here, _, [tree]) => write(here, slice(tree!, 0, 0)),
  MMULT: (here, call, [left, right]) => {
    const pairs = ends(extent(left!).columns, (k) => [slice(left!, 0, k), slice(right!, k, 0)].map((part) => write(here, part)));
    return sum(here, call, { parts: pairs.parts.map(times), whole: pairs.whole });
  },
  SUMPRODUCT: (here, call, args) => {
    if (args.length === 1 && args[0]!.kind === "infix") return found(here, call, args[0]!);
    const columns = args.map((arg) => each(here, arg));
    const parts = columns[0]!.parts.map((_, k) => times(columns.map(({ parts }) => counted(parts[k]))));
    return sum(here, call, { parts, whole: columns[0]!.whole });
  },
  SUM: (here, call, args) => sum(here, call, all(here, args)),
  AVERAGE: (here, call, args) => {
    const { parts, whole } = all(here, args);
    if (!whole) return { text: `(${sum(here, call, { parts, whole }).text}) ÷ ${args.map(size).reduce((a, b) => a + b)}`, binds: PRODUCT, value: here.reader.evaluate(call, here.at) };
    const total = sum(here, call, { parts, whole });
    const value = caught(() => infix("/")(total.value, parts.length));
    return { text: `(${total.text}) ÷ ${parts.length}`, binds: PRODUCT, value };
  },
  MAX: (here, call, args) => extreme(here, call, all(here, args), "max", Math.max),
  MIN: (here, call, args) => extreme(here, call, all(here, args), "min", Math.min),
  LARGE: (here, call, [range, rank]) => list(`max#${write(here, rank!).text}`, each(here, range!), here.reader.evaluate(call, here.at)),
  SQRT: (here, _, [tree]) => {
    const part = write(here, tree!);
    return { text: `√${bound(part, ATOM)}`, binds: POWER, value: caught(() => FUNCTIONS.get("SQRT")!.work!(part.value) as Value) };
  },
  ABS: (here, _, [tree]) => {
    const part = write(here, tree!);
    return { text: `|${part.text}|`, binds: ATOM, value: caught(() => Math.abs(toNumber(part.value))) };
  },
  IF: (here, call, [test]) => {
    const truth = caught(() => toLogical(here.reader.evaluate(test!, here.at)));
    const chosen = call.args[truth === true ? 1 : 2];
    if (truth instanceof CellError) return plain(here, call, call.args.filter((arg) => arg !== null));
    return chosen ? write(here, chosen) : atom(call.args.length > 2 || truth ? 0 : false);
  },
  INDEX: (here, call) => atom(here.reader.evaluate(call, here.at)),
  MATCH: (here, call, [value, range]) => list(`${write(here, value!).text} ∈ `, each(here, range!), here.reader.evaluate(call, here.at)),
  SUBSTITUTE: changed,
  LOWER: changed,
  TRIM: (here, call, [tree]) => {
    const part = write(here, tree!);
    if (part.binds !== JOINED) return changedOf(here, call, [part]);
    const value = here.reader.evaluate(call, here.at);
    return part.value === value ? atom(value) : { ...part, value };
  },
};

/** `SUMPRODUCT((words = typed) * numbers)`: the number beside the word. */
function found(here: Here, call: Call, tree: Infix): Part {
  const test = tree.left;
  if (test.kind !== "infix" || test.operator !== "=") return sum(here, call, each(here, tree));
  const typed = size(test.left) > 1 ? test.right : test.left;
  return { text: `${write(here, typed).text} →`, binds: COMPARISON, value: here.reader.evaluate(call, here.at) };
}

/** What counts in a product: of words and empty cells nothing does. */
const counted = (part: Part | undefined): Part => (typeof part?.value === "number" || part?.value instanceof CellError ? part : atom(0));

const times = (parts: Part[]): Part => ({
  text: parts.map((part) => bound(part, POWER)).join(" × "),
  binds: PRODUCT,
  value: parts.map(({ value }) => value).reduce((a, b) => caught(() => infix("*")(a, b))),
});

function sum({ reader, at }: Here, call: Call, { parts, whole }: Listed): Part {
  if (parts.length === 1 && whole) return parts[0]!;
  if (parts.length === 0) return atom(0);
  const texts = parts.map((part, i) => (i ? unsigned(bound(part, PRODUCT)) : bound(part, PRODUCT)));
  const total = (): Value => parts.map(({ value }) => value).reduce((a, b) => caught(() => infix("+")(a, b)));
  return { text: short(texts, whole).join(" + "), binds: SUM, value: whole ? total() : reader.evaluate(call, at) };
}

function extreme(here: Here, call: Call, from: Listed, name: string, choose: (...values: number[]) => number): Part {
  if (!from.parts.length || !from.whole) return list(name, from, here.reader.evaluate(call, here.at));
  return list(name, from, caught(() => choose(...from.parts.map(({ value }) => toNumber(value)))));
}

const list = (name: string, from: Listed, value: Value): Part => ({ text: `${name}(${listed(from)})`, binds: ATOM, value });

const listed = ({ parts, whole }: Listed): string => short(parts.map((part) => part.text), whole).join(", ");

/** The first few and the last, where there are many. */
function short(texts: string[], whole: boolean): string[] {
  return whole && texts.length <= MOST_TERMS ? texts : [...texts.slice(0, 4), "…", texts[texts.length - 1]!];
}

/** The numbers of all arguments: words and empty cells of a table are passed over. */
function all(here: Here, args: Tree[]): Listed {
  const lists = args.map((arg) => {
    const { parts, whole } = each(here, arg);
    return { parts: arg.kind === "cell" || size(arg) > 1 ? parts.filter(({ value }) => typeof value === "number" || value instanceof CellError) : parts, whole };
  });
  return { parts: lists.flatMap(({ parts }) => parts), whole: lists.every(({ whole }) => whole) };
}

/** Every value of a part, row by row; of thousands only the ends. */
function each(here: Here, tree: Tree): Listed {
  const { rows, columns } = extent(tree);
  return ends(rows * columns, (i) => write(here, slice(tree, Math.floor(i / columns), i % columns)));
}

function ends<T>(count: number, at: (i: number) => T): { parts: T[]; whole: boolean } {
  const whole = count <= MOST_READ;
  const numbers = Array.from({ length: whole ? count : MOST_TERMS + 1 }, (_, i) => i);
  if (!whole) numbers[MOST_TERMS] = count - 1;
  return { parts: numbers.map(at), whole };
}

const size = (tree: Tree): number => extent(tree).rows * extent(tree).columns;
