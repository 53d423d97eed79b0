/** Attention weights as matrices to look at: of one block, or of the steps of a decoder together. */

import type { BlockData } from "../format.js";
import type { Place } from "../model.js";
import { cellOf, shortName, type Context } from "./context.js";

/** Rows look at columns; a place is null where there is no weight. */
export interface Weights {
  name: string;
  rows: number;
  columns: number;
  at(row: number, column: number): Place | null;
  rowLabel(row: number): string;
  columnLabel(column: number): string;
}

/** Larger matrices are no picture any more. */
const MOST_CELLS = 1600;

/** Attention weights: shares with a word at every row and over every column. */
export function isWeights(block: BlockData): boolean {
  const small = block.rows * block.columns <= MOST_CELLS && block.columns > 1;
  return block.look === "share" && block.role === "computed" && small && block.rowLabels === 1 && block.columnLabels === 1;
}

/** One slab of a block. */
export function weightsOf(context: Context, number: number, slab: number): Weights {
  const block = context.model.payload.blocks[number]!;
  return {
    name: shortName(block.name),
    rows: block.rows,
    columns: block.columns,
    at: (row, column) => cellOf(block, slab, row, column),
    rowLabel: (row) => context.model.rowLabel(block, slab, row),
    columnLabel: (column) => context.model.columnLabel(block, slab, column),
  };
}

/** What the network view lets one choose: a name, the stage it belongs to, and a matrix for each head. */
export interface Layer {
  name: string;
  stage: string;
  heads: { name: string; weights: Weights }[];
}

const STEP = /^s(\d+)_(.+)$/;
const HEAD = /^head(\d+)_(.+)$/;

/** All attention weights of a book; rows of the steps of a decoder are joined, and blocks of one head each. */
export function layers(context: Context): Layer[] {
  const { blocks, stages } = context.model.payload;
  const groups = new Map<string, number[]>();
  blocks.forEach((block, i) => {
    if (!isWeights(block) && !isStepShare(block)) return;
    const key = groupOf(block.name);
    groups.set(key, [...(groups.get(key) ?? []), i]);
  });
  return [...groups.values()]
    .filter((members) => members.length > 1 || isWeights(blocks[members[0]!]!))
    .map((members) => {
      const first = blocks[members[0]!]!;
      const name = shortName((STEP.exec(first.name) ?? HEAD.exec(first.name))?.[2] ?? first.name);
      return { name, stage: stages[first.stage]?.title.replace(/\s{2,}/, " ") ?? "", heads: headsOf(context, members) };
    });
}

function groupOf(name: string): string {
  const [, , step] = STEP.exec(name) ?? [];
  const [, , head] = HEAD.exec(name) ?? [];
  return step ? `step ${step}` : head ? `head ${head}` : name;
}

function headsOf(context: Context, members: number[]): Layer["heads"] {
  const { blocks } = context.model.payload;
  const first = blocks[members[0]!]!;
  if (!STEP.test(first.name) && members.length > 1) {
    return members.map((number) => ({ name: "", weights: weightsOf(context, number, 0) }));
  }
  return first.slabs.map((_, slab) => ({
    name: first.slabNames[slab] ?? "",
    weights: STEP.test(first.name) ? stepwise(context, members, slab) : weightsOf(context, members[0]!, slab),
  }));
}

/** A step of a decoder has one row of weights, and may lack the word before it. */
const isStepShare = (block: BlockData): boolean =>
  STEP.test(block.name) && block.look === "share" && block.role === "computed" && block.columnLabels === 1 && block.rows === 1;

/** The rows of all steps, one below the other; each may see more columns than the one before. */
function stepwise(context: Context, members: number[], slab: number): Weights {
  const { blocks } = context.model.payload;
  const ordered = [...members].sort((a, b) => stepNumber(blocks[a]!) - stepNumber(blocks[b]!));
  const widest = ordered.reduce((a, b) => (blocks[b]!.columns > blocks[a]!.columns ? b : a));
  return {
    name: STEP.exec(blocks[ordered[0]!]!.name)?.[2] ?? "",
    rows: ordered.length,
    columns: blocks[widest]!.columns,
    at: (row, column) => {
      const block = blocks[ordered[row]!]!;
      return column < block.columns ? cellOf(block, slab, 0, column) : null;
    },
    rowLabel: (row) => stepLabel(context, stepNumber(blocks[ordered[row]!]!)),
    columnLabel: (column) => context.model.columnLabel(blocks[widest]!, slab, column),
  };
}

const stepNumber = (block: BlockData): number => Number(STEP.exec(block.name)?.[1] ?? 0);

/** What a step read and wrote, `eu → sou`; empty after the end, its number where the book does not say. */
export function stepLabel(context: Context, step: number): string {
  const told = context.model.payload.blocks.some((block) => block.name === `s${step}_label`);
  return told ? wordOf(context, `s${step}_label`) : `${step}`;
}

/** The word in a block of one cell, by the block's name; "" where there is none. */
export function wordOf(context: Context, name: string): string {
  const block = context.model.payload.blocks.find((one) => one.name === name);
  return block ? String(context.model.value(cellOf(block, 0, 0, 0)) ?? "") : "";
}
