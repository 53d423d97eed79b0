/** The editor that opens in a cell: a line to type in, with a list of words where there are some. */

import type { Place, Refused } from "../model.js";
import type { Context } from "./context.js";
import { h } from "./dom.js";
import { complete, namesFor, pointing, wordBefore } from "./formulahelp.js";

/** More words than this are not listed at once; typing narrows the list. */
const LISTED = 200;

export interface Ended {
  text: string;
  kept: boolean;
  /** Where to go next: one row down, one column on, or nowhere. */
  move: [number, number];
  /** An array formula over all that is selected. */
  isArray?: boolean;
}

/**
 * Open an editor over an element.
 *
 * @param start what was typed to open it; without, the cell's own text is edited.
 * @param refusal why that text was refused: said below it, with the place of the slip marked.
 */
export function openEditor(
  context: Context,
  over: HTMLElement,
  at: Place,
  start: string | undefined,
  done: (ended: Ended) => void,
  refusal: Refused | null = null,
): HTMLElement {
  const words = context.model.choices(at);
  const input = h("input", {
    class: "editor",
    "aria-label": context.say("edit", context.name(at)),
    spellcheck: "false",
    autocomplete: "off",
    dir: "auto",
  });
  input.value = start ?? context.model.input(at);
  const box = h("div", { class: "editing" }, input);
  const list = new WordList(context, input, words, (word) => end(word, true, [1, 0]));
  box.append(list.element);
  const stage = over.closest(".stage");
  let over_ = false;
  const end = (text: string, kept: boolean, move: [number, number], isArray = false): void => {
    if (over_) return;
    over_ = true;
    stop();
    box.remove();
    stage?.classList.remove("edited");
    over.classList.remove("under-editor");
    done({ text, kept, move, isArray });
  };
  input.addEventListener("keydown", (event) => {
    event.stopPropagation();
    if (list.key(event)) return;
    if (isArrayKey(event)) end(input.value, true, [1, 0], true);
    else if (event.key === "Enter") end(input.value, true, [event.shiftKey ? -1 : 1, 0]);
    else if (event.key === "Tab") end(input.value, true, [0, event.shiftKey ? -1 : 1]);
    else if (event.key === "Escape") end("", false, [0, 0]);
    else return;
    event.preventDefault();
  });
  input.addEventListener("blur", () => end(input.value, true, [0, 0]));
  // A list of words may reach over the edge of its stage.
  stage?.classList.add("edited");
  over.classList.add("under-editor");
  place(box, over);
  const stop = pointing(context, input, () => at.sheet);
  input.addEventListener("pointed", () => widen(box));
  input.focus();
  if (start === undefined) input.select();
  if (refusal) showSlip(box, input, refusal);
  else list.show(start ?? "");
  return box;
}

/** As spreadsheets of old were told that a formula is one for all selected cells. */
export const isArrayKey = (event: KeyboardEvent): boolean => event.key === "Enter" && event.shiftKey && (event.ctrlKey || event.metaKey);

/** The sentence of a refusal stands below the line until something is typed; the slip is selected. */
function showSlip(box: HTMLElement, input: HTMLInputElement, { message, slip = input.value.length }: Refused): void {
  const sentence = h("p", { class: "slip", id: `slip-${Math.random().toString(36).slice(2)}` }, message);
  box.append(sentence);
  input.setAttribute("aria-invalid", "true");
  input.setAttribute("aria-describedby", sentence.id);
  input.setSelectionRange(slip, slip + 1);
  const typed = (): void => {
    sentence.remove();
    input.removeAttribute("aria-invalid");
    input.removeAttribute("aria-describedby");
  };
  input.addEventListener("input", typed, { once: true });
}

/** Over its cell, and as wide as what is written needs. */
function place(box: HTMLElement, over: HTMLElement): void {
  const host = over.closest<HTMLElement>(".stagebody, .sheetbody, .stagehost") ?? over.parentElement!;
  const [a, b] = [over.getBoundingClientRect(), host.getBoundingClientRect()];
  const input = box.firstElementChild as HTMLInputElement;
  const wide = Math.max(a.width, Math.min(input.value.length * 8 + 28, 420));
  box.style.left = `${Math.max(0, Math.min(a.left - b.left, b.width - wide)) + host.scrollLeft}px`;
  box.style.top = `${a.top - b.top + host.scrollTop}px`;
  box.style.width = `${wide}px`;
  box.style.height = `${a.height}px`;
  host.append(box);
}

