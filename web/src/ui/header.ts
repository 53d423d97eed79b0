/** The head of the page: title, views, undo, and what chooses colours and language. */

import type { Context, Part } from "./context.js";
import type { Language } from "../format.js";
import { languagesOf } from "../languages.js";
import { button, h, write } from "./dom.js";
import type { Host } from "./host.js";

export interface Head {
  /** Go past the head, to what the page is about. */
  skip(): void;
  tabs: HTMLElement;
  host: Host | undefined;
  dark: boolean;
  /** Turn the colours; gives whether they are dark now. */
  theme(): boolean;
  language(chosen: Language): void;
}

export function header(context: Context, head: Head): HTMLElement {
  const { model } = context;
  const undo = button("↶", () => model.undo(), { class: "icon undo", "aria-label": context.say("undo"), title: `${context.say("undo")} (Ctrl+Z)` });
  const redo = button("↷", () => model.redo(), { class: "icon", "aria-label": context.say("redo"), title: `${context.say("redo")} (Ctrl+Y)` });
  const reset = button(context.say("reset"), () => context.change(() => model.reset()), { class: "plain" });
  const enable = (): void => {
    const had = (undo.getRootNode() as Document | ShadowRoot).activeElement;
    undo.disabled = !model.canUndo;
    redo.disabled = !model.canRedo;
    // A button that can no longer be pressed would let the keyboard fall to the page.
    if (had === undo && undo.disabled) redo.focus();
    if (had === redo && redo.disabled) undo.focus();
    reset.disabled = !model.canUndo && model.edits().length === 0;
  };
  const part: Part = { changed: enable };
  context.parts.add(part);
  enable();
  return h(
    "header",
    { class: "head" },
    button(context.say("skip"), () => head.skip(), { class: "skip" }),
    h("div", { class: "titles" }, home(context, head.host), h("h1", { dir: "auto" }, model.payload.title)),
    head.tabs,
    h("div", { class: "tools" }, undo, redo, reset, offer(context, "savePage", head.host?.savePage), offer(context, "download", head.host?.download), themeButton(context, head), languageList(context, head)),
  );
}

const home = (context: Context, host: Host | undefined): HTMLElement | null =>
  host?.home ? h("a", { class: "home", href: host.home(context.model.language) }, context.say("home")) : null;

/** Save what stands on the page, where there is somebody to write the file. */
function offer(context: Context, name: "savePage" | "download", work: Host["download"]): HTMLElement | null {
  if (!work) return null;
  const press = async (): Promise<void> => {
    save.disabled = true;
    try {
      await work(context.model);
    } catch (error) {
      context.refuse(error instanceof Error ? error.message : String(error));
    }
    save.disabled = false;
  };
  const save = button(context.say(name), () => void press(), { class: "plain" });
  return save;
}

function themeButton(context: Context, head: Head): HTMLElement {
  const turn = (): void => tell(head.theme());
  const toggle = button("", turn, { class: "icon" });
  const tell = (dark: boolean): void => {
    const word = context.say(dark ? "themeLight" : "themeDark");
    write(toggle, dark ? "☀" : "☾");
    toggle.setAttribute("aria-label", word);
    toggle.title = word;
  };
  tell(head.dark);
  return toggle;
}

/** Every language by its own name; null where there is one only. */
function languageList(context: Context, head: Head): HTMLElement | null {
  const { model } = context;
  const languages = languagesOf(model.payload);
  if (languages.length < 2) return null;
  const list = h(
    "select",
    { class: "languages", "aria-label": context.say("languageHint"), title: context.say("languageHint") },
    ...languages.map(({ code, name }) => h("option", { value: code, lang: code, selected: code === model.language }, name)),
  );
  list.addEventListener("change", () => head.language(list.value));
  return list;
}
