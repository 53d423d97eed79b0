/** What a reader has made of a page, kept in its address: reload, Back and a shared link bring it again. */

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
  const { edits = [], ...looks } = state;
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

/** Keeps the state of one page in its address; who leaves with edits that have no room there is asked. */
export class Keeper {
  looks: Looks;
  /** When it was written last. */
  private last = -PAUSE;
  private timer: ReturnType<typeof setTimeout> | undefined;
  /** The edits as they were saved in a file. */
  private saved: string;

  constructor(private readonly model: Model) {
    this.saved = this.edits();
    this.looks = read(location.hash);
  }

  /** Bring the page to the edits of its address; gives the sentence of a refusal, or "". */
  restore(): string {
    const { edits } = read(location.hash);
    if (!Array.isArray(edits)) return "";
    const odd = edits.find((edit) => !this.isOfBook(edit));
    if (odd !== undefined) return uiText(this.model.translation, "otherEdits", Array.isArray(odd) ? String(odd[0]) : "?");
    try {
      apply(this.model, edits);
      return "";
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
      clearTimeout(this.timer);
      this.timer = setTimeout(() => this.write(), Math.max(0, this.last + PAUSE - performance.now()));
    });
    addEventListener("pagehide", () => this.write());
    addEventListener("hashchange", () => void this.restore());
    addEventListener("beforeunload", (event) => {
      this.write();
      if (this.edits() !== this.saved && !this.fits()) event.preventDefault();
    });
  }

  look(looks: Looks): void {
    this.looks = looks;
    this.write();
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
    const hash = this.fits() ? this.hash() : "";
    if (hash === location.hash || (!hash && !location.hash.startsWith(MARK))) return;
    try {
      history.replaceState(history.state, "", hash || location.pathname + location.search);
    } catch {
      // A page in a frame of somebody else may have no address of its own.
    }
  }
}
