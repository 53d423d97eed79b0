/**
 * Turns the tree of a formula into a function, once for all cells that it is filled into.
 *
 * A relative address becomes a distance from `contextCell`, the cell that is being worked out. As
 * in every spreadsheet since Excel 2010, an ordinary formula takes of a range the cell in its own
 * row or column ("one"), and only an array formula, or an argument such as those of SUMPRODUCT,
 * takes all of it ("many"). An array that is written out is whole everywhere.
 */

import { caught, lift, lift2, mapped, scalarOf } from "./arrays.js";
import { contextCell } from "./context_cell.js";
import { makeLambda } from "./functions/lambda.js";
import { FUNCTIONS, kindOf } from "./functions/table.js";
import type { Work } from "./functions/work.js";
import { type Grid, isTable, Reference } from "./grid.js";
import { infix, toNumber } from "./operators.js";
import type { ArgumentCompiler, Known, Lambda, Run } from "./run.js";
import type { CellTree, Tree } from "./tree.js";
import { CellError, Matrix, type Value } from "./values.js";

/** Cells of the largest range that a formula may read: two whole columns. */
export const MOST_CELLS = 2 * 1_048_576;

/** A rectangle that a formula reads; what is not fixed counts from the formula's cell. */
export interface Reads {
  sheet: number;
  first: CellTree;
  last: CellTree;
}

/** Where a formula stands and what it can name. */
export interface Scope {
  sheet: number;
  row: number;
  column: number;
  grids: readonly Grid[];
  /** A defined name as a tree of fixed addresses, or with a parenthesis behind it as a LAMBDA; or null. */
  named(name: string): Tree | null;
}

/** A formula ready to run; `reads` are all rectangles that it can read. */
export interface Compiled {
  run: Run;
  reads: Reads[];
  /** Whether it gives something else each time, as RAND does. */
  drawn: boolean;
}

/** `many`: as an array formula. */
export function compile(tree: Tree, scope: Scope, many: boolean): Compiled {
  const compiler = new Compiler(scope);
  return { run: compiler.value(tree, many), ...compiler.found };
}

class Compiler implements ArgumentCompiler {
  constructor(
    private readonly scope: Scope,
    readonly found: { reads: Reads[]; drawn: boolean } = { reads: [], drawn: false },
    private readonly names: ReadonlyMap<string, Known> = new Map(),
  ) {}

  knowing(names: Iterable<[string, Known]>): ArgumentCompiler {
    return new Compiler(this.scope, this.found, new Map([...this.names, ...names]));
  }

  lambda(tree: Tree | null | undefined): Lambda | null {
    if (tree?.kind === "call" && tree.name === "LAMBDA") return makeLambda(this, tree.args);
    const known = tree?.kind === "name" && this.names.get(tree.name.toLowerCase());
    return known && typeof known === "object" ? known : null;
  }

  /** Gives one value, or with `many` perhaps a table. */
  value(tree: Tree, many: boolean): Run {
    switch (tree.kind) {
      case "number":
      case "text":
      case "logical":
        return constant(tree.value);
      case "error":
        return constant(new CellError(tree.code));
      case "cell":
        return this.cell(tree);
      case "range":
        return many ? this.range(tree) : crossing(this.range(tree));
      case "name":
        return this.name(tree.name, (known) => this.value(known, many));
      case "call":
        return this.call(tree.name, tree.args, many);
      case "infix":
        return this.infix(tree, many);
      case "prefix":
        return this.unary(tree.operand, many, tree.operator === "-" ? (x) => -toNumber(x) : (x) => x);
      case "percent":
        return this.unary(tree.operand, many, (x) => toNumber(x) / 100);
      case "array":
        return this.array(tree.rows);
    }
  }

  /** An argument that may be a range as it stands, so that text in its cells is passed over. */
  table(tree: Tree, many: boolean): Run {
    if (tree.kind === "cell") return this.range({ first: tree, last: tree });
    if (tree.kind === "range") return this.range(tree);
    if (tree.kind === "name") return this.name(tree.name, (known) => this.table(known, many));
    return tree.kind === "call" ? this.called(tree.name, tree.args, many) : this.value(tree, many);
  }

  private cell(tree: CellTree): Run {
    this.found.reads.push({ sheet: tree.sheet ?? this.scope.sheet, first: tree, last: tree });
    const { rows } = this.scope.grids[tree.sheet ?? this.scope.sheet]!;
    const { row, column } = tree;
    const down = row - this.scope.row;
    const right = column - this.scope.column;
    if (tree.rowFixed && tree.columnFixed) return () => rows[row]?.[column] ?? null;
    if (tree.rowFixed) return () => rows[row]?.[contextCell.column + right] ?? null;
    if (tree.columnFixed) return () => rows[contextCell.row + down]?.[column] ?? null;
    return () => rows[contextCell.row + down]?.[contextCell.column + right] ?? null;
  }

  private range(tree: { first: CellTree; last: CellTree }): () => Reference {
    const sheet = tree.first.sheet ?? this.scope.sheet;
    this.found.reads.push({ sheet, first: tree.first, last: tree.last });
    const grid = this.scope.grids[sheet]!;
    const { row, column } = this.scope;
    const at = { first: tree.first, last: tree.last };
    return () => {
      const [top, left, rows, columns] = rectangle(at, contextCell.row - row, contextCell.column - column);
      if (rows * columns > MOST_CELLS) throw new CellError("#REF!");
      return new Reference(grid, top, left, rows, columns);
    };
  }

  private name(name: string, known: (tree: Tree) => Run): Run {
    const given = this.names.get(name.toLowerCase());
    if (given) return typeof given === "function" ? given : failure("#VALUE!", name);
    const tree = this.scope.named(name);
    return tree ? known(tree) : failure("#NAME?", name);
  }

