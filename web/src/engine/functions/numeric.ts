/** Arithmetic, trigonometry and rounding. */

import { errorFunction, normalBelow, normalDensity, normalInverse } from "../normal.js";
import type { Result } from "../grid.js";
import { power, toLogical, toNumber } from "../operators.js";
import { CellError, type Value } from "../values.js";
import { numeric, row, type Rows } from "./row.js";

function only(allowed: boolean): void {
  if (!allowed) throw new CellError("#NUM!");
}

function notZero(x: number): number {
  if (x === 0) throw new CellError("#DIV/0!");
  return x;
}

function logarithm(x: number): number {
  only(x > 0);
  return Math.log(x);
}

/** Rounds on so many decimals with `how`, as it would be done with the decimal digits. */
function rounded(x: number, decimals: number, how: (x: number) => number): number {
  const places = Math.trunc(decimals);
  const size = moved(Math.abs(x), places);
  if (!Number.isFinite(size)) return x;
  return Math.sign(x) * moved(how(size), -places) + 0;
}

/** x · 10^places through its decimal digits, so that 1.005 becomes 100.5. */
function moved(x: number, places: number): number {
  const [digits, exponent = "0"] = String(x).split("e");
  return Number(`${digits}e${Number(exponent) + places}`);
}

function remainder(x: number, y: number): number {
  return x - notZero(y) * Math.floor(x / y);
}

/** The nearest multiple of `step`, as `how` rounds. */
function multiple(x: number, step: number, how: (x: number) => number): number {
  if (step === 0) return 0;
  only(!(x > 0 && step < 0));
  return step * how(Number((x / step).toPrecision(15)));
}

function factorial(x: number): number {
  only(x >= 0 && x <= 170);
  let product = 1;
  for (let n = 2; n <= Math.floor(x); n++) product *= n;
  return product;
}

/** Away from 0. */
const up = (x: number): number => Math.ceil(Number(x.toPrecision(15)));

const DEGREE = Math.PI / 180;

function normal(x: Result, mean: Result, deviation: Result, below: Result): number {
  const width = toNumber(deviation as Value);
  only(width > 0);
  const z = (toNumber(x as Value) - toNumber(mean as Value)) / width;
  return toLogical(below as Value) ? normalBelow(z) : normalDensity(z) / width;
}

const distribution = row("s", 4, 4, (...args) => normal(args[0]!, args[1]!, args[2]!, args[3]!));
const inverse = numeric(1, (p) => {
  only(p > 0 && p < 1);
  return normalInverse(p);
});

export const NUMERIC: Rows = {
  ABS: numeric(1, Math.abs),
  SIGN: numeric(1, Math.sign),
  SQRT: numeric(1, (x) => {
    only(x >= 0);
    return Math.sqrt(x);
  }),
  EXP: numeric(1, Math.exp),
  LN: numeric(1, logarithm),
  LOG10: numeric(1, (x) => {
    only(x > 0);
    return Math.log10(x);
  }),
  LOG: numeric(2, (x, base = 10) => (base === 10 && x > 0 ? Math.log10(x) : logarithm(x) / notZero(logarithm(base))), 1),
  POWER: numeric(2, power),
  MOD: numeric(2, remainder),
  QUOTIENT: numeric(2, (x, y) => Math.trunc(x / notZero(y))),
  FACT: numeric(1, factorial),
  PI: numeric(0, () => Math.PI),
  INT: numeric(1, Math.floor),
  TRUNC: numeric(2, (x, decimals = 0) => rounded(x, decimals, Math.floor), 1),
  ROUND: numeric(2, (x, decimals) => rounded(x, decimals, (y) => Math.floor(y + 0.5))),
  ROUNDUP: numeric(2, (x, decimals) => rounded(x, decimals, up)),
  ROUNDDOWN: numeric(2, (x, decimals) => rounded(x, decimals, Math.floor)),
  CEILING: numeric(2, (x, step) => multiple(x, step, Math.ceil)),
  FLOOR: numeric(2, (x, step) => multiple(x, step, Math.floor)),
  SIN: numeric(1, Math.sin),
  COS: numeric(1, Math.cos),
  TAN: numeric(1, Math.tan),
  ASIN: numeric(1, Math.asin),
  ACOS: numeric(1, Math.acos),
  ATAN: numeric(1, Math.atan),
  ATAN2: numeric(2, (x, y) => {
    notZero(Math.abs(x) + Math.abs(y));
    return Math.atan2(y, x);
  }),
  SINH: numeric(1, Math.sinh),
  COSH: numeric(1, Math.cosh),
  TANH: numeric(1, Math.tanh),
  ASINH: numeric(1, Math.asinh),
  ACOSH: numeric(1, Math.acosh),
  ATANH: numeric(1, Math.atanh),
  DEGREES: numeric(1, (x) => x / DEGREE),
  RADIANS: numeric(1, (x) => x * DEGREE),
  NORMSDIST: numeric(1, normalBelow),
  NORMSINV: inverse,
  "NORM.S.INV": inverse,
  "NORM.S.DIST": row("s", 2, 2, (x, below) => normal(x!, 0, 1, below!)),
  NORMDIST: distribution,
  "NORM.DIST": distribution,
  ERF: numeric(1, errorFunction),
  ERFC: numeric(1, (x) => 2 * normalBelow(-x * Math.SQRT2)),
};
