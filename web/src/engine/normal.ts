/** The normal distribution to full double precision. */

const ROOT = Math.sqrt(2 * Math.PI);
/** From here on the tail is a continued fraction, which keeps its relative precision. */
const TAIL = 3;

export function normalDensity(x: number): number {
  return Math.exp((-x * x) / 2) / ROOT;
}

/**
 * The share of a normal distribution below x. Near 0 by the series of Marsaglia (2004, "Evaluating
 * the normal distribution"), further out by Laplace's continued fraction of the Mills ratio.
 */
export function normalBelow(x: number): number {
  if (x > TAIL) return 1 - upper(x);
  if (x < -TAIL) return upper(-x);
  let sum = x;
  let term = x;
  for (let n = 3; Math.abs(term) > 1e-18; n += 2) {
    term *= (x * x) / n;
    sum += term;
  }
  return 0.5 + sum * normalDensity(x);
}

function upper(x: number): number {
  let fraction = x;
  for (let n = 120; n > 0; n--) fraction = x + n / fraction;
  return normalDensity(x) / fraction;
}

/** x with so much of the distribution below it, by bisection and Newton's method. */
export function normalInverse(share: number): number {
  let low = -40;
  let high = 40;
  for (let i = 0; i < 60; i++) {
    const middle = (low + high) / 2;
    if (normalBelow(middle) < share) low = middle;
    else high = middle;
  }
  const x = (low + high) / 2;
  const slope = normalDensity(x);
  return slope > 0 ? x - (normalBelow(x) - share) / slope : x;
}

/** The error function, through the normal distribution. */
export function errorFunction(x: number): number {
  return 2 * normalBelow(x * Math.SQRT2) - 1;
}
