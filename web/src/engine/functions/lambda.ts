/** LET and LAMBDA, and the functions that take a function. A function knows its names, and is no value. */

import { at, caught } from "../arrays.js";
import { isTable, type Result, type Table } from "../grid.js";
import { toNumber } from "../operators.js";
import type { ArgumentCompiler, Known, Lambda, Run } from "../run.js";
import type { Tree } from "../tree.js";
import { CellError, type Value } from "../values.js";
import { part } from "./lookup.js";
import { filled, table } from "./work.js";

type Args = (Tree | null)[];

/** The names among some arguments, each once; null where something else stands there. */
function namesOf(args: Args): string[] | null {
  const names = args.map((tree) => (tree?.kind === "name" ? tree.name.toLowerCase() : ""));
  return names.includes("") || new Set(names).size < names.length ? null : names;
}

const fails = (name: string): Run => () => {
  throw new CellError("#VALUE!", name);
};

/** The function of a LAMBDA; null where it is none. */
export function makeLambda(compiler: ArgumentCompiler, args: Args): Lambda | null {
  const names = namesOf(args.slice(0, -1));
  const body = args.at(-1);
  if (!names || !body) return null;
  const values: Result[] = [];
  const run = compiler.knowing(names.map((name, i) => [name, () => values[i]!])).table(body, true);
  const call = (given: Result[]): Result => {
    given.forEach((value, i) => (values[i] = value));
    return caught(run);
  };
  return { arity: names.length, call };
}

/** Names with their values by turns, then the formula that uses them. */
function makeLet(compiler: ArgumentCompiler, args: Args): Run {
  const body = args.at(-1);
  const names = namesOf(args.slice(0, -1).filter((_, i) => i % 2 === 0));
  if (!body || !names || args.length % 2 === 0) return fails("LET");
  let inside = compiler;
  const steps: (() => void)[] = [];
  names.forEach((name, i) => {
    const tree = args[2 * i + 1] ?? null;
    let known: Known | null = inside.lambda(tree);
    if (!known) {
      const run = tree ? inside.table(tree, true) : () => null;
      let value: Result = null;
      steps.push(() => (value = caught(run)));
      known = () => value;
    }
    inside = inside.knowing([[name, known]]);
  });
  const run = inside.table(body, true);
  return () => {
    for (const step of steps) step();
    return run();
  };
}

type Taking = (lambda: Lambda, given: Result[]) => Result;

/** A function whose last argument is a function of so many values. */
function makeTaking(arity: (others: number) => number, work: Taking): (compiler: ArgumentCompiler, args: Args) => Run {
  return (compiler, args) => {
    const lambda = compiler.lambda(args.at(-1));
    const others = args.slice(0, -1).map((tree) => (tree ? compiler.table(tree, true) : () => null));
    if (lambda?.arity !== arity(others.length)) return fails("LAMBDA");
    return () => work(lambda, others.map((run) => run()));
  };
}

/** What a function gives where one value belongs. */
function single(result: Result): Value {
  if (!isTable(result)) return result;
  return result.rows * result.columns === 1 ? result.get(0, 0) : new CellError("#VALUE!");
}

function map(lambda: Lambda, given: Result[]): Result {
  const tables = given.map(table);
  const most = (of: (one: Table) => number): number => Math.max(...tables.map(of));
  return filled(most((one) => one.rows), most((one) => one.columns), (r, c) => single(lambda.call(tables.map((one) => at(one as Result, r, c)))));
}

const wholeNumber = (value: Result): number => Math.trunc(toNumber(single(value)));

export const LAMBDAS = {
  LET: makeLet,
  LAMBDA: () => fails("LAMBDA"),
  MAP: makeTaking((others) => others, map),
  BYROW: makeTaking(() => 1, (lambda, [from]) => filled(table(from!).rows, 1, (r) => single(lambda.call([part(table(from!), r + 1, 0)])))),
  BYCOL: makeTaking(() => 1, (lambda, [from]) => filled(1, table(from!).columns, (_, c) => single(lambda.call([part(table(from!), 0, c + 1)])))),
  REDUCE: makeTaking(() => 2, (lambda, [start, from]) => {
    const all = table(from!);
    let result: Result = start ?? null;
    for (let r = 0; r < all.rows; r++) for (let c = 0; c < all.columns; c++) result = lambda.call([result, all.get(r, c)]);
    return result;
  }),
  MAKEARRAY: makeTaking(() => 2, (lambda, [rows, columns]) => filled(wholeNumber(rows!), wholeNumber(columns!), (r, c) => single(lambda.call([r + 1, c + 1])))),
};
