/** The frame of a chart: round numbers at its axes, rules, and the names of both. */

import type { ChartData } from "../format.js";
import { brief, fixed } from "./display.js";
import { s } from "./dom.js";

export const WIDTH = 520;
export const HEIGHT = 280;
export const LEFT = 52;
export const BOTTOM = 40;
export const TOP = 12;
export const RIGHT = 14;

export interface Axis {
  low: number;
  high: number;
  log: boolean;
  /** What stands at 1, 2, 3, … instead of numbers. */
  words?: string[];
  /** How numbers look, such as "0%". */
  format?: string;
}

/** Letters that have room below a chart; more words than that are thinned out. */
const LETTERS = 64;

export function frame(chart: ChartData, across: Axis, up: Axis): SVGElement[] {
  return [
    ...marks(up).flatMap(({ part, text }) => {
      const y = HEIGHT - BOTTOM - part * (HEIGHT - BOTTOM - TOP);
      return [s("path", { class: "rule", d: `M${LEFT} ${y}H${WIDTH - RIGHT}` }), s("text", { class: "tick", x: LEFT - 6, y: y + 3.5, "text-anchor": "end" }, text)];
    }),
    ...marks(across).map(({ part, text }) =>
      s("text", { class: "tick", x: LEFT + part * (WIDTH - LEFT - RIGHT), y: HEIGHT - BOTTOM + 15, "text-anchor": "middle" }, text),
    ),
    s("text", { class: "axisname", x: (LEFT + WIDTH) / 2, y: HEIGHT - 6, "text-anchor": "middle" }, chart.axes[0]),
    s("text", { class: "axisname", transform: `translate(12 ${HEIGHT / 2}) rotate(-90)`, "text-anchor": "middle" }, chart.axes[1]),
  ];
}

interface Mark {
  /** From 0 to 1 along the axis. */
  part: number;
  text: string;
}

function marks(axis: Axis): Mark[] {
  const { low, high, words } = axis;
  // No cell holds a number: all are empty, or show an error.
  if (!Number.isFinite(low) || !Number.isFinite(high) || (axis.log && low <= 0)) return [];
  const share = (value: number): number => (value - low) / (high - low);
  if (words) return spelled(words, share);
  if (axis.log) return decades(axis);
  return ticks(low, high).map((value) => ({ part: share(value), text: tickText(value, axis.format) }));
}

function spelled(words: string[], share: (value: number) => number): Mark[] {
  const letters = words.reduce((sum, word) => sum + word.length + 2, 0);
  const every = Math.ceil(letters / LETTERS);
  return words.map((text, i) => ({ part: share(i + 1), text })).filter((_, i) => i % every === 0);
}

/** 0.01, 0.1, 1, 10, … as far as they lie on the axis. */
function decades({ low, high, format }: Axis): Mark[] {
  const first = Math.ceil(Math.log10(low) - 1e-9);
  const last = Math.floor(Math.log10(high) + 1e-9);
  const every = Math.max(1, Math.ceil((last - first) / 6));
  const powers = Array.from({ length: Math.max(0, last - first + 1) }, (_, i) => first + i).filter((power) => (power - first) % every === 0);
  return powers.map((power) => ({ part: Math.log(10 ** power / low) / Math.log(high / low), text: tickText(10 ** power, format) }));
}

/** A number beside a rule or in a bar. */
export const tickText = (value: number, format?: string): string =>
  format?.endsWith("%") ? `${fixed(value * 100, (format.split(".")[1]?.length ?? 1) - 1)}%` : brief(value);

/** Round numbers within a range, about five of them. */
export function ticks(low: number, high: number): number[] {
  const rough = (high - low) / 5;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((part) => part * power).find((size) => size >= rough * 0.999) ?? power;
  const first = Math.ceil(low / step - 1e-9);
  const last = Math.floor(high / step + 1e-9);
  return Array.from({ length: last - first + 1 }, (_, i) => Number(((first + i) * step).toPrecision(12)));
}

/** A place in a picture, for a drawing: a number that ran away stays near, as browsers refuse what is too long. */
export const pixels = (place: number): string => (Math.max(-1e5, Math.min(1e5, place)) || 0).toFixed(1);
