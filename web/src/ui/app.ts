/** The page: header, views, the explaining box, and what ties them together. */

import type { Language } from "../format.js";
import type { Area, Change, Model, Place, Refused } from "../model.js";
import { announcement } from "./announcement.js";
import { clipboard } from "./clipboard.js";
import { cellOf, Context } from "./context.js";
import { h, write } from "./dom.js";
import { openEditor, type Ended } from "./editor.js";
import { Explain } from "./explain.js";
import { FormulaBar } from "./formulabar.js";
import { header } from "./header.js";
import type { Host, Looks } from "./host.js";
import { Pinned } from "./pinned.js";
import { runner } from "./runner.js";
import { nameFocused } from "./tablekeys.js";
import { makeView, tabs, viewsOf, type View, type ViewName } from "./views.js";

export interface MountOptions {
  /** What the page's surroundings offer: a download, a way home. */
  host?: Host;
  language?: Language;
  /** How the page was looked at before. */
  looks?: Looks;
  /** What has to be said at once. */
  notice?: string;
}

/** Milliseconds after which a page stands still. */
const STILL = 200;

/** Books that were put on this page. */
let mounted = 0;

/** Put a book into an element; gives the function that takes it out again. */
export function mount(root: HTMLElement, model: Model, options: MountOptions = {}): () => void {
  const app = new App(root, model, options);
  return () => app.end();
}

class App {
  private context: Context;
  private view: View | null = null;
  private name: ViewName = "lesson";
  private viewHost: HTMLElement = h("div");
  private status: HTMLElement = h("p");
  private readonly suffix = mounted++ ? `-${mounted}` : "";
  private running: ReturnType<typeof runner> = null;
  private readonly endings: (() => void)[] = [];
  private theme: "light" | "dark" | null = null;
  /** What sticks below the bar and the sentence must know how high they are. */
  private readonly belowBar = new ResizeObserver((seen) => {
    const heights = seen.map(({ target }) => [target.matches(".bar") ? "--bar" : "--pinned", `${target.clientHeight}px`] as const);
    // All elements are styled anew for it: not before what is there was painted.
    setTimeout(() => {
      for (const [name, height] of heights) this.root.style.setProperty(name, height);
    });
  });
  /** From here on the reader changes how the page is looked at. */
  private started = false;

  constructor(
    private readonly root: HTMLElement,
    private readonly model: Model,
    private readonly options: MountOptions,
  ) {
    root.classList.add("sheetformer");
    // A handle for the console: document.querySelector(".sheetformer").sheetformer.value({…}).
    Object.assign(root, { sheetformer: model });
    this.theme = options.looks?.theme ?? null;
    if (this.theme) root.dataset["theme"] = this.theme;
    this.context = this.render(options.language ?? model.language);
    const view = viewsOf(this.context).find((name) => name === options.looks?.view);
    if (view && view !== this.name) this.show(view);
    const step = options.looks?.step;
    // What stands above is laid out when it comes near; then it is as high as it is.
    if (step) for (const wait of [0, 50]) setTimeout(() => this.view?.toStep?.(step), wait);
    else if (options.host && !location.hash) this.openOnOutput();
    if (options.notice) this.context.refuse(options.notice);
    if (options.host?.atStep) this.followStep();
    this.started = true;
    this.endings.push(
      model.subscribe((change) => this.changed(change)),
      clipboard(() => this.context, root, () => this.area()),
    );
    const print = (): void => this.view?.printed?.();
    addEventListener("beforeprint", print);
    this.endings.push(() => removeEventListener("beforeprint", print));
    root.addEventListener("keydown", this.keys);
    this.endings.push(() => root.removeEventListener("keydown", this.keys));
  }

  end(): void {
    this.running?.end();
    this.belowBar.disconnect();
    for (const end of this.endings) end();
    this.root.replaceChildren();
    this.root.classList.remove("sheetformer");
  }

  /** Build everything in a language; the book and the selection stay. */
  private render(language: Language, selection?: Place): Context {
    this.model.language = language;
    const context = new Context(this.model, selection, this.suffix);
    this.context = context;
    const explain = new Explain(context);
    const bar = new FormulaBar(context);
    const live = h("p", { class: "unseen", "aria-live": "polite" });
    const status = (this.status = h("p", { class: "status", "aria-hidden": "true" }));
    const problem = h("p", { class: "refusal", role: "alert", hidden: true });
    context.announce = (text) => {
      write(live, text);
      write(status, text);
    };
    context.refuse = (text) => {
      write(problem, text);
      problem.hidden = text === "";
    };
    context.edit = (start) => this.edit(start);
    context.area = () => this.area();
    context.pointed = (event) => context.painter.placeOf(event.target) ?? this.view?.placeAt?.(event) ?? null;
    const pinned = new Pinned(context, status);
    context.parts.add(explain).add(bar).add(pinned);
    this.running?.end();
    this.running = runner(context);
    if (this.running) context.parts.add(this.running);
    const choosers = tabs(context, viewsOf(context), (name) => this.show(name));
    this.showTab = choosers.show;
    this.viewHost = h("div", { class: "viewhost", id: context.id("sheetformer-view"), role: "tabpanel", tabindex: -1 });
    this.root.lang = language;
    this.nameDocument(language);
    const top = h("section", { class: "bar", "aria-label": context.say("formulaBar") }, this.running?.element, bar.element, problem);
    this.belowBar.disconnect();
    this.belowBar.observe(top);
    this.belowBar.observe(pinned.element);
    this.root.replaceChildren(
      header(context, {
        skip: () => this.viewHost.focus(),
        tabs: choosers.element,
        host: this.options.host,
        dark: this.isDark(),
        theme: () => this.turnTheme(),
        language: (chosen) => this.speak(chosen),
      }),
      top,
      h("div", { class: "columns" }, h("main", {}, this.viewHost), h("aside", { class: "sidebar" }, pinned.element, explain.element)),
      live,
    );
    this.show(this.name);
    context.select(context.selection);
    return context;
  }

