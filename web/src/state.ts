/**
 * What a reader has made of a page: in its address, for reload, Back and a shared link, and in the browser's
 * store, for who closes the page and comes back, and for what an address has no room for.
 */

import { apply, contents, type CellEdit } from "./edit_wire.js";
import { LAST_COLUMN, LAST_ROW } from "./engine/address.js";
import { type Model, Refused } from "./model.js";
import type { Looks } from "./ui/host.js";
import { uiText } from "./ui/ui_text.js";

/** The edits, and how the page is looked at. */
export interface State extends Looks {
  edits?: CellEdit[];
}

const MARK = "#state=";

/** Browsers and mail programs cut longer addresses. */
const LONGEST = 6000;

/** Milliseconds between two times that it is written: a drag is many edits. */
const PAUSE = 150;

/** The state as the end of an address; "" where there is nothing to keep. */
export function written(state: State): string {
  const { edits = [], step: _, ...looks } = state;
  const kept = Object.fromEntries(Object.entries({ ...looks, ...(edits.length ? { edits } : {}) }).filter(([, value]) => value !== undefined));
  return Object.keys(kept).length ? MARK + encodeURIComponent(JSON.stringify(kept)) : "";
}

/** The state at the end of an address; an end that is none of ours says nothing. */
export function read(hash: string): State {
  if (!hash.startsWith(MARK)) return {};
  try {
    const state: unknown = JSON.parse(decodeURIComponent(hash.slice(MARK.length)));
    return typeof state === "object" && state !== null ? (state as State) : {};
  } catch {
    return {};
  }
}

/** The same text has the same number (FNV-1a); another version of a book is another book. */
export function fingerprint(text: string): string {
  let number = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) number = Math.imul(number ^ text.charCodeAt(i), 0x01000193);
  return (number >>> 0).toString(36);
}

/** What was stored of a book; a browser may have no store for a page, or refuse it. */
function stored(place: string): State {
  try {
    const state: unknown = JSON.parse(localStorage.getItem(place) ?? "{}");
    return typeof state === "object" && state !== null ? (state as State) : {};
  } catch {
    return {};
  }
}

function store(place: string, state: State): boolean {
  try {
    localStorage.setItem(place, JSON.stringify(state));
    return true;
  } catch {
    return false;
  }
}

/** Keeps the state of one page; who leaves with edits that found no room anywhere is asked. */
export class Keeper {
  looks: Looks;
  /** When it was written last. */
  private last = -PAUSE;
  private timer: ReturnType<typeof setTimeout> | undefined;
  /** The edits as they were saved in a file. */
  private saved: string;

  private readonly place: string;
  private isStored = true;
  /** Whether the reader did anything: who only opens a shared page keeps what was stored before. */
  private isTouched = false;

  /** `book` is the text of the book as it came. */
  constructor(private readonly model: Model, book: string) {
    this.saved = this.edits();
    this.place = `sheetformer ${location.pathname} ${fingerprint(book)}`;
    this.looks = this.state();
  }

  /** What the address says; of one that says nothing what was stored. */
  private state(): State {
    if (location.hash.startsWith(MARK)) return { ...stored(this.place), edits: undefined, ...read(location.hash) };
    return stored(this.place);
  }

  /** Bring the page to the edits of its address, or of the last time; gives what has to be said, or "". */
  restore(): string {
    const { edits } = this.state();
    if (!Array.isArray(edits)) return "";
    const notice = location.hash.startsWith(MARK) || !edits.length ? "" : uiText(this.model.translation, "lastTime");
    const odd = edits.find((edit) => !this.isOfBook(edit));
    if (odd !== undefined) return uiText(this.model.translation, "otherEdits", Array.isArray(odd) ? String(odd[0]) : "?");
    try {
      apply(this.model, edits);
      return notice;
    } catch (error) {
      if (error instanceof Refused) return error.message;
      throw error;
    }
  }

  /** Whether something is an edit of a cell that this book can have; an address may say anything. */
  private isOfBook(edit: unknown): boolean {
    if (!Array.isArray(edit) || edit.length !== 4) return false;
    const [sheet, row, column, content] = edit as unknown[];
    const isPlace = (at: unknown, most: number): boolean => Number.isInteger(at) && (at as number) >= 0 && (at as number) < most;
    const { formula, array = [] } = typeof content === "object" && content !== null ? (content as { formula?: unknown; array?: unknown }) : {};
    const isFormula = typeof formula === "string" && Array.isArray(array);
    const isContent = content === null || ["number", "string", "boolean"].includes(typeof content) || isFormula;
    return this.model.payload.sheets.some(({ name }) => name === sheet) && isPlace(row, LAST_ROW) && isPlace(column, LAST_COLUMN) && isContent;
  }

  /** Follow the model from here on. */
  follow(): void {
    this.model.subscribe(() => {
      this.isTouched = true;
      clearTimeout(this.timer);
      this.timer = setTimeout(() => this.write(), Math.max(0, this.last + PAUSE - performance.now()));
    });
    addEventListener("pagehide", () => this.write());
    addEventListener("hashchange", () => void this.restore());
    addEventListener("beforeunload", (event) => {
      this.write();
      if (this.edits() !== this.saved && !this.fits() && !this.isStored) event.preventDefault();
    });
  }

  look(looks: Looks): void {
    this.looks = { ...this.looks, ...looks };
    this.isTouched = true;
    this.write();
  }

  /** Only stored: an address is for what somebody made, or chose. */
  atStep(step: number): void {
    this.looks.step = step;
    this.isTouched = true;
    this.store();
  }

  private store(): void {
    this.isStored = store(this.place, { ...this.looks, edits: contents(this.model) });
  }

  /** What stands on the page is in a file now. */
  keep(): void {
    this.saved = this.edits();
  }

  private edits(): string {
    return JSON.stringify(contents(this.model));
  }

  private fits(): boolean {
    return this.hash().length <= LONGEST;
  }

  private hash(): string {
    const { edits: _, ...looks } = this.looks as State;
    return written({ ...looks, edits: contents(this.model) });
  }

  private write(): void {
    clearTimeout(this.timer);
    this.last = performance.now();
    if (this.isTouched) this.store();
    const hash = this.fits() ? this.hash() : "";
    if (hash === location.hash || (!hash && !location.hash.startsWith(MARK))) return;
    try {
      history.replaceState(history.state, "", hash || location.pathname + location.search);
    } catch {
      // A page in a frame of somebody else may have no address of its own.
    }
  }
}
