/** What a step changed, in words: what was typed, and what it does to who looks at whom. */

import type { Change, ChangedCell, Place, Value } from "../model.js";
import { samePlace, type Context } from "./context.js";
import { numberFormatOf, percent, shown } from "./display.js";
import { placeKey } from "./painter.js";
import { type Layer, mainLayer } from "./weights.js";

/** A smaller change of a weight is not seen in its percents. */
const SEEN = 0.005;

const main = new WeakMap<Context, Layer | null>();

/** “happy → tired: feliz now looks at tired, 64 % → 12 %”. */
export function announcement(context: Context, change: Change): string {
  return `${typed(context, change)}: ${effectsOf(context, change)}`;
}

/** What follows from it, without what was typed. */
export function effectsOf(context: Context, change: Change): string {
  return effects(context, change).join("; ") || context.say("nothingElse");
}

/** The one cell that was set, or how many. */
function typed(context: Context, { edited, changed }: Change): string {
  const [at] = edited;
  if (!at || edited.length > 1) return context.say("count", edited.length);
  const cell = changed.find((one) => samePlace(one, at));
  const value = context.model.value(at);
  return fromTo(context, cell ?? { ...at, before: value }, typeof value !== "string");
}

/** What follows from it: the weight that changed most, and the sentence that is written. */
function effects(context: Context, { edited, changed }: Change): string[] {
  const set = new Set(edited.map(placeKey));
  const others = changed.filter((cell) => !set.has(placeKey(cell)));
  const told = [attention(context, others), sentence(context, others)].filter((text) => text !== null);
  if (told.length) return told;
  const { blocks, stages } = context.model.payload;
  const isStep = (cell: Place): boolean => stages[blocks[context.model.block(cell)?.block ?? -1]?.stage ?? -1]?.table !== 1;
  const last = lastStep(context, others.filter(isStep));
  return last ? [fromTo(context, last, true)] : [];
}

/** The weight of the main attention that changed most. */
function attention(context: Context, changed: ChangedCell[]): string | null {
  const layer = layerOf(context);
  if (!layer) return null;
  const before = beforeOf(layer, changed);
  let most = { size: SEEN, text: null as string | null };
  for (const { weights } of layer.heads) {
    for (let row = 0; row < weights.rows; row++) {
      for (let column = 0; column < weights.columns; column++) {
        const at = weights.at(row, column);
        const was = at && before.get(placeKey(at));
        const is = at && context.model.value(at);
        if (typeof was !== "number" || typeof is !== "number" || Math.abs(is - was) <= most.size) continue;
        const [from, to] = [weights.rowLabel(row), weights.columnLabel(column)];
        if (from && to) most = { size: Math.abs(is - was), text: context.say("nowLooks", from, to, percent(was), percent(is)) };
      }
    }
  }
  return most.text;
}

/** What the weights were that changed: they are few among many thousand cells. */
function beforeOf(layer: Layer, changed: ChangedCell[]): Map<number, Value> {
  const before = new Map<number, Value>();
  for (const { weights } of layer.heads) {
    for (let row = 0; row < weights.rows; row++) {
      for (let column = 0; column < weights.columns; column++) {
        const at = weights.at(row, column);
        if (at) before.set(placeKey(at), null);
      }
    }
  }
  for (const cell of changed) {
    const key = placeKey(cell);
    if (before.has(key)) before.set(key, cell.before);
  }
  return before;
}

/** Blocks stay where they are: the layer is sought once. */
function layerOf(context: Context): Layer | null {
  let layer = main.get(context);
  if (layer === undefined) main.set(context, (layer = mainLayer(context) ?? null));
  return layer;
}

/** The sentence that the book writes. */
function sentence(context: Context, changed: ChangedCell[]): string | null {
  const isText = (cell: Place): boolean => typeof context.model.value(cell) === "string";
  const found = changed.find((cell) => isText(cell) && numberFormatOf(context.model.style(cell)) === "sentence");
  return found ? fromTo(context, found, false) : null;
}

/** Of the last block that changed the cell that did so most. */
function lastStep(context: Context, changed: ChangedCell[]): ChangedCell | null {
  const block = (cell: Place): number => context.model.block(cell)?.block ?? -1;
  const size = (cell: ChangedCell): number => {
    const value = context.model.value(cell);
    return typeof value === "number" && typeof cell.before === "number" ? Math.abs(value - cell.before) : Number.POSITIVE_INFINITY;
  };
  return changed.reduce<ChangedCell | null>((last, cell) => {
    const later = last === null || block(cell) > block(last) || (block(cell) === block(last) && size(cell) > size(last));
    return later ? cell : last;
  }, null);
}

function fromTo(context: Context, cell: ChangedCell, named: boolean): string {
  const text = (value: Value): string =>
    shown(value, numberFormatOf(context.model.style(cell)), context.model.scale(cell)) || context.say("empty");
  const both = `${text(cell.before)} → ${text(context.model.value(cell))}`;
  return named ? `${context.name(cell)} ${both}` : both;
}
