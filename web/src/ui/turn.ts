/** A number that wants to be turned: in a sentence to be dragged, on a slider, and what follows in the same sentence. */

import type { BlockData } from "../format.js";
import type { Change } from "../model.js";
import { effectsOf } from "./announcement.js";
import { cellOf, samePlace, shortName, type Context, type Part } from "./context.js";
import { h, put, write } from "./dom.js";

/** So many steps from one end to the other, and so many pixels of a drag. */
const STEPS = 200;

/** From so many times the least on, small numbers matter as much as large ones. */
const WIDE = 100;

/** Whether a block is one number with two ends. */
const isTurned = ({ kind, bounds, rows, columns, matrices }: BlockData): boolean =>
  kind === "input" && bounds !== undefined && Number.isFinite(bounds[0]) && Number.isFinite(bounds[1]) && rows * columns * matrices.length === 1;

/** The slider of a block and its sentence; null where the block is no such number. */
export function turner(context: Context, number: number): (Part & { element: HTMLElement }) | null {
  const block = context.model.payload.blocks[number]!;
  return isTurned(block) ? new Turner(context, block) : null;
}

class Turner implements Part {
  readonly element: HTMLElement;
  private readonly slider: HTMLInputElement;
  private readonly number: HTMLElement;
  private readonly follows = h("span", { dir: "auto" });
  private gestures = 0;
  private pending: number | null = null;

  constructor(
    private readonly context: Context,
    private readonly block: BlockData,
  ) {
    const name = block.title || shortName(block.name);
    const says = context.say("turn", name);
    this.slider = h("input", { type: "range", min: 0, max: STEPS, step: 1, "aria-label": name });
    this.number = h("span", { class: "turned", role: "slider", tabindex: 0, "aria-label": name, title: says });
    const [before, behind] = context.say("becomes", name, "\u0001").split("\u0001");
    this.element = h("div", { class: "turn" }, h("p", {}, before, this.number, behind, " ", this.follows), this.slider);
    this.slider.addEventListener("input", () => this.turn(Number(this.slider.value)));
    // Each hold of the slider is one step for undo.
    this.slider.addEventListener("pointerdown", () => this.gestures++);
    this.slider.addEventListener("keydown", () => this.gestures++);
    this.number.addEventListener("pointerdown", (event) => this.drag(event));
    this.number.addEventListener("keydown", (event) => this.key(event));
    this.show();
  }

  changed(change: Change): void {
    this.show();
    const [edited] = change.edited;
    if (edited && samePlace(edited, this.at)) write(this.follows, effectsOf(this.context, change));
  }

  private get at() {
    return cellOf(this.block, 0, 0, 0);
  }

  private get value(): number {
    const value = this.context.model.value(this.at);
    return typeof value === "number" ? value : Number.NaN;
  }

  private show(): void {
    const { value } = this;
    const [least, most] = this.block.bounds!;
    const text = Number.isNaN(value) ? "?" : String(Number(value.toPrecision(3)));
    write(this.number, text);
    for (const [name, told] of [["aria-valuemin", least], ["aria-valuemax", most], ["aria-valuenow", value], ["aria-valuetext", text]] as const) put(this.number, name, String(told));
    put(this.slider, "aria-valuetext", text);
    const place = this.place(value);
    if (!Number.isNaN(place)) this.slider.value = String(Math.round(place));
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
  private turn(place: number): void {
    if (this.pending === null) {
      requestAnimationFrame(() => {
        const text = String(this.numberAt(this.pending!));
        this.pending = null;
        this.context.change(() => this.context.model.drag([{ ...this.at, text }], `turn ${this.block.name} ${this.gestures}`));
      });
    }
    this.pending = place;
  }

  private drag(down: PointerEvent): void {
    down.preventDefault();
    this.number.focus({ preventScroll: true });
    this.number.setPointerCapture(down.pointerId);
    this.gestures++;
    const start = this.place(this.value) || 0;
    const moved = (event: PointerEvent): void => this.turn(start + event.clientX - down.clientX);
    this.number.addEventListener("pointermove", moved);
    const done = (): void => this.number.removeEventListener("pointermove", moved);
    this.number.addEventListener("pointerup", done, { once: true });
    this.number.addEventListener("pointercancel", done, { once: true });
  }

  private key(event: KeyboardEvent): void {
    const step = { ArrowLeft: -1, ArrowDown: -1, ArrowRight: 1, ArrowUp: 1, PageDown: -10, PageUp: 10 }[event.key];
    if (!step) return;
    event.preventDefault();
    event.stopPropagation();
    this.gestures++;
    // One step further where numbers are whole and wide apart.
    this.turn((this.place(this.value) || 0) + step);
  }
}
