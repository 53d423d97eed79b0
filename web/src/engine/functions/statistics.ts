/** Functions of many numbers at once. */

import { each, isTable, type Result } from "../grid.js";
import { finite, spelled, toLogical, toNumber } from "../operators.js";
import { CellError, Matrix, type Value } from "../values.js";
import { criterion } from "./criteria.js";
import { numbers, table, values, type Work, type Works } from "./work.js";

function sum(found: number[]): number {
  let total = 0;
  for (const x of found) total += x;
  return finite(total);
}

function mean(found: number[]): number {
  if (found.length === 0) throw new CellError("#DIV/0!");
  return sum(found) / found.length;
}

/** Squared distances from the mean, over n or n − 1. */
function variance(found: number[], less: number): number {
  const centre = mean(found);
  if (found.length <= less) throw new CellError("#DIV/0!");
  return sum(found.map((x) => (x - centre) ** 2)) / (found.length - less);
}

/** The n-th number in order, counted from 1. */
function ranked(found: number[], n: number, ascending: boolean): number {
  const place = Math.trunc(n);
  if (place < 1 || place > found.length) throw new CellError("#NUM!");
  const inOrder = Float64Array.from(found).sort(); // of numbers alone: no function is called for each pair
  return inOrder[ascending ? place - 1 : found.length - place]!;
}

function median(found: number[]): number {
  if (found.length === 0) throw new CellError("#NUM!");
  const inOrder = Float64Array.from(found).sort();
  const middle = inOrder.length >> 1;
  return inOrder.length % 2 ? inOrder[middle]! : (inOrder[middle - 1]! + inOrder[middle]!) / 2;
}

function overall(work: (found: number[]) => number): Work {
  return (...args) => work(numbers(args));
}

function counting(counts: (value: Value, direct: boolean) => boolean): Work {
  return (...args) => {
    let count = 0;
    const look = (value: Value, direct: boolean): void => void (count += counts(value, direct) ? 1 : 0);
    for (const arg of args) {
      if (isTable(arg)) values(arg).forEach((value) => look(value, false));
      else look(arg, true);
    }
    return count;
  };
}

/** Whether a value that was given directly counts as a number. */
function isNumeric(value: Value): boolean {
  return typeof value === "boolean" || (typeof value === "string" && spelled(value) !== null);
}

function largest(found: number[]): number {
  let best = found[0] ?? 0;
  for (const x of found) if (x > best) best = x;
  return best;
}

/** SUMPRODUCT: what is no number counts as 0; the tables must have one shape. */
function products(args: Result[]): number {
  const tables = args.map(table);
  const first = tables[0]!;
  if (tables.some((other) => other.rows !== first.rows || other.columns !== first.columns)) {
    throw new CellError("#VALUE!");
  }
  let total = 0;
  for (let r = 0; r < first.rows; r++) {
    for (let c = 0; c < first.columns; c++) {
      let product = 1;
      for (const one of tables) product *= counted(one.get(r, c));
      total += product;
    }
  }
  return finite(total);
}

function counted(value: Value): number {
  if (value instanceof CellError) throw value;
  return typeof value === "number" ? value : 0;
}

/** Sums work(x, y) over two tables of one shape. */
function pairs(work: (x: number, y: number) => number): Work {
  return (left, right) => {
    const [x, y] = [values(left!), values(right!)];
    if (x.length !== y.length) throw new CellError("#N/A");
    return sum(x.map((value, i) => work(counted(value), counted(y[i]!))));
  };
}

/** The values beside those that meet a condition. */
function matching(args: Result[]): number[] {
  const [where, condition, from = where] = args;
  const meets = criterion(condition as Value);
  const beside = values(from!);
  return values(where!).flatMap((value, i) => {
    const other = beside[i] ?? null;
    if (meets(value) && other instanceof CellError) throw other;
    return meets(value) && typeof other === "number" ? [other] : [];
  });
}

/** The places in ranges of one shape that meet a condition in each: range, condition, range, … */
function meeting(args: Result[]): number[] {
  const tests = Array.from({ length: args.length / 2 }, (_, i) => ({ found: values(args[2 * i]!), meets: criterion(args[2 * i + 1] as Value) }));
  const [first] = tests;
  if (args.length % 2 || tests.some(({ found }) => found.length !== first!.found.length)) throw new CellError("#VALUE!");
  return first!.found.map((_, i) => i).filter((i) => tests.every(({ found, meets }) => meets(found[i]!)));
}

/** The numbers of a range at the places that meet all conditions. */
function numbersMeeting([from, ...conditions]: Result[]): number[] {
  const found = values(from!);
  const places = meeting(conditions);
  if (values(conditions[0]!).length !== found.length) throw new CellError("#VALUE!");
  return numbers([new Matrix(1, places.length, places.map((i) => found[i]!))]);
}

