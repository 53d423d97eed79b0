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

/** All attention weights of a book; the rows that a decoder computes step by step are joined. */
export function layers(context: Context): Layer[] {
  const { blocks, stages } = context.model.payload;
  const groups = new Map<string, number[]>();
  blocks.forEach((block, i) => {
    if (!isWeights(block) && !isStepShare(block)) return;
    const rest = STEP.exec(block.name)?.[2];
    const key = rest === undefined ? block.name : `step ${rest}`;
    groups.set(key, [...(groups.get(key) ?? []), i]);
  });
  const found: Layer[] = [];
  for (const members of groups.values()) {
    const first = blocks[members[0]!]!;
    const steps = STEP.test(first.name);
    if (steps && members.length < 2 && !isWeights(first)) continue;
    const heads = first.slabs.map((_, slab) => ({
      name: first.slabNames[slab] ?? "",
      weights: steps ? stepwise(context, members, slab) : weightsOf(context, members[0]!, slab),
    }));
    found.push({ name: shortName(STEP.exec(first.name)?.[2] ?? first.name), stage: stages[first.stage]?.title.replace(/\s{2,}/, " ") ?? "", heads });
  }
  return found;
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
