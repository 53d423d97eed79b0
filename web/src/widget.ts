/** The page in a notebook: what anywidget calls to show a widget, and to hear of edits. */

import { apply, contents, type CellEdit } from "./edit_wire.js";
import type { Payload } from "./format.js";
import { Model } from "./model.js";
import { mount } from "./ui/app.js";

/** The notebook's side of a widget: named values that Python shares. */
interface Shared {
  get(name: string): unknown;
  set(name: string, value: unknown): void;
  save_changes(): void;
  on(event: string, listener: () => void): void;
  off(event: string, listener: () => void): void;
}

/** Milliseconds without an edit before Python is told: a drag is many edits. */
const PAUSE = 80;

/** Show a book in an element; gives the function that takes it away. */
function render({ model: shared, el }: { model: Shared; el: HTMLElement }): () => void {
  const root = document.createElement("div");
  // As high as a window, with its own scrolling: what is told of a cell stays beside it.
  const frame = document.createElement("div");
  frame.className = "sheetformer-frame";
  frame.append(root);
  const still = stillPicture(String(shared.get("still") ?? ""));
  still.forEach((picture) => (picture.hidden = true));
  const problem = document.createElement("p");
  problem.setAttribute("role", "alert");
  // Otherwise letters typed into a cell are commands of the notebook.
  root.dataset.lmSuppressShortcuts = "true";
  root.addEventListener("keydown", (event) => event.stopPropagation());
  el.append(problem, frame);

  let end = open(root, shared);
  const anew = (): void => {
    end();
    end = open(root, shared);
  };
  const say = (): void => {
    problem.textContent = String(shared.get("problem") ?? "");
    problem.hidden = problem.textContent === "";
  };
  say();
  shared.on("change:payload", anew);
  shared.on("change:problem", say);
  return () => {
    shared.off("change:payload", anew);
    shared.off("change:problem", say);
    end();
    el.replaceChildren();
    still.forEach((picture) => (picture.hidden = false));
  };
}

/** The picture that a notebook keeps of a book; where the book is alive nobody needs it. */
function stillPicture(name: string): HTMLElement[] {
  return name ? [...document.querySelectorAll<HTMLElement>(`[data-sheetformer-still="${CSS.escape(name)}"]`)] : [];
}

/** Mount the book that Python holds, its edits made, and keep both sides the same. */
function open(root: HTMLElement, shared: Shared): () => void {
  const book = new Model(shared.get("payload") as Payload);
  const close = mount(root, book);
  let timer: ReturnType<typeof setTimeout> | undefined;
  const edits = (): CellEdit[] => (shared.get("edits") ?? []) as CellEdit[];
  const differs = (): boolean => JSON.stringify(edits()) !== JSON.stringify(contents(book));
  const tell = (): void => {
    if (!differs()) return;
    shared.set("edits", contents(book));
    shared.save_changes();
  };
  const follow = (): void => {
    if (differs()) apply(book, edits());
  };
  follow();
  const leave = book.subscribe(() => {
    clearTimeout(timer);
    timer = setTimeout(tell, PAUSE);
  });
  shared.on("change:edits", follow);
  return () => {
    clearTimeout(timer);
    leave();
    shared.off("change:edits", follow);
    close();
  };
}

export default { render };
