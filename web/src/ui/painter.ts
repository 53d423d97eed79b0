/** Which elements show which cells: after a change only these are written anew. */

import { cellKey } from "../engine/address.js";
import type { ScaleData } from "../format.js";
import type { Area, Model, Place } from "../model.js";
import { CellError, inside } from "../model.js";
import { write } from "./dom.js";
import { heat, numberFormatOf, shown } from "./display.js";

/** No more cells than this flash at once: each is an animation that the browser must run. */
const MOST_FLASHES = 120;

interface Shown {
  element: HTMLElement;
  at: Place;
  numberFormat: string;
  scale: ScaleData | undefined;
  /** What it shows now: an element is only touched where that changes. */
  text: string;
  fill: string;
  error: boolean;
}

export type Mark = "precedent" | "dependent";

/** One number for a place, to look things up by. */
export const placeKey = ({ sheet, row, column }: Place): number => cellKey(sheet, row, column);

export class Painter {
  private readonly shown = new Map<number, Shown[]>();
  private readonly places = new WeakMap<Element, Place>();
  private marked: HTMLElement[] = [];
  private selected: HTMLElement[] = [];
  private areas: [Mark, Area[]][] = [];
  private at: Place | null = null;
  private flashing: HTMLElement[] = [];
  private toFlash: HTMLElement[] | null = null;
  private sweeping = false;

  constructor(private readonly model: Model) {}

  /** Let an element show a cell from now on. */
  add(element: HTMLElement, at: Place): void {
    const scale = this.model.scale(at);
    const entry: Shown = { element, at, numberFormat: numberFormatOf(this.model.style(at)), scale, text: "", fill: "", error: false };
    const key = placeKey(at);
    const here = this.shown.get(key);
    if (here) here.push(entry);
    else this.shown.set(key, [entry]);
    this.places.set(element, at);
    this.paint(entry);
    this.remark(entry);
  }

  /** The cell that an element (or what it stands in) shows. */
  placeOf(target: EventTarget | null): Place | null {
    const element = target instanceof Element ? target.closest<HTMLElement>("[data-cell]") : null;
    return (element && this.places.get(element)) ?? null;
  }

  /** The elements that show a cell. */
  elements(at: Place): HTMLElement[] {
    return (this.shown.get(placeKey(at)) ?? []).map((entry) => entry.element);
  }

  /** Forget the elements that have left the page; later, as a view is built before it is put in. */
  sweep(): void {
    if (this.sweeping) return;
    this.sweeping = true;
    requestAnimationFrame(() => {
      this.sweeping = false;
      for (const [key, entries] of this.shown) this.keep(key, entries);
    });
  }

  private keep(key: number, entries: Shown[]): void {
    const left = entries.filter((entry) => entry.element.isConnected);
    if (left.length === entries.length) return;
    if (left.length) this.shown.set(key, left);
    else this.shown.delete(key);
  }

  /** Write the changed cells anew, and let them flash if they are not too many. */
  update(changed: Place[]): void {
    const flash: HTMLElement[] = [];
    for (const at of changed) {
      for (const entry of this.shown.get(placeKey(at)) ?? []) {
        if (this.paint(entry) && flash.length <= MOST_FLASHES) flash.push(entry.element);
      }
    }
    this.flashSoon(flash.slice(0, MOST_FLASHES));
  }

  /** Show a selection and what it is made from and goes into. */
  mark(at: Place | null, areas: [Mark, Area[]][]): void {
    // After an edit it is mostly the same again; elements that came since have been marked.
    if (at && this.at && placeKey(at) === placeKey(this.at) && sameAreas(areas, this.areas)) return;
    for (const element of this.marked) element.classList.remove("precedent", "dependent");
    for (const element of this.selected) {
      element.classList.remove("selected");
      element.removeAttribute("aria-selected");
    }
    this.marked = [];
    this.selected = [];
    this.at = at;
    this.areas = areas;
    if (at) for (const entry of this.shown.get(placeKey(at)) ?? []) this.select(entry.element);
    for (const [mark, places] of areas) for (const area of places) this.markArea(mark, area);
  }

  private markArea(mark: Mark, area: Area): void {
    if (area.rows * area.columns > this.shown.size) {
      for (const entries of this.shown.values()) {
        for (const entry of entries) if (inside(area, entry.at)) this.markOne(mark, entry.element);
      }
      return;
    }
    for (let row = area.row; row < area.row + area.rows; row++) {
      for (let column = area.column; column < area.column + area.columns; column++) {
        const key = placeKey({ sheet: area.sheet, row, column });
        for (const entry of this.shown.get(key) ?? []) this.markOne(mark, entry.element);
      }
    }
  }

  /** Words at rows and over columns follow their cells, but they are no step of the arithmetic. */
  private markOne(mark: Mark, element: HTMLElement): void {
    if (element.tagName === "TH") return;
    element.classList.add(mark);
    this.marked.push(element);
  }

  private select(element: HTMLElement): void {
    element.classList.add("selected");
    element.setAttribute("aria-selected", "true");
    this.selected.push(element);
  }

  /** An element that came later (by scrolling, unfolding) gets the marks of its cell. */
  private remark(entry: Shown): void {
    if (this.at && placeKey(this.at) === placeKey(entry.at)) this.select(entry.element);
    for (const [mark, areas] of this.areas) {
      if (areas.some((area) => inside(area, entry.at))) this.markOne(mark, entry.element);
    }
  }

  /** Whether anything about it is new. */
  private paint(entry: Shown): boolean {
    const value = this.model.shown(entry.at);
    const text = shown(value, entry.numberFormat, entry.scale);
    const fill = heat(value, entry.scale);
    if (fill !== entry.fill) entry.element.style.backgroundColor = entry.fill = fill;
    if (entry.numberFormat === "verdict" || entry.numberFormat === "mark") {
      entry.element.classList.toggle("bad", text.startsWith("✗"));
      entry.element.classList.toggle("calm", text.startsWith("→"));
    }
    const error = value instanceof CellError;
    if (error !== entry.error) entry.element.classList.toggle("error", (entry.error = error));
    const fresh = text !== entry.text || typeof value === "number";
    if (text !== entry.text) write(entry.element, (entry.text = text));
    return fresh;
  }

  /** The new numbers are painted first; starting the animations takes the frame after that. */
  private flashSoon(elements: HTMLElement[]): void {
    const waiting = this.toFlash !== null;
    this.toFlash = elements;
    if (waiting) return;
    const begin = (): void => {
      this.flash(this.toFlash ?? []);
      this.toFlash = null;
    };
    requestAnimationFrame(() => requestAnimationFrame(begin));
  }

  private flash(elements: HTMLElement[]): void {
    for (const element of this.flashing) element.classList.remove("flash", "flash-again");
    // Two names of one animation: changing the name begins it anew without asking for layout.
    const name = this.flashing.length && this.flashing[0]?.dataset["turn"] === "flash" ? "flash-again" : "flash";
    for (const element of elements) {
      element.classList.add(name);
      element.dataset["turn"] = name;
    }
    this.flashing = elements;
  }
}

function sameAreas(some: [Mark, Area[]][], others: [Mark, Area[]][]): boolean {
  const sameArea = (a: Area, b: Area): boolean => placeKey(a) === placeKey(b) && a.rows === b.rows && a.columns === b.columns;
  if (some.length !== others.length) return false;
  return some.every(([mark, areas], i) => {
    const [other, same] = others[i] ?? [];
    return mark === other && areas.length === same?.length && areas.every((area, k) => sameArea(area, same[k]!));
  });
}
