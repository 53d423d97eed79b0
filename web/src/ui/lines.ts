/** Lines between words: from each word to those it looks at, as thick as the weight. */

import type { Context } from "./context.js";
import { percent } from "./display.js";
import { h, put, s, write } from "./dom.js";
import type { Weights } from "./weights.js";

const ROW = 26;
const GAP = 150;
const THICK = 13;
const LETTER = 8;
const LONGEST = 22;

export interface Lines {
  element: HTMLElement;
  /** Draw the values that stand in the cells now. */
  draw(): void;
  /** Show only the lines of one row; −1 for all of them. */
  point(row: number): void;
}

/** A figure of some weights. */
export function attentionLines(context: Context, weights: Weights): Lines {
  const { rows, columns } = weights;
  const words = { left: texts(rows, "end"), right: texts(columns, "start") };
  const paths = Array.from({ length: rows * columns }, (_, i) => s("path", { data: { at: i } }));
  const picture = s("svg", { class: "lines", role: "img" }, s("g", {}, ...paths), ...words.left, ...words.right);
  let pointed = -1;
  let placed = "";
  // What is drawn now: asking the document for it, line by line, would take longer than to compute it.
  const drawn: string[] = [];
  const lay = (): [string[], string[]] => {
    const labels: [string[], string[]] = [indices(rows).map(weights.rowLabel), indices(columns).map(weights.columnLabel)];
    const key = labels.flat().join("\t");
    // Words seldom change: only then do the lines get other ends.
    if (key !== placed) layOut(picture, paths, words, labels[0], labels[1]);
    placed = key;
    return labels;
  };
  const draw = (): void => {
    const [down, across] = lay();
    const spoken: string[] = [];
    paths.forEach((path, i) => {
      const [row, column] = [Math.floor(i / columns), i % columns];
      const weight = weightAt(context, weights, row, column);
      const look = pointed < 0 ? "line" : pointed === row ? "line on" : "line off";
      const whole = `${weight.toFixed(3)} ${look}`;
      if (whole !== drawn[i]) {
        drawn[i] = whole;
        thicken(path, weight);
        put(path, "class", look);
      }
      const [from, to] = [down[row], across[column]];
      if (from && to && weight >= 0.1 && (pointed < 0 || pointed === row)) spoken.push(`${from} → ${to} ${percent(weight)}`);
    });
    picture.setAttribute("aria-label", `${context.say("looksAt")}: ${spoken.slice(0, 24).join("; ")}`);
    words.left.forEach((word, i) => put(word, "class", pointed === i ? "on" : ""));
  };
  const point = (row: number): void => {
    if (row === pointed) return;
    pointed = row;
    draw();
  };
  words.left.forEach((word, i) => {
    let before = -1;
    word.addEventListener("pointerenter", () => {
      before = pointed;
      point(i);
    });
    word.addEventListener("pointerleave", () => point(before));
  });
  picture.addEventListener("click", (event) => {
    const path = (event.target as Element).closest<SVGElement>(".line");
    const i = Number(path?.dataset["at"]);
    const at = path && weights.at(Math.floor(i / columns), i % columns);
    if (at) context.go(at);
  });
  draw();
  return { element: h("figure", { class: "looks", data: { lines: weights.name } }, picture), draw, point };
}

const indices = (count: number): number[] => Array.from({ length: count }, (_, i) => i);

/** Words one below the other, those that are empty left out, and lines between them. */
function layOut(
  picture: SVGSVGElement,
  paths: SVGPathElement[],
  words: { left: SVGTextElement[]; right: SVGTextElement[] },
  rowLabels: string[],
  columnLabels: string[],
): void {
  const left = room(rowLabels);
  const width = left + GAP + room(columnLabels);
  const shown = Math.max(1, rowLabels.filter(Boolean).length, columnLabels.filter(Boolean).length);
  const height = shown * ROW + 8;
  const ys = (labels: string[]): number[] => {
    let next = (height - labels.filter(Boolean).length * ROW) / 2 + ROW / 2;
    return labels.map((label) => (label ? (next += ROW) - ROW : Number.NaN));
  };
  const [from, to] = [ys(rowLabels), ys(columnLabels)];
  picture.setAttribute("viewBox", `0 0 ${width} ${height}`);
  picture.setAttribute("width", String(width));
  picture.setAttribute("height", String(height));
  set(words.left, rowLabels, left - 10, from);
  set(words.right, columnLabels, left + GAP + 10, to);
  paths.forEach((path, i) => {
    const [a, b] = [from[Math.floor(i / to.length)]!, to[i % to.length]!];
    const bend = GAP * 0.45;
    const there = !Number.isNaN(a) && !Number.isNaN(b);
    path.setAttribute("d", there ? `M${left} ${a}C${left + bend} ${a} ${left + GAP - bend} ${b} ${left + GAP} ${b}` : "");
  });
}

function set(words: SVGTextElement[], labels: string[], x: number, ys: number[]): void {
  words.forEach((word, i) => {
    write(word, clip(labels[i]!));
    word.setAttribute("x", String(x));
    word.setAttribute("y", String(Number.isNaN(ys[i]!) ? 0 : ys[i]));
  });
}

/** A weight between 0 and 1; 0 where there is none. */
function weightAt(context: Context, weights: Weights, row: number, column: number): number {
  const at = weights.at(row, column);
  const value = at && context.model.value(at);
  return typeof value === "number" ? Math.min(1, Math.max(0, value)) : 0;
}

function thicken(path: SVGPathElement, weight: number): void {
  put(path, "stroke-width", (weight < 0.004 ? 0 : 0.4 + weight * THICK).toFixed(2));
  put(path, "stroke-opacity", (0.2 + 0.75 * weight).toFixed(2));
}

const texts = (count: number, anchor: string): SVGTextElement[] =>
  indices(count).map(() => s("text", { "text-anchor": anchor, "dominant-baseline": "central" }));

/** Pixels for the longest label. */
function room(labels: string[]): number {
  return Math.min(LONGEST, Math.max(...labels.map((label) => label.length), 2)) * LETTER + 18;
}

const clip = (word: string): string => (word.length > LONGEST ? `${word.slice(0, LONGEST - 1)}…` : word);
