/** The first view: matrices laid out along the equation, stage by stage; finished stages fold away. */

import type { Change, Place } from "../model.js";
import { stageBody } from "./stage.js";
import { shortName, type Context, type Part } from "./context.js";
import { button, h } from "./dom.js";
import { markCount, type MarkCount } from "./marks.js";
import { math } from "./mathml.js";
import { sentences } from "./pinned.js";
import { Stepper } from "./stepper.js";
import { chapters, type Stage } from "./story.js";
import { tableKeys } from "./tablekeys.js";
import { mainLayer } from "./weights.js";

export class Cards implements Part {
  readonly element: HTMLElement;
  private readonly sections: Section[] = [];
  /** A translation word by word, where the book writes one. */
  private readonly stepper: Stepper | null;

  constructor(private readonly context: Context) {
    this.stepper = Stepper.of(context, () => {});
    const found = chapters(context.model.payload);
    const parts: HTMLElement[] = [];
    found.forEach((chapter, i) => {
      const told = i === 0 || chapter.stages.some((stage) => stage.number);
      const sections = chapter.stages.map((stage) => new Section(context, stage, told, (section) => this.next(section)));
      sections.forEach((section, k) => section.inStory && this.sections.length + k < FIRST_OPEN && section.open(true, false));
      this.sections.push(...sections);
      const heading = i ? h("h2", { class: "chapter" }, chapter.name) : h("h2", { class: "unseen" }, context.model.payload.title);
      parts.push(h("section", { class: told ? "chapterbox story" : "chapterbox", "aria-label": chapter.name }, heading, ...sections.map((section) => section.element)));
    });
    this.element = h("div", { class: "cards stagehost", tabindex: -1 }, headLine(context), toDo(context), this.steps(), this.stepper?.element, ...parts);
    tableKeys(context, this.element);
    for (const section of this.sections.slice(0, FIRST_DRAWN)) section.draw();
    this.drawOthers(FIRST_DRAWN);
  }

  /** The stages that are not in sight yet are drawn once the page stands: one after the other, so that it answers in between. */
  private drawOthers(from: number): void {
    requestAnimationFrame(() =>
      setTimeout(() => {
        this.sections[from]?.draw();
        if (from < this.sections.length && this.context.parts.has(this)) this.drawOthers(from + 1);
      }),
    );
  }

  /** Bring a cell into sight: its stage opens, its table scrolls to the row. */
  reveal(at: Place): void {
    const section = this.sections.find((one) => one.holds(at));
    section?.open(true);
    const target = this.find(at);
    const folded = target?.closest("details");
    if (folded) folded.open = true;
    target?.scrollIntoView({ block: "nearest", inline: "nearest" });
    target?.focus({ preventScroll: true });
  }

  /** The element of a cell in this view; a long table is scrolled to it first. */
  find(at: Place): HTMLElement | null {
    this.sections.find((one) => one.holds(at))?.draw();
    const standing = this.context.model.block(at);
    if (standing) {
      const { name } = this.context.model.payload.blocks[standing.block]!;
      for (const box of this.element.querySelectorAll<HTMLElement>(".scroller.long")) {
        if (box.dataset["block"] === name) box.dispatchEvent(new CustomEvent("show-row", { detail: standing.row }));
      }
    }
    const here = this.context.painter.elements(at).filter((element) => this.element.contains(element));
    const focused = here.find((element) => element === document.activeElement);
    return focused ?? here.find((element) => !element.closest(".again, details:not([open])")) ?? here[0] ?? null;
  }

  get step(): number {
    const least = parseFloat(getComputedStyle(this.sections[0]!.element).scrollMarginTop) + 8;
    return this.sections.findIndex(({ element }) => element.getBoundingClientRect().bottom > least);
  }

  toStep(step: number): void {
    // What stands above must be as high as it will be.
    for (const section of this.sections.slice(0, step)) section.draw();
    this.sections[step]?.show();
  }

  changed(change: Change): void {
    this.stepper?.draw();
    for (const section of this.sections) section.changed(change);
  }

  selected(): void {
    for (const section of this.sections) section.selected();
  }

  /** Fold everything away, or open the whole story again. */
  private steps(): HTMLElement {
    const { context } = this;
    const story = this.sections.filter((section) => section.inStory);
    const counted = story.some((section) => section.stage.number);
    const buttons = story.map((section, i) => {
      const text = section.stage.number || (counted ? "•" : String(i + 1));
      return button(text, () => section.visit(), { title: section.stage.title, "aria-label": `${text} ${section.stage.title}` });
    });
    if (story.length < 2) return h("div", { class: "stepbar" }, legend(context));
    return h(
      "nav",
      { class: "stepbar", "aria-label": context.say("steps") },
      ...buttons,
      legend(context),
      h("span", { class: "gap" }),
      button(context.say("fold"), () => this.openAll(false), { class: "plain" }),
      button(context.say("unfold"), () => this.openAll(true), { class: "plain" }),
    );
  }

  /** The whole story stands on paper. */
  printed(): void {
    for (const section of this.sections) if (section.inStory) section.open(true);
  }