/** The place of a number among others, the largest first; with `up` the smallest. */
function rank(number: number, among: number[], up: boolean): number {
  if (!among.includes(number)) throw new CellError("#N/A");
  return 1 + among.filter((other) => (up ? other < number : other > number)).length;
}

function percentile(found: number[], share: number): number {
  if (share < 0 || share > 1 || found.length === 0) throw new CellError("#NUM!");
  const inOrder = Float64Array.from(found).sort();
  const place = share * (found.length - 1);
  const below = Math.floor(place);
  const [low, high] = [inOrder[below]!, inOrder[Math.min(below + 1, found.length - 1)]!];
  return low + (place - below) * (high - low);
}

/** Of two rows the pairs of numbers count. */
function correlation(left: Result, right: Result): number {
  const [x, y] = [values(left), values(right)];
  if (x.length !== y.length) throw new CellError("#N/A");
  const failed = [...x, ...y].find((value) => value instanceof CellError);
  if (failed instanceof CellError) throw failed;
  const both = x.map((_, i) => i).filter((i) => typeof x[i] === "number" && typeof y[i] === "number");
  const [a, b] = [x, y].map((row) => both.map((i) => row[i] as number)) as [number[], number[]];
  const [meanA, meanB] = [mean(a), mean(b)];
  const together = sum(a.map((value, i) => (value - meanA) * (b[i]! - meanB)));
  const apart = Math.sqrt(sum(a.map((value) => (value - meanA) ** 2)) * sum(b.map((value) => (value - meanB) ** 2)));
  if (apart === 0) throw new CellError("#DIV/0!");
  return together / apart;
}

/** AND, OR, XOR: text in ranges is passed over. */
function logical(work: (truths: boolean[]) => boolean): Work {
  return (...args) => {
    const truths: boolean[] = [];
    for (const arg of args) {
      if (!isTable(arg)) truths.push(toLogical(arg));
      else each(arg, (value) => void (typeof value !== "string" && value !== null && truths.push(toLogical(value))));
    }
    if (truths.length === 0) throw new CellError("#VALUE!");
    return work(truths);
  };
}

const sampleDeviation = overall((x) => Math.sqrt(variance(x, 1)));
const deviation = overall((x) => Math.sqrt(variance(x, 0)));
const sampleVariance = overall((x) => variance(x, 1));
const wholeVariance = overall((x) => variance(x, 0));

/** Those that count a failed argument as well, or pass it over. */
export const COUNTS = {
  COUNT: counting((value, direct) => typeof value === "number" || (direct && isNumeric(value))),
  COUNTA: counting((value) => value !== null),
};

export const STATISTICS = {
  SUM: overall(sum),
  PRODUCT: overall((x) => finite(x.reduce((total, y) => total * y, x.length ? 1 : 0))),
  SUMSQ: overall((x) => sum(x.map((y) => y * y))),
  AVERAGE: overall(mean),
  MEDIAN: overall(median),
  MAX: overall(largest),
  MIN: overall((x) => -largest(x.map((y) => -y)) + 0),
  COUNTBLANK: counting((value) => value === null || value === ""),
  COUNTIF: (where, condition) => values(where!).filter(criterion(condition as Value)).length,
  SUMIF: (...args) => sum(matching(args)),
  AVERAGEIF: (...args) => mean(matching(args)),
  COUNTIFS: (...args) => meeting(args).length,
  SUMIFS: (...args) => sum(numbersMeeting(args)),
  AVERAGEIFS: (...args) => mean(numbersMeeting(args)),
  RANK: (number, among, up) => rank(toNumber(number as Value), numbers([among!]), up !== undefined && toNumber(up as Value) !== 0),
  PERCENTILE: (from, share) => percentile(numbers([from!]), toNumber(share as Value)),
  CORREL: (left, right) => correlation(left!, right!),
  LARGE: (from, n) => ranked(numbers([from!]), toNumber(n as Value), false),
  SMALL: (from, n) => ranked(numbers([from!]), toNumber(n as Value), true),
  STDEV: sampleDeviation,
  "STDEV.S": sampleDeviation,
  STDEVP: deviation,
  "STDEV.P": deviation,
  VAR: sampleVariance,
  "VAR.S": sampleVariance,
  VARP: wholeVariance,
  "VAR.P": wholeVariance,
  SUMPRODUCT: (...args) => products(args),
  SUMXMY2: pairs((x, y) => (x - y) ** 2),
  SUMX2MY2: pairs((x, y) => x * x - y * y),
  SUMX2PY2: pairs((x, y) => x * x + y * y),
  AND: logical((truths) => truths.every(Boolean)),
  OR: logical((truths) => truths.some(Boolean)),
  XOR: logical((truths) => truths.filter(Boolean).length % 2 === 1),
} satisfies Works;
