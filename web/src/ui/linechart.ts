/** Lines or bars of the book, drawn from their cells and drawn again when these change. */

import type { ChartData, LineData } from "../format.js";
import type { Area, Change } from "../model.js";
import { frame, tickText, LEFT, RIGHT, BOTTOM, TOP, WIDTH, HEIGHT, type Axis, pixels } from "./axes.js";
import type { Context, Part } from "./context.js";
import { brief } from "./display.js";
import { h, s, write } from "./dom.js";

interface Point {
  x: number;
  y: number;
  /** What stands at the x axis, where it is a word. */
  word: string;
}

export function lineChart(context: Context, chart: ChartData, sheet: number): Part & { element: HTMLElement } {
  const picture = s("svg", { class: "linechart", viewBox: `0 0 ${WIDTH} ${HEIGHT}`, role: "img" });
  const stacked = chart.bars === 2;
  const labels = chart.lines.map(() => h("span"));
  const keys = chart.lines.map((_, i) => h("li", { class: `series${i % 6}` }, h("span", { class: "swatch", "aria-hidden": "true" }), labels[i]));
  const element = h("figure", { class: stacked ? "chartbox stacked" : "chartbox", data: { part: "chart" } }, h("figcaption", {}, chart.title), picture, h("ul", { class: "keys" }, ...keys));
  const areas = chart.lines.map((line) => ({ x: context.model.find(line.x, sheet), y: context.model.find(line.y, sheet) }));
  const draw = (): void => {
    const lines = areas.map(({ x, y }) => points(context, chart, x, y));
    const names = chart.lines.map((line) => nameOf(context, line, sheet));
    labels.forEach((label, i) => write(label, names[i]!));
    const shown = stacked ? piled(lines) : lines;
    const axes = axesOf(chart, shown);
    const series = (line: Point[], i: number): SVGElement[] => {
      if (stacked) return segments(line, lines[i]!, i, axes, names[i]!);
      return chart.bars ? bars(line, i, lines.length, axes) : curve(line, i, axes);
    };
    picture.replaceChildren(...frame(chart, axes.x, axes.y), ...shown.flatMap(series));
    picture.setAttribute("aria-label", context.say("chart", `${chart.title}; ${spokenSummary(chart, lines, names)}`));
  };
  draw();
  return { element, changed: (change: Change) => (change.changed.length ? draw() : undefined) };
}

/** What a line is called: what its cell says now, or its own name. */
function nameOf(context: Context, line: LineData, sheet: number): string {
  const at = line.named ? context.model.find(line.named, sheet) : null;
  return at ? String(context.model.value(at) ?? "") : line.name;
}

/** Words at the x axis stand one after the other; bars always do. */
function points(context: Context, chart: ChartData, x: Area | null, y: Area | null): Point[] {
  if (!y) return [];
  const across = x ? cells(context, x) : [];
  const [logX, logY] = chart.log ?? [0, 0];
  return cells(context, y)
    .map((value, i): Point => {
      const at = across[i];
      const plain = typeof at === "number" && !chart.bars;
      const word = typeof at === "number" ? brief(at) : String(at ?? i + 1);
      return { x: plain ? at : i + 1, y: typeof value === "number" ? value : Number.NaN, word };
    })
    .filter((point) => Number.isFinite(point.y) && (!logX || point.x > 0) && (!logY || point.y > 0));
}

function cells(context: Context, area: Area) {
  return Array.from({ length: area.rows * area.columns }, (_, i) =>
    context.model.value({
      sheet: area.sheet,
      row: area.row + Math.floor(i / area.columns),
      column: area.column + (i % area.columns),
    }),
  );
}

interface Axes {
  x: Axis;
  y: Axis;
}

function axesOf(chart: ChartData, lines: Point[][]): Axes {
  const all = lines.flat();
  const [logX, logY] = chart.log ?? [0, 0];
  const xs = all.map((point) => point.x);
  const ys = all.map((point) => point.y);
  const widest = lines.reduce((a, b) => (b.length > a.length ? b : a), []);
  const spelled = chart.bars || widest.some((point) => !Number.isFinite(Number(point.word.replace("−", "-"))));
  const edge = spelled ? 0.5 : 0;
  // Bars stand on 0, which a logarithmic axis does not have.
  const ground = chart.bars && !logY ? [0] : [];
  const [least = Math.min(...ground, ...ys), high = Math.max(...ground, ...ys)] = chart.range ?? [];
  const low = logY && least <= 0 ? Math.min(...ys) : least;
  return {
    x: { ...extent(Math.min(...xs) - edge, Math.max(...xs) + edge, !spelled && Boolean(logX)), ...(spelled ? { words: widest.map((point) => point.word) } : {}) },
    y: { ...extent(low, high, Boolean(logY)), ...(chart.numberFormat ? { format: chart.numberFormat } : {}) },
  };
}

