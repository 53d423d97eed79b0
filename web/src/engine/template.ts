/**
 * A formula as it was written in one cell, and all cells that it is filled into.
 *
 * It is read and compiled once, when it is first needed.
 */

import { compile, type Compiled, rectangle, type Scope } from "./compile.js";
import type { Grid } from "./grid.js";
import { parse, type Parsed } from "./parser.js";
import { DEEPEST } from "./table.generated.js";
import { shifted } from "./tokens.js";
import type { Tree } from "./tree.js";

/** What a formula can name in its book. */
export interface Names {
  grids: readonly Grid[];
  sheetOf(name: string): number | null;
  named(name: string): Tree | null;
}

/** sheet, row, column, rows, columns */
export type Rectangle = [number, number, number, number, number];

export class Template {
  private read: Parsed | null = null;
  private made: Compiled | null = null;

  /** `text` is without the equals sign, as it stands in the cell at row and column. */
  constructor(
    readonly text: string,
    readonly sheet: number,
    readonly row: number,
    readonly column: number,
    readonly many: boolean,
    private readonly names: Names,
    /** A book's own formulas may be nested deeper than those that somebody types. */
    private readonly deepest = 3 * DEEPEST,
  ) {}

  /** A formula that was built, not written; it has no text. */
  static ofTree(tree: Tree, sheet: number, row: number, column: number, many: boolean, names: Names): Template {
    const template = new Template("", sheet, row, column, many, names);
    template.read = { tree, tokens: [] };
    return template;
  }

  get parsed(): Parsed {
    this.read ??= parse(this.text, this.names.sheetOf, this.deepest);
    return this.read;
  }

  get compiled(): Compiled {
    this.made ??= compile(this.parsed.tree, this.scope, this.many);
    return this.made;
  }

  private get scope(): Scope {
    const { grids, named } = this.names;
    return { sheet: this.sheet, row: this.row, column: this.column, grids, named };
  }

  /** Its text where it is filled to. */
  textAt(row: number, column: number): string {
    const [down, right] = [row - this.row, column - this.column];
    return down === 0 && right === 0 ? this.text : shifted(this.parsed.tokens, down, right);
  }

  /** The rectangles that it reads where it is filled to. */
  readsAt(row: number, column: number): Rectangle[] {
    return this.compiled.reads.map((reads) => [
      reads.sheet,
      ...rectangle(reads, row - this.row, column - this.column),
    ]);
  }
}