  /** Keep the step that is read, once the page stands still. */
  private followStep(): void {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const scrolled = (): void => {
      clearTimeout(timer);
      timer = setTimeout(() => this.view?.step !== undefined && this.options.host?.atStep?.(this.view.step), STILL);
    };
    addEventListener("scroll", scrolled, { passive: true });
    this.endings.push(() => removeEventListener("scroll", scrolled));
  }

  /** Of a model that was recorded a reader wants to see what it says; a lesson begins at its beginning. */
  private openOnOutput(): void {
    const { blocks, stages, head } = this.model.payload;
    const number = blocks.findIndex((block) => block.kind === "computed" && /^output(_\d+)?$/.test(block.name));
    const behind = blocks[number] && stages[blocks[number].stage];
    if (!behind || head || stages.some((stage) => /^\d/.test(stage.title)) || stages.indexOf(behind) === 0) return;
    const at = cellOf(blocks[number]!, 0, 0, 0);
    this.context.go(at);
    for (const wait of [0, 50]) setTimeout(() => this.view?.find?.(at)?.scrollIntoView({ block: "center" }), wait);
  }

  private look(): void {
    if (!this.started) return;
    const looks: Looks = { view: this.name, language: this.model.language };
    this.options.host?.look?.(this.theme ? { ...looks, theme: this.theme } : looks);
  }

  /** Another language: everything is built anew, and the list keeps the keyboard. */
  private speak(language: Language): void {
    this.render(language, this.context.selection);
    this.root.querySelector<HTMLElement>(".languages")?.focus();
  }

  private showTab: (name: ViewName) => void = () => {};

  private show(name: ViewName): void {
    this.name = name;
    if (this.view) this.context.parts.delete(this.view);
    this.root.dataset["view"] = name;
    this.viewHost.replaceChildren();
    this.viewHost.setAttribute("aria-labelledby", this.context.id(`tab-${name}`));
    this.showTab(name);
    // In the page before it is drawn: a sheet draws only what it has room for.
    const view = makeView(this.context, name);
    this.view = view;
    this.viewHost.append(view.element);
    this.context.painter.sweep();
    this.context.parts.add(view);
    this.context.reveal = (at) => this.reveal(at);
    view.shown?.();
    this.context.remark();
    this.look();
  }

  /** A cell that the view in front does not show is shown on the sheet. */
  private reveal(at: Place | Area): void {
    const fits = this.view?.find?.(at) || this.name === "sheet" || (this.name === "lesson" && this.model.block(at));
    if (!fits) this.show(this.model.block(at) ? "lesson" : "sheet");
    this.view?.reveal?.(at);
  }

  private changed(change: Change): void {
    const { context } = this;
    context.refuse("");
    context.painter.update(change.changed);
    for (const part of context.parts) part.changed?.(change);
    context.remark();
    nameFocused(context, this.root);
    context.announce(announcement(context, change));
    this.status.title = context.say("recalculated", change.recalculated, change.milliseconds.toFixed(1));
  }

  private area() {
    const { selection } = this.context;
    return this.view?.area?.() ?? { ...selection, rows: 1, columns: 1 };
  }

  private edit(start?: string, refusal: Refused | null = null): void {
    const { context, view } = this;
    const at = context.selection;
    const element = view?.find?.(at);
    if (!element) return;
    const area = this.area();
    const done = ({ text, kept, move, isArray }: Ended): void => {
      if (!kept) context.refuse("");
      const set = !kept || (text === context.model.input(at) && !isArray) || context.set(at, text, isArray ? area : undefined);
      if (this.view !== view) return;
      if (!set) {
        this.editAgain(at, text, move);
        return;
      }
      if (set && (move[0] || move[1])) view?.move?.(...move);
      else if (move[0] || move[1] || !kept) view?.find?.(at)?.closest<HTMLElement>("[tabindex]")?.focus({ preventScroll: true });
    };
    openEditor(context, element, at, start, done, refusal);
  }

  /** What was refused stays in its editor; who clicked elsewhere is brought back to it. */
  private editAgain(at: Place, text: string, move: Ended["move"]): void {
    const { context, view } = this;
    const { refusal } = context;
    const open = (): void => {
      if (this.view !== view || this.context !== context) return;
      context.select(at);
      this.edit(text, refusal);
    };
    if (move[0] || move[1]) open();
    else setTimeout(open);
  }

  private readonly keys = (event: KeyboardEvent): void => {
    if (!(event.ctrlKey || event.metaKey) || event.altKey || event.target instanceof HTMLInputElement) return;
    const key = event.key.toLowerCase();
    if (key === "z" && !event.shiftKey) this.model.undo();
    else if (key === "y" || key === "z") this.model.redo();
    else return;
    event.preventDefault();
  };

  /** A page that is a file of its own has the title and the language of its book. */
  private nameDocument(language: Language): void {
    const whole = this.root.ownerDocument.documentElement;
    if (!whole.matches(".sheetformer-file")) return;
    whole.lang = language;
    this.root.ownerDocument.title = this.model.payload.title;
  }

  private isDark(): boolean {
    return this.theme ? this.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
  }

  private turnTheme(): boolean {
    this.theme = this.isDark() ? "light" : "dark";
    this.root.dataset["theme"] = this.theme;
    this.look();
    return this.theme === "dark";
  }
}
