/** Attention weights as matrices to look at: of one block, of several heads, or of the steps of a decoder. */

import type { BlockData } from "../format.js";
import type { Place } from "../model.js";
import { cellOf, shortName, type Context } from "./context.js";
import { decoderSteps, type DecoderStep } from "./decodersteps.js";
import { hasRole, isAttention, withRole } from "./roles.js";

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

/** Attention that the book computes, with a word at every row and over every column. */
export function isWeights(block: BlockData): boolean {
  const small = block.rows * block.columns <= MOST_CELLS && block.columns > 1;
  return isComputed(block) && small && block.rowLabels === 1 && block.columnLabels === 1;
}

const isComputed = (block: BlockData): boolean => isAttention(block) && block.kind === "computed";

/** One matrix of a block. */
export function weightsOf(context: Context, number: number, matrix: number): Weights {
  const block = context.model.payload.blocks[number]!;
  return {
    name: shortName(block.name),
    rows: block.rows,
    columns: block.columns,
    at: (row, column) => cellOf(block, matrix, row, column),
    rowLabel: (row) => context.model.rowLabel(block, matrix, row),
    columnLabel: (column) => context.model.columnLabel(block, matrix, column),
  };
}

/** What the network view lets one choose: a name, the stage it belongs to, and a matrix for each head. */
export interface Layer {
  name: string;
  stage: string;
  heads: { name: string; weights: Weights }[];
  /** The numbers of its blocks. */
  blocks: number[];
}

const known = new WeakMap<Context, Layer[]>();

/** All weights of a book; blocks stay where they are, so that they are sought once. */
export function layers(context: Context): Layer[] {
  let found = known.get(context);
  if (!found) known.set(context, (found = layersOf(context)));
  return found;
}

/** Rows of the steps of a decoder are joined, and blocks of one head each. */
function layersOf(context: Context): Layer[] {
  const { blocks, stages } = context.model.payload;
  const steps = new Map(decoderSteps(blocks).map((step) => [step.stage, step]));
  const groups = new Map<string, number[]>();
  blocks.forEach((block, i) => {
    const step = steps.get(block.stage);
    if (!isWeights(block) && !(step && isStepRow(block))) return;
    const key = step ? `step ${block.role} ${rank(blocks, i)}` : groupOfHeads(context, i);
    groups.set(key, [...(groups.get(key) ?? []), i]);
  });
  return [...groups.values()]
    .filter((members) => members.length > 1 || isWeights(blocks[members[0]!]!))
    .map((members) => {
      const stage = stages[blocks[members[0]!]!.stage]?.title.replace(/\s{2,}/, " ") ?? "";
      return { name: commonName(members.map((i) => shortName(blocks[i]!.name))), stage, heads: headsOf(context, members, steps), blocks: members };
    });
}

/** The layer to show first: the alignment, else the first weights that values are blended with. */
export function mainLayer(context: Context): Layer | undefined {
  const { blocks } = context.model.payload;
  const among = layers(context);
  const alignment = among.find((layer) => layer.blocks.some((i) => hasRole(blocks[i]!, "alignment")));
  if (alignment) return alignment;
  const blended = new Set(blendingWeights(context));
  return among.find((layer) => layer.blocks.some((i) => blended.has(i))) ?? among[0];
}

/** The attention weights that a blend of values is made of. */
export function blendingWeights(context: Context): number[] {
  const { blocks } = context.model.payload;
  const read = new Set(withRole(blocks, "blend").flatMap((blend) => madeFrom(context, blend)));
  return blocks.map((_, i) => i).filter((i) => isAttention(blocks[i]!) && read.has(i));
}

/** A step of a decoder has one row of weights, and may lack the word before it. */
const isStepRow = (block: BlockData): boolean => isComputed(block) && block.columnLabels === 1 && block.rows === 1;

/** How many blocks of attention with its role stand before a block in its stage. */
function rank(blocks: readonly BlockData[], number: number): number {
  const { stage, role } = blocks[number]!;
  return blocks.slice(0, number).filter((block) => isComputed(block) && block.stage === stage && block.role === role).length;
}

