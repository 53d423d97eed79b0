/** The whole model at a glance: a box a stage, in it what it computes; each goes to its cells. */

import type { BlockData } from "../format.js";
import { cellOf, shortName, type Context } from "./context.js";
import { button, h } from "./dom.js";
import { hasRole, isAttention, PARTS } from "./roles.js";
import { chapters, type Stage } from "./story.js";
import { madeFrom } from "./weights.js";

/** A stage whose blocks have no roles shows at most so many. */
const MOST_PARTS = 8;

/** The boxes in their order; of stages that repeat one another the first, and how many they are. */
export function overview(context: Context): HTMLElement {
  const stages = chapters(context.model.payload).flatMap((chapter) => chapter.stages);
  const boxes = repeated(context, stages.some((stage) => stage.number) ? stages : flowing(context, stages)).map(({ stage, parts, times }) => box(context, stage, parts, times));
  return h("section", { class: "overview", data: { part: "overview" } }, h("h2", {}, context.say("overview")), h("ol", {}, ...boxes));
}

/** Stages without numbers stand as the data flows: what is made of fewer steps comes first. */
function flowing(context: Context, stages: Stage[]): Stage[] {
  const known = new Map<number, number>();
  const depth = (number: number): number => {
    const found = known.get(number);
    if (found !== undefined) return found;
    known.set(number, 0);
    const deep = 1 + Math.max(-1, ...madeFrom(context, number).map(depth));
    known.set(number, deep);
    return deep;
  };
  const { blocks } = context.model.payload;
  const of = (stage: Stage): number => Math.max(0, ...partsOf(blocks, stage).map(depth));
  return stages.map((stage) => ({ stage, deep: of(stage) })).sort((a, b) => a.deep - b.deep).map(({ stage }) => stage);
}

interface Repeated {
  stage: Stage;
  parts: number[];
  times: number;
}

function repeated(context: Context, stages: Stage[]): Repeated[] {
  const { blocks } = context.model.payload;
  const found: Repeated[] = [];
  for (const stage of stages) {
    const parts = stage.table ? [] : partsOf(blocks, stage);
    if (!parts.length) continue;
    const same = found.find((other) => sameRoles(blocks, other.parts, parts));
    if (same) same.times++;
    else found.push({ stage, parts, times: 1 });
  }
  return found;
}

/** The steps of a decoder compute the same, one word further. */
function sameRoles(blocks: readonly BlockData[], some: number[], others: number[]): boolean {
  return some.length === others.length && some.length > 1 && some.every((number, i) => blocks[number]!.role !== undefined && blocks[number]!.role === blocks[others[i]!]!.role);
}

function partsOf(blocks: readonly BlockData[], stage: Stage): number[] {
  const told = stage.blocks.filter((number) => hasRole(blocks[number]!, ...PARTS));
  if (told.length) return told.sort((a, b) => a - b);
  const isStep = ({ kind, op, workings, numberFormat }: BlockData): boolean => kind === "computed" && op !== "copy" && !workings && !["message", "verdict", "mark"].includes(numberFormat);
  return stage.blocks.filter((number) => isStep(blocks[number]!)).slice(0, MOST_PARTS);
}

function box(context: Context, stage: Stage, parts: number[], times: number): HTMLElement {
  const { blocks } = context.model.payload;
  const [first] = parts;
  const prefix = commonPrefix(parts.map((number) => shortName(blocks[number]!.name)));
  const title = button([stage.number, stage.title].filter(Boolean).join(" "), () => context.go(cellOf(blocks[first!]!, 0, 0, 0)), { class: "link" });
  const chips = parts.map((number, i) => chip(context, number, prefix, new Set(parts.slice(0, i))));
  return h("li", {}, h("h3", {}, title, times > 1 ? ` × ${times}` : ""), h("div", { class: "parts" }, ...chips));
}

/** A block by its short name; a sum that takes something in once more from before its stage says what. */
function chip(context: Context, number: number, prefix: string, before: ReadonlySet<number>): HTMLElement {
  const { blocks } = context.model.payload;
  const block = blocks[number]!;
  const heads = block.matrices.length > 1 ? ` × ${block.matrices.length}` : "";
  const residual = block.op === "add" && hasRole(block, "self-attention sum", "cross-attention sum", "encoder layer output", "decoder layer output", "memory");
  const again = residual ? madeFrom(context, number).find((one) => !before.has(one) || one < number - 1) : undefined;
  const own = shortName(block.name);
  const name = (own.startsWith(prefix) ? own.slice(prefix.length) : own).replaceAll("_", " ");
  const text = `${residual ? "⊕ " : ""}${name}${heads}`;
  const hint = [block.title, `${block.rows} × ${block.columns}`, again === undefined ? "" : context.say("again", shortName(blocks[again]!.name))].filter(Boolean).join(" · ");
  return button(text, () => context.go(cellOf(block, 0, 0, 0)), { class: isAttention(block) ? "part attention" : "part", title: hint });
}

/** What most names begin with, up to an underscore. */
function commonPrefix(names: string[]): string {
  const [first = ""] = names;
  const shared = (prefix: string): boolean => names.filter((name) => name.startsWith(prefix)).length > Math.max(1, names.length * 0.6);
  let length = first.lastIndexOf("_") + 1;
  while (length > 0 && !shared(first.slice(0, length))) length = first.lastIndexOf("_", length - 2) + 1;
  return first.slice(0, length);
}
