/**
 * Reads a formula into a tree, with the precedence of a spreadsheet: from loose to tight
 * comparisons, &, + and −, * and /, ^ (all from the left), a sign before (so −2^2 is 4), % behind.
 */

import { DEEPEST, LEVELS } from "./table.generated.js";
import { FormulaFault, tokenize, type Token } from "./tokens.js";
import type { CellTree, Operator, Tree } from "./tree.js";
import type { ErrorCode } from "./values.js";

export interface Parsed {
  tree: Tree;
  tokens: Token[];
}

/** Stands before younger functions, and what LET and LAMBDA name, in files; it may be typed, and says nothing. */
const PREFIX = /^_xlfn\.(_xlws\.)?|^_xlpm\./i;

/**
 * The tree of a formula without its equals sign. `sheetOf` gives a sheet's number; `deepest` is how
 * many functions, parentheses and signs may stand inside each other. Throws FormulaFault.
 */
export function parse(text: string, sheetOf: (name: string) => number | null, deepest = DEEPEST): Parsed {
  const tokens = tokenize(text);
  return { tree: new Parser(tokens, text.length, sheetOf, deepest).whole(), tokens };
}

class Parser {
  private readonly solid: Token[];
  private readonly starts: number[] = [];
  private at = 0;
  private depth = 0;

  constructor(
    tokens: Token[],
    private readonly length: number,
    private readonly sheetOf: (name: string) => number | null,
    private readonly deepest: number,
  ) {
    this.solid = tokens.filter((token) => token.kind !== "space");
    let start = 0;
    for (const token of tokens) {
      if (token.kind !== "space") this.starts.push(start);
      start += token.text.length;
    }
  }

  whole(): Tree {
    const tree = this.level(0);
    if (this.at < this.solid.length) throw this.fault();
    return tree;
  }

  private fault(): FormulaFault {
    return new FormulaFault(this.starts[this.at] ?? this.length);
  }

  private peek(): string {
    const token = this.solid[this.at];
    return token?.kind === "mark" ? token.text : "";
  }

  private take(mark: string): void {
    if (this.peek() !== mark) throw this.fault();
    this.at += 1;
  }

  private level(level: number): Tree {
    const operators: readonly string[] | undefined = LEVELS[level];
    if (!operators) return this.prefixed();
    let left = this.level(level + 1);
    for (let mark = this.peek(); operators.includes(mark); mark = this.peek()) {
      this.at += 1;
      left = { kind: "infix", operator: mark as Operator, left, right: this.level(level + 1) };
    }
    return left;
  }

  private prefixed(): Tree {
    const mark = this.peek();
    if (mark !== "-" && mark !== "+") return this.percented();
    this.at += 1;
    return this.deeper(() => ({ kind: "prefix", operator: mark, operand: this.prefixed() }));
  }

  private percented(): Tree {
    let tree = this.ranged();
    const outside = this.depth;
    for (; this.peek() === "%"; this.at += 1) {
      const operand = tree;
      tree = this.deeper(() => ({ kind: "percent", operand }));
      this.depth += 1;
    }
    this.depth = outside;
    return tree;
  }

  private ranged(): Tree {
    const first = this.atom();
    if (this.peek() !== ":" || (first.kind !== "cell" && first.kind !== "error")) return first;
    this.at += 1;
    if (this.solid[this.at]?.kind === "sheet") throw this.fault();
    const last = this.atom();
    if (last.kind !== "cell" && last.kind !== "error") throw this.fault();
    // A corner that is no more, as where a formula was filled beyond the edge of the sheet.
    if (first.kind === "error" || last.kind === "error") return first.kind === "error" ? first : last;
    return { kind: "range", first, last };
  }

  private atom(): Tree {
    const token = this.solid[this.at];
    if (!token) throw this.fault();
    if (token.kind === "mark") return this.bracketed(token.text);
    this.at += 1;
    switch (token.kind) {
      case "number":
        return { kind: "number", value: this.number(token.text) };
      case "text":
        return { kind: "text", value: token.value };
      case "error":
        return { kind: "error", code: token.text.toUpperCase() as ErrorCode };
      case "ref":
        return { ...cell(token), sheet: null };
      case "sheet":
        return this.elsewhere(token.value);
      case "function":
        return this.deeper(() => ({ kind: "call", name: token.text.replace(PREFIX, "").toUpperCase(), args: this.arguments() }));
      default:
        return named(token.text.replace(PREFIX, ""));
    }
  }

  /** A number that a cell can hold. */
  private number(text: string): number {
    const value = Number(text);
    if (Number.isFinite(value)) return value;
    this.at -= 1;
    throw this.fault();
  }

  private bracketed(mark: string): Tree {
    if (mark === "{") return this.deeper(() => this.array());
    this.take("(");
    const tree = this.deeper(() => this.level(0));
    this.take(")");
    return tree;
  }

  /** A cell on another sheet; an unknown sheet is #REF!. */
  private elsewhere(name: string): Tree {
    const token = this.solid[this.at];
    if (token?.kind === "error") this.at += 1;
    if (token?.kind === "error") return { kind: "error", code: "#REF!" };
    if (token?.kind !== "ref") throw this.fault();
    this.at += 1;
    const sheet = this.sheetOf(name);
    return sheet === null ? { kind: "error", code: "#REF!" } : { ...cell(token), sheet };
  }

  private arguments(): (Tree | null)[] {
    this.take("(");
    const args: (Tree | null)[] = [];
    if (this.peek() === ")") {
      this.at += 1;
      return args;
    }
    for (;;) {
      const mark = this.peek();
      args.push(mark === "," || mark === ";" || mark === ")" ? null : this.level(0));
      const next = this.peek();
      if (next !== "," && next !== ";") break;
      this.at += 1;
    }
    this.take(")");
    return args;
  }

  private array(): Tree {
    const rows: Tree[][] = [[]];
    do {
      if (this.peek() === ";") rows.push([]);
      this.at += 1;
      rows[rows.length - 1]!.push(this.constant());
    } while (this.peek() === "," || this.peek() === ";");
    this.take("}");
    if (rows.some((row) => row.length !== rows[0]!.length)) throw this.fault();
    return { kind: "array", rows };
  }

  private constant(): Tree {
    const tree = this.prefixed();
    const signed = tree.kind === "prefix" && tree.operand.kind === "number";
    if (!signed && !["number", "text", "logical", "error"].includes(tree.kind)) throw this.fault();
    return tree;
  }

  private deeper<T>(inner: () => T): T {
    this.depth += 1;
    if (this.depth > this.deepest) throw this.fault();
    const result = inner();
    this.depth -= 1;
    return result;
  }
}

function cell(token: Token & { kind: "ref" }): CellTree {
  const { row, column, rowFixed, columnFixed } = token;
  return { kind: "cell", sheet: null, row, column, rowFixed, columnFixed };
}

function named(name: string): Tree {
  const upper = name.toUpperCase();
  if (upper === "TRUE" || upper === "FALSE") return { kind: "logical", value: upper === "TRUE" };
  return { kind: "name", name };
}
