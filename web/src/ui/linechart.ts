/** A line chart of the book, drawn from its cells and drawn again when they change. */

import type { ChartData } from "../format.js";
import type { Area, Change } from "../model.js";
import type { Context, Part } from "./context.js";
import { brief } from "./display.js";
import { h, s, write } from "./dom.js";

const WIDTH = 520;
const HEIGHT = 280;
const LEFT = 48;
const BOTTOM = 40;
const TOP = 12;
const RIGHT = 12;

export function lineChart(context: Context, chart: ChartData, sheet: number): Part & { element: HTMLElement } {
  const picture = s("svg", { class: "linechart", viewBox: `0 0 ${WIDTH} ${HEIGHT}`, role: "img" });
  const keys = chart.lines.map((line, i) => {
    const name = h("span", {}, line.name);
    return { item: h("li", { class: `series${i % 6}` }, h("span", { class: "swatch", "aria-hidden": "true" }), name), name };
  });
  const element = h("figure", { class: "chartbox", data: { part: "chart" } }, h("figcaption", {}, chart.title), picture, h("ul", { class: "keys" }, ...keys.map((key) => key.item)));
  const areas = chart.lines.map((line) => ({ x: context.model.find(line.x, sheet), y: context.model.find(line.y, sheet) }));
  const draw = (): void => {
    const lines = areas.map(({ x, y }) => points(context, x, y));
    picture.replaceChildren(...frame(chart, lines), ...lines.flatMap(drawn));
    keys.forEach(({ name }, i) => write(name, chart.lines[i]!.name));
    picture.setAttribute("aria-label", context.say("chart", `${chart.title}; ${told(chart, lines)}`));
  };
  draw();
  return { element, changed: (change: Change) => (change.changed.length ? draw() : undefined) };
}

type Points = [number, number][];

function points(context: Context, x: Area | null, y: Area | null): Points {
  if (!y) return [];
  const across = x && numbers(context, x);
  return numbers(context, y)
    .map((value, i): [number, number] => [across?.[i] ?? i + 1, value])
    .filter(([a, b]) => Number.isFinite(a) && Number.isFinite(b));
}

function numbers(context: Context, area: Area): number[] {
  return Array.from({ length: area.rows * area.columns }, (_, i) => {
    const value = context.model.value({
      sheet: area.sheet,
      row: area.row + Math.floor(i / area.columns),
      column: area.column + (i % area.columns),
    });
    return typeof value === "number" ? value : Number.NaN;
  });
}

interface Range {
  low: number;
  high: number;
}

function range(values: number[]): Range {
  const low = Math.min(...values);
  const high = Math.max(...values);
  if (!Number.isFinite(low)) return { low: 0, high: 1 };
  return low === high ? { low: low - 1, high: high + 1 } : { low, high };
}

const scaleX = (value: number, { low, high }: Range): number => LEFT + ((value - low) / (high - low)) * (WIDTH - LEFT - RIGHT);
const scaleY = (value: number, { low, high }: Range): number => HEIGHT - BOTTOM - ((value - low) / (high - low)) * (HEIGHT - BOTTOM - TOP);

const ranges = (lines: Points[]): [Range, Range] => [range(lines.flatMap((line) => line.map(([x]) => x))), range(lines.flatMap((line) => line.map(([, y]) => y)))];

function drawn(line: Points, i: number, lines: Points[]): SVGElement[] {
  const [across, up] = ranges(lines);
  const d = line.map(([x, y], k) => `${k ? "L" : "M"}${scaleX(x, across).toFixed(1)} ${scaleY(y, up).toFixed(1)}`).join("");
  return [s("path", { class: `series series${i % 6}`, d })];
}

function frame(chart: ChartData, lines: Points[]): SVGElement[] {
  const [across, up] = ranges(lines);
  return [
    ...ticks(up).flatMap((value) => [
      s("path", { class: "rule", d: `M${LEFT} ${scaleY(value, up)}H${WIDTH - RIGHT}` }),
      s("text", { class: "tick", x: LEFT - 6, y: scaleY(value, up) + 3.5, "text-anchor": "end" }, brief(value)),
    ]),
    ...ticks(across).map((value) => s("text", { class: "tick", x: scaleX(value, across), y: HEIGHT - BOTTOM + 15, "text-anchor": "middle" }, brief(value))),
    s("text", { class: "axisname", x: (LEFT + WIDTH) / 2, y: HEIGHT - 5, "text-anchor": "middle" }, chart.axes[0]),
    s("text", { class: "axisname", transform: `translate(11 ${HEIGHT / 2}) rotate(-90)`, "text-anchor": "middle" }, chart.axes[1]),
  ];
}

/** Round numbers within a range, about five of them. */
export function ticks({ low, high }: Range): number[] {
  const rough = (high - low) / 5;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((part) => part * power).find((size) => size >= rough) ?? power;
  const first = Math.ceil(low / step - 1e-9);
  const last = Math.floor(high / step + 1e-9);
  return Array.from({ length: last - first + 1 }, (_, i) => Number(((first + i) * step).toPrecision(12)));
}

/** What a screen reader says of the lines: where each begins and ends. */
const told = (chart: ChartData, lines: Points[]): string =>
  chart.lines.map((line, i) => `${line.name}: ${[lines[i]?.[0], lines[i]?.at(-1)].map((point) => (point ? brief(point[1]) : "")).join(" → ")}`).join("; ");
