/** How the blocks of a stage stand along their equations: A × B = C, and arrows from step to step. */

import type { BlockData } from "../format.js";

/** One thing in a line: a block, an earlier block shown once more, or a sign between them. */
export type Item =
  | { kind: "block"; block: number }
  | ({ kind: "again" } & Operand)
  | { kind: "sign"; sign: string };

/** What a block is computed from: other blocks, and whether it reads them turned. */
export interface Operand {
  block: number;
  turned: boolean;
  /** The rows and columns of the block that are read, where these are not all: [first, count]. */
  rows?: [number, number];
  columns?: [number, number];
}

/** A product stands in a line of its own, A × B = C; no other operation has a shape on the page. */
export const isProduct = (block: BlockData): boolean => block.op === "matmul";

/** The same cells once more, where a formula needs one rectangle: no step of the mathematics. */
const isCopy = (block: BlockData): boolean => block.op === "copy";

/** A block of more cells is not shown a second time, only named. */
export const MOST_CELLS = 48;

/**
 * The lines of a stage.
 *
 * @param blocks all blocks of the book.
 * @param here the numbers of the stage's blocks, in their order.
 * @param operands what each block is made from.
 */
export function arrange(blocks: BlockData[], here: number[], operands: (block: number) => Operand[]): Item[][] {
  const inStage = new Set(here);
  const placed = new Set<number>();
  const owned = operandsOfProducts(blocks, here, operands, inStage);
  const lines: Item[][] = [];
  let chain: Item[] = [];
  let last = -1;
  const close = (): void => {
    if (chain.length) lines.push(chain);
    chain = [];
    last = -1;
  };
  for (const block of here) {
    if (owned.has(block)) continue;
    const from = operands(block);
    if (isProduct(blocks[block]!) && from.length === 2) {
      close();
      lines.push(product(blocks, block, from, inStage, placed));
      continue;
    }
    if (breaks(blocks, block, last)) close();
    const known = from.some((operand) => operand.block === last);
    // A message says nothing as long as all is well: no arrow points at it.
    const plain = blocks[block]!.numberFormat === "message" || isCopy(blocks[block]!) || (known && !isSingle(blocks[last]!));
    const before = plain ? [] : quoted(blocks, from, inStage, chain);
    if (before.length) chain.push(...before);
    else if (chain.length && known && blocks[block]!.numberFormat !== "message") chain.push({ kind: "sign", sign: "→" });
    chain.push({ kind: "block", block });
    placed.add(block);
    last = block;
  }
  close();
  return lines;
}

/** Blocks of the stage that stand inside the equation of a product, and are read by nothing before. */
function operandsOfProducts(
  blocks: BlockData[],
  here: number[],
  operands: (block: number) => Operand[],
  inStage: Set<number>,
): Set<number> {
  const owned = new Set<number>();
  for (const block of here) {
    if (!isProduct(blocks[block]!)) continue;
    const from = operands(block);
    if (from.length !== 2) continue;
    for (const operand of from) {
      const source = blocks[operand.block]!;
      const learned = !isProduct(source) && !operands(operand.block).some((deeper) => inStage.has(deeper.block) && blocks[deeper.block]!.columns > 1);
      if (inStage.has(operand.block) && !operand.turned && learned) owned.add(operand.block);
    }
  }
  return owned;
}

function product(
  blocks: BlockData[],
  block: number,
  from: Operand[],
  inStage: Set<number>,
  placed: Set<number>,
): Item[] {
  const items: Item[] = [];
  from.forEach((operand, i) => {
    if (i) items.push({ kind: "sign", sign: "×" });
    const first = inStage.has(operand.block) && !placed.has(operand.block) && !operand.turned;
    const kind = first && !isProduct(blocks[operand.block]!) ? "block" : "again";
    items.push(kind === "block" ? { kind, block: operand.block } : { kind, ...operand });
    placed.add(operand.block);
  });
  items.push({ kind: "sign", sign: "=" }, { kind: "block", block });
  placed.add(block);
  return items;
}

/** A single number (√d_k) is not what a step starts from, only what it takes along. */
const isSingle = (block: BlockData): boolean => block.rows * block.columns === 1;

/** The earlier block that a step starts from, once in a line, and an arrow. */
function quoted(blocks: BlockData[], from: Operand[], inStage: Set<number>, line: Item[]): Item[] {
  const first = from.find((operand) => {
    const { rows, columns, matrices } = blocks[operand.block]!;
    return columns > 1 && rows * columns * matrices.length <= MOST_CELLS && !inStage.has(operand.block);
  });
  if (!first || line.some((item) => item.kind !== "sign" && item.block === first.block)) return [];
  return [
    { kind: "again", ...first },
    { kind: "sign", sign: "→" },
  ];
}

/** Whether a block begins a line of its own: it stands lower on its sheet than the one before. */
function breaks(blocks: BlockData[], block: number, last: number): boolean {
  if (last < 0) return false;
  const [a, b] = [blocks[last]!.matrices[0]!, blocks[block]!.matrices[0]!];
  return b[1] <= a[1];
}
