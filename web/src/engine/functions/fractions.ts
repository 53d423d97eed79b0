/** Numbers as fractions, in a pattern such as `# ?/?`, `??/??` or `# ?/8`. */

const FRACTION = /^(?:([#0]+)( +))?(\?+)( ?)\/( ?)(\?+|[1-9]\d*)$/;

export const isFraction = (pattern: string): boolean => FRACTION.test(pattern);

export function fractional(value: number, pattern: string): string {
  const [, whole, gap = "", top, before, behind, bottom] = FRACTION.exec(pattern) as unknown as [string, string?, string?, ...string[]];
  const size = Math.abs(value);
  const isFree = bottom![0] === "?";
  const [above, below] = isFree ? nearest(size, 10 ** Math.max(top!.length, bottom!.length) - 1) : [Math.round(size * Number(bottom)), Number(bottom)];
  const sign = value < 0 && above > 0 ? "-" : "";
  const rest = whole ? above % below : above;
  const line = `${String(rest).padStart(top!.length)}${before}/${behind}${String(below).padEnd(bottom!.length)}`;
  if (!whole) return sign + line;
  const least = whole.replaceAll("#", "").length || (rest ? 0 : 1);
  const digits = String(Math.floor(above / below));
  // Where nothing is left, there is room for it: numbers below each other stay in line.
  return sign + (digits === "0" ? "" : digits).padStart(least, "0") + gap + (rest ? line : " ".repeat(line.length));
}

/** The last convergent of the continued fraction whose denominator is small enough, as spreadsheets take it. */
function nearest(size: number, most: number): [number, number] {
  let [above, below, aboveLast, belowLast] = [1, 0, 0, 1];
  for (let rest = size; ; ) {
    const next = Math.floor(rest);
    const [a, b] = [next * above + aboveLast, next * below + belowLast];
    if (b > most) break;
    [aboveLast, belowLast, above, below] = [above, below, a, b];
    if (rest - next < 5e-8) break;
    rest = 1 / (rest - next);
  }
  return [above, below];
}