/** As wide as an address that came in needs. */
function widen(box: HTMLElement): void {
  const input = box.firstElementChild as HTMLInputElement;
  box.style.width = `${Math.max(box.clientWidth, Math.min(input.value.length * 8 + 28, 420))}px`;
}

/** The words to pick from, narrowed by what is typed; of a formula the names that it can use. */
export class WordList {
  readonly element: HTMLElement;
  private options: HTMLElement[] = [];
  private active = -1;
  private readonly id = `words-${Math.random().toString(36).slice(2)}`;

  constructor(
    private readonly context: Context,
    private readonly input: HTMLInputElement,
    private readonly words: string[] | null,
    private readonly pick: (word: string) => void,
  ) {
    this.element = h("div", { class: "words", role: "listbox", id: this.id, "aria-label": context.say("choices"), hidden: true });
    input.setAttribute("role", "combobox");
    input.setAttribute("aria-expanded", "false");
    input.setAttribute("aria-controls", this.id);
    input.setAttribute("aria-autocomplete", "list");
    input.addEventListener("input", () => this.show(input.value));
    // The pointer must not take the keyboard away from the line, or the editor would close.
    this.element.addEventListener("pointerdown", (event) => {
      event.preventDefault();
      const word = (event.target as Element).closest<HTMLElement>("[role=option]")?.textContent;
      if (word) this.choice(word);
    });
  }

  private choice(word: string): void {
    if (!this.isName) return this.pick(word);
    complete(this.input, word);
    this.input.dispatchEvent(new Event("pointed"));
    this.show(this.input.value);
  }

  /** Whether a name within a formula is being typed. */
  private get isName(): boolean {
    return wordBefore(this.typed) !== "";
  }

  /** What stands before the cursor. */
  private get typed(): string {
    return this.input.value.slice(0, this.input.selectionStart ?? undefined);
  }

  private found(typed: string): string[] {
    if (this.isName) return namesFor(this.context, this.typed);
    const { words } = this;
    if (!words || typed.startsWith("=")) return [];
    const fold = typed.toLowerCase();
    const first = words.filter((word) => word.toLowerCase().startsWith(fold));
    return [...first, ...(fold ? words.filter((word) => word.toLowerCase().indexOf(fold) > 0) : [])];
  }

  show(typed: string): void {
    const list = this.found(typed).slice(0, LISTED);
    this.options = list.map((word, i) => h("div", { role: "option", id: `${this.id}-${i}`, "aria-selected": "false" }, word));
    this.element.replaceChildren(...this.options);
    this.element.hidden = list.length === 0;
    this.input.setAttribute("aria-expanded", String(list.length > 0));
    this.element.scrollTop = 0;
    this.active = -1;
    this.input.removeAttribute("aria-activedescendant");
    const now = list.indexOf(this.input.value);
    if (now >= 0 && typed === "") this.choose(now);
  }

  /** Whether the key was for the list. */
  key(event: KeyboardEvent): boolean {
    if (this.element.hidden) return false;
    if (event.key === "Tab" && this.isName) {
      event.preventDefault();
      this.choice(this.options[Math.max(0, this.active)]!.textContent ?? "");
      return true;
    }
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      const step = event.key === "ArrowDown" ? 1 : -1;
      this.choose((this.active + step + this.options.length) % Math.max(1, this.options.length));
      event.preventDefault();
      return true;
    }
    if (event.key === "Enter" && this.active >= 0) {
      event.preventDefault();
      this.choice(this.options[this.active]!.textContent ?? "");
      return true;
    }
    return false;
  }

  private choose(at: number): void {
    this.options[this.active]?.setAttribute("aria-selected", "false");
    const option = this.options[at];
    if (!option) return;
    this.active = at;
    option.setAttribute("aria-selected", "true");
    option.scrollIntoView({ block: "nearest" });
    this.input.setAttribute("aria-activedescendant", option.id);
  }
}
