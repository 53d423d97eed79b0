/** The small parts that a sheet is drawn of: headings, rules, and what the foot says of a range. */

import type { Area } from "../model.js";
import type { Context } from "./context.js";
import { brief } from "./display.js";
import { h } from "./dom.js";

/** The four parts of a sheet with frozen rows and columns. */
export type Quad = "corner" | "top" | "left" | "body";

/** Count, sum and mean of a selected rectangle; nothing for one cell. */
export function totals(context: Context, area: Area): string {
  const count = area.rows * area.columns;
  if (count === 1 || count > 20_000) return "";
  const numbers = Array.from({ length: count }, (_, i) =>
    context.model.value({ sheet: area.sheet, row: area.row + Math.floor(i / area.columns), column: area.column + (i % area.columns) }),
  ).filter((value) => typeof value === "number");
  const sum = numbers.reduce((total, value) => total + value, 0);
  const summary = numbers.length ? [context.say("sum", brief(sum)), context.say("mean", brief(sum / numbers.length))] : [];
  return [context.say("count", count), ...summary].join(" · ");
}

export const quad = (name: Quad): HTMLElement => h("div", { class: `quad ${name}`, role: "presentation" });

export const rule = (left: number, top: number, width: number, height: number): HTMLElement =>
  h("div", { class: "gridrule", "aria-hidden": "true", style: { left: `${left}px`, top: `${top}px`, width: `${width}px`, height: `${height}px` } });

export const heading = (text: string, style: Record<string, string>, on: boolean, data: Record<string, number>): HTMLElement =>
  h("div", { class: on ? "sheethead on" : "sheethead", style, data, "aria-hidden": "true" }, text);

/** "computed.share" → kind and number format as two classes; "title" → one. */
export function classes(style: string): string {
  if (!style) return "";
  const [first, numberFormat] = style.split(".");
  return numberFormat ? `kind-${first} look-${numberFormat}` : `t-${first}`;
}
