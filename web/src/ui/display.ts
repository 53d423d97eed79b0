/** How a value looks: the number formats and colour scales of the workbook. */

import type { ScaleData } from "../format.js";
import { CellError, hidden, HUGE, type Value } from "../model.js";

const MINUS = "−";

const FORMATS: Record<string, (value: number) => string> = {
  number: (value) => fixed(value, 2),
  share: (value) => `${fixed(value * 100, 1)}%`,
  share_or_none: (value) => (value === 0 ? "" : `${fixed(value * 100, 1)}%`),
  frozen: (value) => fixed(value, 2),
  unknown: (value) => fixed(value, 2),
  slope: (value) => fixed(value, 3),
  gradient: (value) => fixed(value, 3),
  integer: (value) => fixed(value, 0),
  mask: (value) => fixed(value, 0),
  switch: (value) => fixed(value, 0),
  // Nothing was answered yet.
  answer: (value) => (value === 0 ? "" : general(value)),
  difference: (value) => (value < 5e-10 ? "0" : value < 1e6 ? value.toFixed(10).replace(/0{1,7}$/, "") : "> 1000000"),
  tiny: (value) => value.toExponential(1).replace(/e([+-])(\d)$/, "e$10$2").toUpperCase().replace(/^-/, MINUS),
};

/** A number with so many decimals and a true minus sign; no sign before a zero. */
export function fixed(value: number, decimals: number): string {
  const text = value.toFixed(decimals);
  return text.startsWith("-") ? (Number(text) === 0 ? text.slice(1) : MINUS + text.slice(1)) : text;
}

/** As a spreadsheet shows a number without a format: up to nine digits. */
function general(value: number): string {
  return String(Number(value.toPrecision(9))).replace(/^-/, MINUS);
}

/** The number format of a style: "share" of "computed.share". */
export function numberFormatOf(style: string): string {
  return style.slice(style.indexOf(".") + 1);
}

/** Whether a format shows shares of 100 %. */
export function showsShares(numberFormat: string): boolean {
  return numberFormat === "share" || numberFormat === "share_or_none";
}

/** What stands in a cell. */
export function shown(value: Value, numberFormat: string, scale?: ScaleData): string {
  if (value === null) return "";
  if (typeof value === "number") {
    if (hidden(value, scale)) return `${MINUS}∞`;
    return (FORMATS[numberFormat] ?? general)(value);
  }
  if (typeof value === "boolean") return value ? "TRUE" : "FALSE";
  return value instanceof CellError ? value.code : value;
}

/** The fill of a cell under a colour scale, as CSS; empty where it has none. */
export function heat(value: Value, scale: ScaleData | undefined): string {
  if (!scale || typeof value !== "number" || (scale.hides && Math.abs(value) >= HUGE)) return "";
  const part = Math.min(1, Math.abs(value) / scale.limit);
  if (part < 0.004) return "";
  const colour = scale.kind === "share" ? "--share" : value < 0 ? "--low" : "--high";
  return `color-mix(in srgb, var(${colour}) ${(part * 100).toFixed(1)}%, var(--cell))`;
}

/** A share as people say it: 92%, or 0.4% where it is small. */
export function percent(value: number): string {
  const digits = Math.abs(value) < 0.1 && value !== 0 ? 1 : 0;
  return `${fixed(value * 100, digits)} %`;
}

/** A number in running text: three digits that count. */
export function brief(value: number): string {
  const size = Math.abs(value);
  if (Number.isInteger(value) && size < 1e6) return fixed(value, 0);
  if (size !== 0 && (size < 0.001 || size >= 1e6)) return FORMATS.tiny!(value);
  return fixed(value, size < 0.1 ? 3 : 2);
}
