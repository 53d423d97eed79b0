import { expect, test } from "vitest";
import type { BlockData } from "../../src/format.js";
import { arrange, type Item, type Operand } from "../../src/ui/equation.js";

const block = (name: string, op: string, column = 1, shape: [number, number] = [3, 3]): BlockData => ({
  name, title: name, equation: "", note: "", numberFormat: "number", kind: op === "input" ? "input" : "computed", op,
  stage: 0, sheet: 0, matrices: [[0, column]], matrixNames: [], rows: shape[0], columns: shape[1],
});

/** Lines as text: blocks by name, those shown again in brackets, turned ones with a mark. */
function lines(blocks: BlockData[], here: number[], from: Record<number, Operand[]>): string[] {
  const word = (item: Item): string =>
    item.kind === "sign" ? item.sign : item.kind === "again" ? `[${blocks[item.block]!.name}${item.turned ? "ᵀ" : ""}]` : blocks[item.block]!.name;
  return arrange(blocks, here, (number) => from[number] ?? []).map((line) => line.map(word).join(" "));
}

const plain = (block: number): Operand => ({ block, turned: false });

test("a product stands as A × B = C, earlier blocks shown once more", () => {
  const blocks = [block("Q", "matmul"), block("K", "matmul"), block("scores", "matmul")];
  expect(lines(blocks, [2], { 2: [plain(0), { block: 1, turned: true }] })).toEqual(["[Q] × [Kᵀ] = scores"]);
});

test("a matrix of the same stage stands in its product", () => {
  const blocks = [block("X", "embedding"), block("W", "where"), block("Q", "matmul")];
  expect(lines(blocks, [1, 2], { 2: [plain(0), plain(1)] })).toEqual(["[X] × W = Q"]);
});

test("steps that follow from each other are joined by arrows", () => {
  const blocks = [block("scaled", "divide"), block("shifted", "subtract", 1), block("exp", "exp", 5), block("total", "sum", 9, [3, 1])];
  expect(lines(blocks, [1, 2, 3], { 1: [plain(0)], 2: [plain(1)], 3: [plain(2)] })).toEqual([
    "[scaled] → shifted → exp → total",
  ]);
});

test("a block further left on the sheet begins a line, and every block stands once", () => {
  const blocks = [block("a", "input", 1), block("b", "exp", 5), block("c", "exp", 1)];
  expect(lines(blocks, [0, 1, 2], { 1: [plain(0)], 2: [plain(1)] })).toEqual(["a → b", "c"]);
});

test("a single number is taken along: the step starts from its matrix", () => {
  const blocks = [block("scores", "matmul"), block("d_k", "constant", 1, [1, 1]), block("scaled", "divide", 4)];
  expect(lines(blocks, [1, 2], { 2: [plain(0), plain(1)] })).toEqual(["d_k [scores] → scaled"]);
});

test("nothing points at a message", () => {
  const message = { ...block("message", "where", 9), numberFormat: "message" };
  const blocks = [block("typed", "input"), block("number", "lookup", 5), message];
  expect(lines(blocks, [0, 1, 2], { 1: [plain(0)], 2: [plain(1)] })).toEqual(["typed → number message"]);
});