  /** All of the book: also what stands behind the story, and the workings of each step. */
  private openAll(open: boolean): void {
    for (const section of this.sections) section.open(open);
    for (const workings of this.element.querySelectorAll("details")) workings.open = open;
  }

  /** The last step stays: behind it there is nothing to go to, and an empty page helps nobody. */
  private next(section: Section): void {
    const following = this.sections[this.sections.indexOf(section) + 1];
    if (!following) return;
    section.open(false);
    following.visit();
  }
}

/** So many steps of the story are open at first; building more would keep the reader waiting. */
const FIRST_OPEN = 12;

/** And so many are drawn before the page is shown: mostly it fills the window. */
const FIRST_DRAWN = 1;

/** What the book is for, in one line. */
function headLine(context: Context): HTMLElement | null {
  const { head } = context.model.payload;
  return head ? h("p", { class: "headline", dir: "auto" }, head) : null;
}

/** What to do next, where there is something to change. */
function toDo(context: Context): HTMLElement | null {
  if (context.model.goesOn) return h("p", { class: "todo", dir: "auto" }, context.say("todoRun", context.say("run")));
  const { blocks } = context.model.payload;
  const layer = mainLayer(context);
  const [number] = layer ? sentences(context, layer) : [];
  if (!blocks.some((block) => block.kind === "input")) return null;
  const text = number === undefined ? context.say("todoCells") : context.say("todo", blocks[number]!.title || shortName(blocks[number]!.name));
  return h("p", { class: "todo", dir: "auto" }, text);
}

/** What the fills of cells mean: those that this book has. */
function legend(context: Context): HTMLElement {
  const kinds = new Set(context.model.payload.blocks.map((block) => block.kind));
  const fills = [["input", "typeHere"], ["parameter", "learned"], ["computed", "live"]] as const;
  const isExercise = context.model.payload.styles.some((style) => style.startsWith("blank."));
  const present = [...fills.filter(([kind]) => kinds.has(kind)), ...(isExercise ? [["blank", "fillIn"] as const] : [])];
  return h("ul", { class: "legend", "aria-label": context.say("colours") }, ...present.map(([kind, word]) => h("li", { class: `kind-${kind}` }, context.say(word))));
}

/** One stage: a heading that folds, and a body that is built when it is first opened. */
class Section {
  readonly element: HTMLElement;
  private readonly toggle: HTMLButtonElement;
  private readonly body: HTMLElement;
  private readonly count: MarkCount | null;
  private parts: Part[] = [];
  private isOpen = false;
  private readonly equation = h("span", { class: "stageequation", "aria-hidden": "true" });

  constructor(
    private readonly context: Context,
    readonly stage: Stage,
    readonly inStory: boolean,
    private readonly next: (section: Section) => void,
  ) {
    const id = context.id(`stage-${stage.sheet}-${stage.index}`);
    const badge = stage.number ? h("span", { class: "badge" }, stage.number) : null;
    this.toggle = button("", () => this.open(!this.isOpen), { "aria-expanded": "false", "aria-controls": id, class: "fold" });
    this.count = markCount(context, stage);
    this.toggle.append(
      badge ?? "",
      h("span", { class: "stagetitle" }, stage.title),
      this.equation,
      this.count?.element ?? "",
    );
    this.body = h("div", { class: "stagebody", id, hidden: true });
    this.element = h("section", { class: inStory ? "stage" : "stage aside" }, h("h3", {}, this.toggle), this.body);
  }

  /** `drawn`: at once, else when its turn comes. */
  open(open: boolean, drawn = true): void {
    if (open !== this.isOpen) this.turn(open);
    if (open && drawn) this.draw();
  }

  private turn(open: boolean): void {
    this.isOpen = open;
    this.toggle.setAttribute("aria-expanded", String(open));
    this.element.classList.toggle("open", open);
    this.body.hidden = !open;
    if (open) return;
    this.body.replaceChildren();
    this.parts = [];
    this.context.painter.sweep();
  }

  /** What was not drawn yet. */
  draw(): void {
    if (this.stage.equation && !this.equation.firstChild) this.equation.append(math(this.stage.equation));
    if (this.isOpen && !this.body.firstChild) this.build();
  }

  show(): void {
    this.open(true);
    const scroll = (): void => this.element.scrollIntoView({ block: "start" });
    scroll();
    // What stands above is laid out when it comes near; then it is as high as it is.
    setTimeout(scroll, 50);
  }

  visit(): void {
    this.show();
    this.toggle.focus({ preventScroll: true });
  }

  holds(at: Place): boolean {
    return this.stage.blocks.some((number) => {
      const block = this.context.model.payload.blocks[number]!;
      return block.sheet === at.sheet && this.context.model.block(at)?.block === number;
    });
  }

  changed(change: Change): void {
    this.count?.count();
    for (const part of this.parts) part.changed?.(change);
  }

  selected(): void {
    for (const part of this.parts) part.selected?.();
  }

  private build(): void {
    const built = stageBody(this.context, this.stage);
    this.parts = built.parts;
    const done = this.inStory ? h("p", { class: "done" }, button(this.context.say("next"), () => this.next(this), { class: "plain" })) : null;
    this.body.replaceChildren(...built.elements, ...(done ? [done] : []));
  }
}
