/** Arithmetic, trigonometry and rounding. */

import { errorFunction, normalBelow, normalDensity, normalInverse } from "../normal.js";
import type { Result } from "../grid.js";
import { power, toLogical, toNumber } from "../operators.js";
import { CellError, type Value } from "../values.js";
import { numeric, type Work, type Works } from "./work.js";

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
export function rounded(x: number, decimals: number, how: (x: number) => number): number {
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

export const half = (x: number): number => Math.floor(x + 0.5);

const DEGREE = Math.PI / 180;

function normal(x: Result, mean: Result, deviation: Result, below: Result): number {
  const width = toNumber(deviation as Value);
  only(width > 0);
  const z = (toNumber(x as Value) - toNumber(mean as Value)) / width;
  return toLogical(below as Value) ? normalBelow(z) : normalDensity(z) / width;
}

const distribution: Work = (x, mean, deviation, below) => normal(x!, mean!, deviation!, below!);
const inverse = numeric((p) => {
  only(p > 0 && p < 1);
  return normalInverse(p);
});

export const NUMERIC = {
  ABS: numeric(Math.abs),
  SIGN: numeric(Math.sign),
  SQRT: numeric((x) => {
    only(x >= 0);
    return Math.sqrt(x);
  }),
  EXP: numeric(Math.exp),
  LN: numeric(logarithm),
  LOG10: numeric((x) => {
    only(x > 0);
    return Math.log10(x);
  }),
  LOG: numeric((x, base = 10) => (base === 10 && x > 0 ? Math.log10(x) : logarithm(x) / notZero(logarithm(base)))),
  POWER: numeric(power),
  MOD: numeric(remainder),
  QUOTIENT: numeric((x, y) => Math.trunc(x / notZero(y))),
  FACT: numeric(factorial),
  PI: numeric(() => Math.PI),
  RAND: () => Math.random(),
  INT: numeric(Math.floor),
  TRUNC: numeric((x, decimals = 0) => rounded(x, decimals, Math.floor)),
  ROUND: numeric((x, decimals) => rounded(x, decimals, half)),
  ROUNDUP: numeric((x, decimals) => rounded(x, decimals, up)),
  ROUNDDOWN: numeric((x, decimals) => rounded(x, decimals, Math.floor)),
  CEILING: numeric((x, step) => multiple(x, step, Math.ceil)),
  FLOOR: numeric((x, step) => (x === 0 ? 0 : multiple(x, notZero(step), Math.floor))),
  SIN: numeric(Math.sin),
  COS: numeric(Math.cos),
  TAN: numeric(Math.tan),
  ASIN: numeric(Math.asin),
  ACOS: numeric(Math.acos),
  ATAN: numeric(Math.atan),
  ATAN2: numeric((x, y) => {
    notZero(Math.abs(x) + Math.abs(y));
    return Math.atan2(y, x);
  }),
  SINH: numeric(Math.sinh),
  COSH: numeric(Math.cosh),
  TANH: numeric(Math.tanh),
  ASINH: numeric(Math.asinh),
  ACOSH: numeric(Math.acosh),
  ATANH: numeric(Math.atanh),
  DEGREES: numeric((x) => x / DEGREE),
  RADIANS: numeric((x) => x * DEGREE),
  NORMSDIST: numeric(normalBelow),
  NORMSINV: inverse,
  "NORM.S.INV": inverse,
  "NORM.S.DIST": (x, below) => normal(x!, 0, 1, below!),
  NORMDIST: distribution,
  "NORM.DIST": distribution,
  ERF: numeric((from, to) => (to === undefined ? errorFunction(from) : errorFunction(to) - errorFunction(from))),
  ERFC: numeric((x) => 2 * normalBelow(-x * Math.SQRT2)),
} satisfies Works;
