/** A number that wants to be turned: in a sentence to be dragged, on a slider, and what follows in the same sentence. */

import type { BlockData } from "../format.js";
import type { Change } from "../model.js";
import { effectsOf } from "./announcement.js";
import { cellOf, samePlace, shortName, type Context, type Part } from "./context.js";
import { h, put, write, type Child } from "./dom.js";

/** So many steps from one end to the other, and so many pixels of a drag. */
const STEPS = 200;

/** From so many times the least on, small numbers matter as much as large ones. */
const WIDE = 100;

const nameOf = (block: BlockData): string => block.title || shortName(block.name);

/** Whether a block is one number with two ends. */
const isTurned = ({ kind, bounds, rows, columns, matrices }: BlockData): boolean =>
  kind === "input" && bounds !== undefined && Number.isFinite(bounds[0]) && Number.isFinite(bounds[1]) && rows * columns * matrices.length === 1;

/** The slider of a block and its sentence; null where the block is no such number. */
export function turner(context: Context, number: number): (Part & { element: HTMLElement }) | null {
  const block = context.model.payload.blocks[number]!;
  return isTurned(block) ? new Turner(context, block) : null;
}

/** The text of a stage; behind the first mention of a number that wants to be turned stands the number. */
export function prose(context: Context, text: string, numbers: readonly number[], parts: Part[]): Child[] {
  const children: Child[] = [];
  const places = numbers.flatMap((number) => {
    const block = context.model.payload.blocks[number]!;
    const at = isTurned(block) && block.title ? mention(text, block.title) : -1;
    return at < 0 ? [] : [{ at, block }];
  });
  let done = 0;
  for (const { at, block } of places.sort((a, b) => a.at - b.at)) {
    const turned = new Turned(context, block);
    parts.push(turned);
    children.push(`${text.slice(done, at)} (`, turned.element, ")");
    done = at;
  }
  return [...children, text.slice(done)];
}

/** Where a word or two end that stand in a text for the first time; −1 where they do not. */
function mention(text: string, words: string): number {
  const letters = words.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
  const found = new RegExp(`(?<!\\p{L})${letters}(?!\\p{L})`, "iu").exec(text);
  return found ? found.index + found[0].length : -1;
}

/** Holds of any number so far. */
let gestures = 0;

/** One number: shown, dragged, turned by keys. */
class Turned implements Part {
  readonly element: HTMLElement;
  private pending: number | null = null;

  constructor(
    private readonly context: Context,
    private readonly block: BlockData,
    /** A slider that goes with it. */
    private readonly slider: HTMLElement & { value: string } | null = null,
  ) {
    const name = nameOf(block);
    this.element = h("span", { class: "turned", role: "slider", tabindex: 0, "aria-label": name, title: context.say("turn", name) });
    this.element.addEventListener("pointerdown", (event) => this.drag(event));
    this.element.addEventListener("keydown", (event) => this.key(event));
    this.changed();
  }

  get at() {
    return cellOf(this.block, 0, 0, 0);
  }

  /** Each hold is one step for undo. */
  hold(): void {
    gestures++;
  }

  private get value(): number {
    const value = this.context.model.value(this.at);
    return typeof value === "number" ? value : Number.NaN;
  }

  changed(): void {
    const { value } = this;
    const [least, most] = this.block.bounds!;
    const text = Number.isNaN(value) ? "?" : String(Number(value.toPrecision(3)));
    write(this.element, text);
    for (const [name, told] of [["aria-valuemin", least], ["aria-valuemax", most], ["aria-valuenow", value], ["aria-valuetext", text]] as const) put(this.element, name, String(told));
    const place = this.place(value);
    if (!this.slider || Number.isNaN(place)) return;
    put(this.slider, "aria-valuetext", text);
    this.slider.value = String(Math.round(place));
  }

  private get isWide(): boolean {
    const [least, most] = this.block.bounds!;
    return least > 0 && most / least >= WIDE;
  }

  /** Where a number stands on the slider. */
  private place(value: number): number {
    const [least, most] = this.block.bounds!;
    return this.isWide ? (STEPS * Math.log(value / least)) / Math.log(most / least) : (STEPS * (value - least)) / (most - least);
  }

  /** The number at a place of the slider: three digits that count. */
  private numberAt(place: number): number {
    const [least, most, whole] = this.block.bounds!;
    const part = Math.min(1, Math.max(0, place / STEPS));
    const value = this.isWide ? least * (most / least) ** part : least + (most - least) * part;
    return whole ? Math.round(value) : Math.min(most, Math.max(least, Number(value.toPrecision(3))));
  }

  /** A hand moves faster than a large book follows: only its last place counts. */
  turn(place: number): void {
    if (this.pending === null) {
      requestAnimationFrame(() => {
        const text = String(this.numberAt(this.pending!));
        this.pending = null;
        this.context.change(() => this.context.model.drag([{ ...this.at, text }], `turn ${this.block.name} ${gestures}`));
      });
    }
    this.pending = place;
  }

  private drag(down: PointerEvent): void {
    down.preventDefault();
    this.element.focus({ preventScroll: true });
    this.element.setPointerCapture(down.pointerId);
    this.hold();
    const start = this.place(this.value) || 0;
    const moved = (event: PointerEvent): void => this.turn(start + event.clientX - down.clientX);
    this.element.addEventListener("pointermove", moved);
    const done = (): void => this.element.removeEventListener("pointermove", moved);
    this.element.addEventListener("pointerup", done, { once: true });
    this.element.addEventListener("pointercancel", done, { once: true });
  }

  private key(event: KeyboardEvent): void {
    const step = { ArrowLeft: -1, ArrowDown: -1, ArrowRight: 1, ArrowUp: 1, PageDown: -10, PageUp: 10 }[event.key];
    if (!step) return;
    event.preventDefault();
    event.stopPropagation();
    this.hold();
    // One step further where numbers are whole and wide apart.
    this.turn((this.place(this.value) || 0) + step);
  }
}

class Turner implements Part {
  readonly element: HTMLElement;
  private readonly number: Turned;
  private readonly follows = h("span", { dir: "auto" });

  constructor(
    private readonly context: Context,
    block: BlockData,
  ) {
    const name = nameOf(block);
    const slider = h("input", { type: "range", min: 0, max: STEPS, step: 1, "aria-label": name });
    this.number = new Turned(context, block, slider);
    const [before, behind] = context.say("becomes", name, "\u0001").split("\u0001");
    this.element = h("div", { class: "turn" }, h("p", {}, before, this.number.element, behind, " ", this.follows), slider);
    slider.addEventListener("input", () => this.number.turn(Number(slider.value)));
    slider.addEventListener("pointerdown", () => this.number.hold());
    slider.addEventListener("keydown", () => this.number.hold());
  }

  changed(change: Change): void {
    this.number.changed();
    const [edited] = change.edited;
    if (edited && samePlace(edited, this.number.at)) write(this.follows, effectsOf(this.context, change));
  }
}
