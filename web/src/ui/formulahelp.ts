/** Help while a formula is typed: names that it can use, and the addresses of cells that are clicked. */

import { areaName, sheetPrefix } from "../engine/address.js";
import { functionNames } from "../engine/functions/table.js";
import type { Place } from "../model.js";
import { shortName, type Context } from "./context.js";

/** What is being typed at the end of a text: a word, not within quotation marks and not behind an address. */
const WORD = /(?:^|[^\w.$!"])([A-Za-z_\u00aa-\uffff][\w.\u00aa-\uffff]*)$/;

/** Behind these an operand begins. */
const BEFORE_OPERAND = /[=(,;+\-*/^&<>:{]\s*$/;

const isFormula = (text: string): boolean => /^\{?=/.test(text);

const isQuoted = (text: string): boolean => text.split('"').length % 2 === 0;

/** The word at the cursor of a formula; "" where there is none. */
export function wordBefore(text: string): string {
  return isFormula(text) && !isQuoted(text) ? (WORD.exec(text)?.[1] ?? "") : "";
}

/** Functions and blocks whose names begin with what is typed; blocks as the page calls them. */
export function namesFor(context: Context, text: string): string[] {
  const word = wordBefore(text).toLowerCase();
  if (!word) return [];
  const blocks = context.model.payload.blocks.filter((block) => block.named).map(({ name }) => shortName(name));
  const functions = functionNames().map((name) => `${name}(`);
  const found = [...new Set([...blocks, ...functions])].filter((name) => name.toLowerCase().startsWith(word));
  return found.length === 1 && found[0]!.toLowerCase() === word ? [] : found;
}

/** Put a name in the place of the word at the cursor. */
export function complete(input: HTMLInputElement, name: string): void {
  const end = input.selectionStart ?? input.value.length;
  const begin = end - wordBefore(input.value.slice(0, end)).length;
  input.setRangeText(name, begin, end, "end");
}

/**
 * While a formula is typed, a clicked cell gives its address, and a drag a range; gives the function that
 * ends it. Clicked again at once, another cell takes the place of the first.
 *
 * @param own the sheet of the formula.
 */
export function pointing(context: Context, input: HTMLInputElement, own: () => number): () => void {
  const root = input.getRootNode() as Document | ShadowRoot;
  let last = { begin: -1, end: -1 };
  const address = (from: Place, to: Place): string => {
    const { name } = context.model.payload.sheets[from.sheet]!;
    const [row, column] = [Math.min(from.row, to.row), Math.min(from.column, to.column)];
    const area = areaName(row, column, Math.abs(from.row - to.row) + 1, Math.abs(from.column - to.column) + 1);
    return (from.sheet === own() ? "" : sheetPrefix(name)) + area;
  };
  const enter = (text: string): void => {
    const at = input.selectionStart ?? 0;
    const begin = at === last.end ? last.begin : at;
    input.setRangeText(text, begin, at === last.end ? at : (input.selectionEnd ?? at), "end");
    last = { begin, end: begin + text.length };
    input.dispatchEvent(new Event("pointed"));
  };
  const wanted = (): boolean => {
    const at = input.selectionStart ?? 0;
    const before = input.value.slice(0, at);
    return isFormula(before) && !isQuoted(before) && (at === last.end || BEFORE_OPERAND.test(before));
  };
  const press = (event: Event): void => {
    const from = context.pointed(event as PointerEvent);
    if (!from || root.activeElement !== input || !wanted()) return;
    event.preventDefault();
    event.stopPropagation();
    enter(address(from, from));
    const move = (next: Event): void => {
      const to = context.pointed(next as PointerEvent);
      if (to?.sheet === from.sheet) enter(address(from, to));
    };
    root.addEventListener("pointermove", move);
    root.addEventListener("pointerup", () => root.removeEventListener("pointermove", move), { once: true });
  };
  const typed = (): void => void (last = { begin: -1, end: -1 });
  root.addEventListener("pointerdown", press, true);
  input.addEventListener("input", typed);
  return () => {
    root.removeEventListener("pointerdown", press, true);
    input.removeEventListener("input", typed);
  };
}