/** Blocks with the same key are heads of one layer: in one stage they compare the same queries and keys. */
function groupOfHeads(context: Context, number: number): string {
  const block = context.model.payload.blocks[number]!;
  const single = block.matrices.length === 1 && isAttention(block);
  const compared = single ? comparedBy(context, number) : [];
  return compared.length ? `heads ${block.stage} ${block.rows}×${block.columns} ${compared.join()}` : `block ${number}`;
}

/** The queries and keys behind some weights: what the scores they come from are made of, of all heads. */
function comparedBy(context: Context, weights: number): number[] {
  const { blocks } = context.model.payload;
  // The nearest come first; what is added on the way is visited, too.
  const visited = new Set([weights]);
  for (const number of visited) {
    if (hasRole(blocks[number]!, "scores")) return madeFrom(context, number).map((from) => copiedFrom(context, from));
    for (const before of madeFrom(context, number)) visited.add(before);
  }
  return [];
}

/** The blocks that a block's first cell is computed from; of one that stands there once more the block itself. */
export function madeFrom(context: Context, number: number): number[] {
  return [...new Set(readBy(context, number).map((from) => original(context, from)))];
}

function readBy(context: Context, number: number): number[] {
  return context.blocksIn(context.model.precedents(cellOf(context.model.payload.blocks[number]!, 0, 0, 0)));
}

/** What a block repeats, where it has all of the same cells, in rows or in columns. */
function original(context: Context, number: number): number {
  const { blocks } = context.model.payload;
  const block = blocks[number]!;
  if (block.op !== "copy") return number;
  const [from, ...others] = readBy(context, number);
  if (from === undefined || others.length || size(blocks[from]!) !== size(block)) return number;
  return original(context, from);
}

/** The block that all cells of a block are copied from, be they a part of it only: a head's columns of Q. */
function copiedFrom(context: Context, number: number): number {
  const [from, ...others] = context.model.payload.blocks[number]!.op === "copy" ? readBy(context, number) : [];
  return from === undefined || others.length ? number : copiedFrom(context, from);
}

const size = ({ rows, columns, matrices }: BlockData): number => rows * columns * matrices.length;

/** What the names of the blocks of a layer have in common: "weights" for head1_weights and head2_weights. */
export function commonName(names: string[]): string {
  const [first = [], ...others] = names.map((name) => name.split("_").reverse());
  const differs = first.findIndex((part, i) => others.some((other) => other[i] !== part));
  const common = differs < 0 ? first : first.slice(0, differs);
  return common.length ? common.reverse().join("_") : names[0]!;
}

function headsOf(context: Context, members: number[], steps: ReadonlyMap<number, DecoderStep>): Layer["heads"] {
  const { blocks } = context.model.payload;
  const first = blocks[members[0]!]!;
  const step = steps.has(first.stage);
  if (!step && members.length > 1) return members.map((number) => ({ name: "", weights: weightsOf(context, number, 0) }));
  return first.matrices.map((_, matrix) => ({
    name: first.matrixNames[matrix] ?? "",
    weights: step ? stepwise(context, members, matrix, steps) : weightsOf(context, members[0]!, matrix),
  }));
}

/** The rows of all steps, one below the other; each may see more columns than the one before. */
function stepwise(context: Context, members: number[], matrix: number, steps: ReadonlyMap<number, DecoderStep>): Weights {
  const { blocks } = context.model.payload;
  const rows = members.map((number) => blocks[number]!);
  const widest = rows.reduce((a, b) => (b.columns > a.columns ? b : a));
  return {
    name: commonName(rows.map((block) => shortName(block.name))),
    rows: rows.length,
    columns: widest.columns,
    at: (row, column) => (column < rows[row]!.columns ? cellOf(rows[row]!, matrix, 0, column) : null),
    rowLabel: (row) => stepLabel(context, steps.get(rows[row]!.stage)!, row),
    columnLabel: (column) => context.model.columnLabel(widest, matrix, column),
  };
}

/** What a step read and wrote, `eu → sou`; empty after the end, its number where the book does not say. */
function stepLabel(context: Context, step: DecoderStep, row: number): string {
  return step.label === undefined ? `${row + 1}` : wordIn(context, step.label);
}

/** The word in a block of one cell. */
export function wordIn(context: Context, number: number): string {
  return String(context.model.value(cellOf(context.model.payload.blocks[number]!, 0, 0, 0)) ?? "");
}
