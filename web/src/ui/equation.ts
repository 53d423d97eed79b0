/** How the blocks of a stage stand along their equations: rows that meet columns, A × B = C, and arrows. */

import type { BlockData } from "../format.js";

/** A block, or an earlier block shown once more. */
export type Shown = { kind: "block"; block: number } | ({ kind: "again" } & Operand);

/**
 * Blocks under the one that stands over each: of a product the rows of what stands at its left meet
 * the columns of what stands over it. Several products of one left side stand beside each other.
 */
export interface Meeting {
  kind: "meeting";
  left: Shown | null;
  columns: { over: number; block: number }[];
}

/** One thing in a line: blocks, or a sign between them. */
export type Item = Shown | Meeting | { kind: "sign"; sign: string };

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
 * @param here the numbers of the blocks to lay out, in their order.
 * @param operands what each block is made from.
 * @param stage all blocks of the stage; what stands there is not shown once more.
 */
export function arrange(blocks: BlockData[], here: number[], operands: (block: number) => Operand[], stage = here): Item[][] {
  const inStage = new Set(stage);
  const over = raised(blocks, here);
  const mine = new Set(here);
  const placed = new Set<number>(over.values());
  const owned = operandsOfProducts(blocks, here, operands, mine, over);
  const lines: Item[][] = [];
  let chain: Item[] = [];
  let last = -1;
  const close = (): void => {
    if (chain.length) lines.push(chain);
    chain = [];
    last = -1;
  };
  for (const block of here) {
    if (owned.has(block) || placed.has(block)) continue;
    const from = operands(block);
    const above = over.get(block);
    if (above === undefined && isProduct(blocks[block]!) && from.length === 2) {
      close();
      lines.push(product(blocks, block, from, mine, placed));
      continue;
    }
    if (breaks(blocks, block, last)) close();
    if (above !== undefined) {
      const found = from.find((operand) => operand.block !== above);
      const left = isProduct(blocks[block]!) && found ? shownOperand(blocks, found, mine, placed) : null;
      meet(chain, left, { over: above, block });
      placed.add(block);
      last = block;
      continue;
    }
    const known = from.some((operand) => operand.block === last);
    const text = isText(blocks[block]!);
    const plain = text || isCopy(blocks[block]!) || (known && !isSingle(blocks[last]!));
    const before = plain ? [] : quoted(blocks, from, inStage, chain);
    if (before.length) chain.push(...before);
    else if (chain.length && known && !text) chain.push({ kind: "sign", sign: "→" });
    chain.push({ kind: "block", block });
    placed.add(block);
    last = block;
  }
  close();
  return lines;
}

/** Longer blocks are drawn in part only, so no row of theirs would keep its place beside another one. */
const MOST_ROWS = 40;

/** Block → the one that stands over it. */
function raised(blocks: BlockData[], here: number[]): Map<number, number> {
  const pairs = here.map((number): [number, number] => [blocks[number]!.over ?? -1, number]);
  const both = (one: number): boolean => one >= 0 && blocks[one]!.rows <= MOST_ROWS;
  return new Map(pairs.filter(([block, over]) => here.includes(block) && both(block) && both(over)));
}

/** Put a block with the one over it into a line: at the rows that stand at its left already, or anew. */
function meet(line: Item[], left: Shown | null, column: Meeting["columns"][number]): void {
  const before = line.at(-1);
  if (before?.kind === "meeting" && left && before.left?.block === left.block) before.columns.push(column);
  else line.push({ kind: "meeting", left, columns: [column] });
}

/** Blocks of the stage that stand inside the equation of a product, and are read by nothing before. */
function operandsOfProducts(
  blocks: BlockData[],
  here: number[],
  operands: (block: number) => Operand[],
  inStage: Set<number>,
  over: Map<number, number>,
): Set<number> {
  const owned = new Set<number>();
  for (const block of here) {
    if (!isProduct(blocks[block]!)) continue;
    const from = operands(block);
    if (from.length !== 2) continue;
    for (const operand of from) {
      if (over.has(block)) {
        if (isAtLeft(blocks, operand, block) && inStage.has(operand.block) && !over.has(operand.block)) owned.add(operand.block);
        continue;
      }
      const source = blocks[operand.block]!;
      const learned = !isProduct(source) && !operands(operand.block).some((deeper) => inStage.has(deeper.block) && blocks[deeper.block]!.columns > 1);
      if (inStage.has(operand.block) && !operand.turned && learned) owned.add(operand.block);
    }
  }
  return owned;
}

/** Whether a block stands in the same rows as another one, before it. */
function isAtLeft(blocks: BlockData[], operand: Operand, block: number): boolean {
  const [a, b] = [blocks[operand.block]!.matrices[0]!, blocks[block]!.matrices[0]!];
  return !operand.turned && a[0] === b[0] && a[1] < b[1];
}

/** What a product reads: the block itself where it was not shown yet, else once more. */
function shownOperand(blocks: BlockData[], operand: Operand, here: Set<number>, placed: Set<number>): Shown {
  const first = here.has(operand.block) && !placed.has(operand.block) && !operand.turned && !isProduct(blocks[operand.block]!);
  placed.add(operand.block);
  return first ? { kind: "block", block: operand.block } : { kind: "again", ...operand };
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
    items.push(shownOperand(blocks, operand, inStage, placed));
  });
  items.push({ kind: "sign", sign: "=" }, { kind: "block", block });
  placed.add(block);
  return items;
}

/** A sentence tells of numbers, and a message says nothing as long as all is well: no arrow points at them. */
const isText = ({ numberFormat }: BlockData): boolean => numberFormat === "message" || numberFormat === "phrase";

/** A single number (√d_k) is not what a step starts from, only what it takes along. */
const isSingle = (block: BlockData): boolean => block.rows * block.columns === 1;

/** The earlier block that a step starts from, once in a line, and an arrow. */
function quoted(blocks: BlockData[], from: Operand[], inStage: Set<number>, line: Item[]): Item[] {
  const first = from.find((operand) => {
    const { rows, columns, matrices } = blocks[operand.block]!;
    return columns > 1 && rows * columns * matrices.length <= MOST_CELLS && !inStage.has(operand.block);
  });
  if (!first || line.some((item) => "block" in item && item.block === first.block)) return [];
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
