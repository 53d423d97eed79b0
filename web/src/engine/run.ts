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
  /** A compiler that knows more names: of values, and of functions. */
  knowing(names: Iterable<[string, Known]>): ArgumentCompiler;
  /** The function that a LAMBDA or a name says; null where it says none. */
  lambda(tree: Tree | null | undefined): Lambda | null;
}

/** A function of a formula; what fails in it is its value. */
export interface Lambda {
  arity: number;
  call(args: Result[]): Result;
}

/** What a name given by LET or LAMBDA is. */
export type Known = Run | Lambda;