/** Where there is no number, or one only, there is some room around it. */
export function extent(low: number, high: number, log: boolean): { low: number; high: number; log: boolean } {
  if (!Number.isFinite(low) || !Number.isFinite(high)) return { low: log ? 1 : 0, high: log ? 10 : 1, log };
  if (low < high) return { low, high, log };
  return log ? { low: low / 10, high: low * 10, log } : { low: low - 1, high: low + 1, log };
}

/** A share of an axis, from 0 to 1. */
export function part(value: number, { low, high, log }: Axis): number {
  return log ? Math.log(value / low) / Math.log(high / low) : (value - low) / (high - low);
}

const acrossAt = (value: number, axis: Axis): number => LEFT + part(value, axis) * (WIDTH - LEFT - RIGHT);
const upAt = (value: number, axis: Axis): number => HEIGHT - BOTTOM - part(value, axis) * (HEIGHT - BOTTOM - TOP);

function curve(line: Point[], i: number, axes: Axes): SVGElement[] {
  const d = line.map(({ x, y }, k) => `${k ? "L" : "M"}${pixels(acrossAt(x, axes.x))} ${pixels(upAt(y, axes.y))}`);
  return [s("path", { class: `series series${i % 6}`, d: d.join("") })];
}

/** Bars of several lines stand side by side. */
function bars(line: Point[], i: number, count: number, axes: Axes): SVGElement[] {
  const room = (acrossAt(2, axes.x) - acrossAt(1, axes.x)) * 0.76;
  const wide = room / count;
  const ground = upAt(Math.max(0, axes.y.low), axes.y);
  return line.map(({ x, y }) => {
    const top = upAt(y, axes.y);
    const left = acrossAt(x, axes.x) - room / 2 + i * wide;
    return s("rect", { class: `series series${i % 6}`, x: pixels(left), y: pixels(Math.min(top, ground)), width: pixels(Math.max(1, wide - 1)), height: pixels(Math.abs(ground - top)) });
  });
}

/** Each bar ends where those under it and itself end: positive ones upwards, negative ones downwards. */
export function piled<P extends { x: number; y: number }>(lines: P[][]): P[][] {
  const ends = new Map<string, number>();
  return lines.map((line) =>
    line.map((point) => {
      const side = `${point.x} ${point.y < 0}`;
      const y = (ends.get(side) ?? 0) + point.y;
      ends.set(side, y);
      return { ...point, y };
    }),
  );
}

/** Where a bar is this high, its name and number have room in it. */
const ROOM_FOR_TEXT = 17;

/** Bars upon each other, each with its name and number, as shades alone are hard to tell apart. */
function segments(ends: Point[], line: Point[], i: number, axes: Axes, name: string): SVGElement[] {
  const wide = (acrossAt(2, axes.x) - acrossAt(1, axes.x)) * 0.6;
  return ends.flatMap(({ x, y }, k) => {
    const { y: size } = line[k]!;
    const [a, b] = [upAt(y, axes.y), upAt(y - size, axes.y)];
    const [top, high] = [Math.min(a, b), Math.abs(a - b)];
    const bar = s("rect", { class: `series series${i % 6}`, x: pixels(acrossAt(x, axes.x) - wide / 2), y: pixels(top), width: pixels(wide), height: pixels(high) });
    if (high < ROOM_FOR_TEXT) return [bar];
    const middle = { x: pixels(acrossAt(x, axes.x)), y: pixels(top + high / 2 + 4.5) };
    return [bar, s("text", { class: `inbar series${i % 6}`, ...middle, "text-anchor": "middle" }, `${name} ${tickText(size, axes.y.format)}`)];
  });
}

/** What a screen reader says: of bars each, of a line where it begins and ends. */
function spokenSummary(chart: ChartData, lines: Point[][], names: string[]): string {
  const each = lines.map((line, i) => {
    const shown = chart.bars ? line.slice(0, 12) : [line[0], line.at(-1)].filter((point) => point !== undefined);
    return `${names[i]}: ${shown.map((point) => `${point.word} ${brief(point.y)}`).join(", ")}`;
  });
  return each.join("; ");
}
