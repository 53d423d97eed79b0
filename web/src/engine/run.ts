/** A compiled part of a formula, and what a function's row needs of the compiler to make one. */

import type { Result } from "./grid.js";
import type { Tree } from "./tree.js";

export type Run = () => Result;

/** Compiles the arguments of a call; `many`: as in an array formula. */
export interface ArgumentCompiler {
  /** Gives one value, or with `many` perhaps a table. */
  value(tree: Tree, many: boolean): Run;
  /** An argument that may be a range as it stands. */
  table(tree: Tree, many: boolean): Run;
}