  private infix(tree: Tree & { kind: "infix" }, many: boolean): Run {
    const left = this.value(tree.left, many);
    const right = this.value(tree.right, many);
    const work = infix(tree.operator);
    if (many || canBeTable(tree)) return () => lift2(work, left(), right());
    return () => work(left() as Value, right() as Value);
  }

  private unary(operand: Tree, many: boolean, work: (x: Value) => Value): Run {
    const inner = this.value(operand, many);
    return () => {
      const found = inner();
      return isTable(found) ? mapped(found, work) : work(found);
    };
  }

  private array(rows: Tree[][]): Run {
    const runs = rows.flat().map((tree) => this.value(tree, false));
    const columns = rows[0]!.length;
    return () => new Matrix(rows.length, columns, runs.map((run) => run() as Value));
  }

  /** A call as an operand: without `many` one cell of a range that it gives. */
  private call(name: string, args: (Tree | null)[], many: boolean): Run {
    const run = this.called(name, args, many);
    return many || !REFERRING.has(name) ? run : crossing(run);
  }

  private called(name: string, args: (Tree | null)[], many: boolean): Run {
    const own = this.names.get(name.toLowerCase()) ?? this.lambda(this.scope.named(`${name}(`));
    if (own) return this.ownCall(own, name, args);
    const row = FUNCTIONS.get(name);
    if (!row) return failure("#NAME?", name);
    if (name === "RAND") this.found.drawn = true;
    const fits = args.length >= row.least && args.length <= row.most;
    if (!fits || args.some((tree, i) => isCapital(kindOf(row, i)) && !this.standsInCells(tree))) {
      return failure("#VALUE!", name);
    }
    if (row.make) return row.make(this, args, many);
    const kinds = args.map((_, i) => kindOf(row, i).toLowerCase());
    return this.ordinary(row.work!, kinds, args, many);
  }

  /** A call of a function that LET or the book named. */
  private ownCall(own: Known, name: string, args: (Tree | null)[]): Run {
    if (typeof own === "function" || own.arity !== args.length) return failure("#VALUE!", name);
    const runs = args.map((tree) => (tree ? this.table(tree, true) : constant(null)));
    return () => own.call(runs.map(caught));
  }

  /** Whether an argument is cells of the book; what LET names are values. */
  private standsInCells(tree: Tree | null | undefined): boolean {
    return standsInCells(tree) && !(tree?.kind === "name" && this.names.has(tree.name.toLowerCase()));
  }

  private ordinary(work: Work, kinds: string[], args: (Tree | null)[], many: boolean): Run {
    const single = kinds.map((kind) => kind === "s");
    const runs = args.map((tree, i) => this.argument(tree, kinds[i]!, many));
    if (!single.includes(true) || !(many || args.some(canBeTable))) return () => work(...runs.map((run) => run()));
    return () => lift(runs.map((run) => run()), (values) => work(...values), single);
  }

  private argument(tree: Tree | null, kind: string, many: boolean): Run {
    if (tree === null) return constant(null);
    if (kind === "s") return this.value(tree, many);
    return this.table(tree, many || kind === "a");
  }
}

const isCapital = (letter: string): boolean => letter < "a";

/** Whether an argument is cells of the book, also a part of them. */
function standsInCells(tree: Tree | null | undefined): boolean {
  if (tree?.kind === "call") return tree.name === "INDEX" && standsInCells(tree.args[0]);
  return tree?.kind === "cell" || tree?.kind === "range" || tree?.kind === "name";
}

function constant(value: Value): Run {
  return () => value;
}

/** Of a range the cell in the formula's own row or column; other tables stay whole. */
function crossing(run: Run): Run {
  return () => {
    const found = run();
    return found instanceof Reference ? scalarOf(found, contextCell.row, contextCell.column) : found;
  };
}

/** Functions that give cells of the book. */
const REFERRING: ReadonlySet<string> = new Set(["INDEX", "IF", "CHOOSE", "IFERROR", "IFNA"]);
/** Functions that give tables of anything. */
const TABLES: ReadonlySet<string> = new Set(["MMULT", "TRANSPOSE", "MINVERSE"]);

/** Whether a part of an ordinary formula can give several values: an array that is written out can. */
function canBeTable(tree: Tree | null): boolean {
  switch (tree?.kind) {
    case "array":
      return true;
    case "infix":
      return canBeTable(tree.left) || canBeTable(tree.right);
    case "prefix":
    case "percent":
      return canBeTable(tree.operand);
    case "call":
      return TABLES.has(tree.name) || tree.args.some(canBeTable);
    default:
      return false;
  }
}

/** An error whatever is asked of it, so that it is not taken for a value that does not fit. */
function failure(code: "#NAME?" | "#VALUE!", detail: string): Run {
  return () => {
    throw new CellError(code, detail);
  };
}

/** Row, column, rows and columns of what a formula reads when it is filled so far. */
export function rectangle(
  reads: { first: CellTree; last: CellTree },
  down: number,
  right: number,
): [number, number, number, number] {
  const { first, last } = reads;
  const r1 = first.rowFixed ? first.row : first.row + down;
  const c1 = first.columnFixed ? first.column : first.column + right;
  if (first === last) return [r1, c1, 1, 1];
  const r2 = last.rowFixed ? last.row : last.row + down;
  const c2 = last.columnFixed ? last.column : last.column + right;
  return [Math.min(r1, r2), Math.min(c1, c2), Math.abs(r2 - r1) + 1, Math.abs(c2 - c1) + 1];
}

