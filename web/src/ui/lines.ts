/** Lines between words: from each word to those it looks at, as thick as the weight. */

import type { Context } from "./context.js";
import { percent } from "./display.js";
import { h, s, write } from "./dom.js";
import type { Weights } from "./weights.js";

const ROW = 26;
const GAP = 150;
const THICK = 13;
const LETTER = 8;
const LONGEST = 17;

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
  const left = room(rows, weights.rowLabel);
  const right = room(columns, weights.columnLabel);
  const height = Math.max(rows, columns) * ROW + 8;
  const y = (count: number, i: number): number => (height - count * ROW) / 2 + ROW / 2 + i * ROW;
  const leftWords = texts(rows, left - 8, "end", (i) => y(rows, i));
  const rightWords = texts(columns, left + GAP + 8, "start", (i) => y(columns, i));
  const paths = Array.from({ length: rows * columns }, (_, i) =>
    curve(left, y(rows, Math.floor(i / columns)), y(columns, i % columns), i),
  );
  const picture = s(
    "svg",
    { class: "lines", viewBox: `0 0 ${left + GAP + right} ${height}`, width: left + GAP + right, height, role: "img" },
    s("g", {}, ...paths),
    ...leftWords,
    ...rightWords,
  );
  let pointed = -1;
  const draw = (): void => {
    leftWords.forEach((word, i) => write(word, clip(weights.rowLabel(i))));
    rightWords.forEach((word, i) => write(word, clip(weights.columnLabel(i))));
    const told: string[] = [];
    paths.forEach((path, i) => {
      const [row, column] = [Math.floor(i / columns), i % columns];
      const weight = weightAt(context, weights, row, column);
      thicken(path, weight);
      path.setAttribute("class", pointed < 0 ? "line" : pointed === row ? "line on" : "line off");
      if (weight >= 0.1 && (pointed < 0 || pointed === row)) told.push(`${weights.rowLabel(row)} → ${weights.columnLabel(column)} ${percent(weight)}`);
    });
    picture.setAttribute("aria-label", `${context.say("looksAt")}: ${told.slice(0, 24).join("; ")}`);
    leftWords.forEach((word, i) => word.setAttribute("class", pointed === i ? "on" : ""));
  };
  const point = (row: number): void => {
    if (row === pointed) return;
    pointed = row;
    draw();
  };
  leftWords.forEach((word, i) => {
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

/** A weight between 0 and 1; 0 where there is none. */
export function weightAt(context: Context, weights: Weights, row: number, column: number): number {
  const at = weights.at(row, column);
  const value = at && context.model.value(at);
  return typeof value === "number" ? Math.min(1, Math.max(0, value)) : 0;
}

function curve(left: number, from: number, to: number, at: number): SVGPathElement {
  const bend = GAP * 0.45;
  const d = `M${left} ${from}C${left + bend} ${from} ${left + GAP - bend} ${to} ${left + GAP} ${to}`;
  return s("path", { d, data: { at } });
}

function thicken(path: SVGPathElement, weight: number): void {
  path.setAttribute("stroke-width", (weight < 0.004 ? 0 : 0.4 + weight * THICK).toFixed(2));
  path.setAttribute("stroke-opacity", (0.2 + 0.75 * weight).toFixed(2));
}

function texts(count: number, x: number, anchor: string, y: (i: number) => number): SVGTextElement[] {
  return Array.from({ length: count }, (_, i) =>
    s("text", { x, y: y(i), "text-anchor": anchor, "dominant-baseline": "central" }),
  );
}

/** Pixels for the longest label. */
function room(count: number, label: (i: number) => string): number {
  const longest = Math.max(...Array.from({ length: count }, (_, i) => label(i).length), 2);
  return Math.min(LONGEST, longest) * LETTER + 16;
}

const clip = (word: string): string => (word.length > LONGEST ? `${word.slice(0, LONGEST - 1)}…` : word);
