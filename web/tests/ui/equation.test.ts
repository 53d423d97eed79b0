import { expect, test } from "vitest";
import type { BlockData } from "../../src/format.js";
import { arrange, type Item, type Operand } from "../../src/ui/equation.js";

const block = (name: string, op: string, column = 1, shape: [number, number] = [3, 3]): BlockData => ({
  name, title: name, equation: "", note: "", numberFormat: "number", kind: op === "input" ? "input" : "computed", op,
  stage: 0, sheet: 0, matrices: [[0, column]], matrixNames: [], rows: shape[0], columns: shape[1],
});

/** Lines as text: blocks by name, those shown again in brackets, turned ones with a mark. */
function lines(blocks: BlockData[], here: number[], from: Record<number, Operand[]>, stage = here): string[] {
  const name = (number: number): string => blocks[number]!.name;
  const word = (item: Item): string => {
    if (item.kind === "sign") return item.sign;
    if (item.kind === "block") return name(item.block);
    if (item.kind === "again") return `[${name(item.block)}${item.turned ? "ᵀ" : ""}]`;
    return [item.left ? word(item.left) : "", ...item.columns.map(({ over, block }) => `${name(over)}/${name(block)}`)].join(" ⌟ ");
  };
  return arrange(blocks, here, (number) => from[number] ?? [], stage).map((line) => line.map(word).join(" "));
}

/** At a row and column of the sheet. */
const at = (one: BlockData, row: number, column: number): BlockData => ({ ...one, matrices: [[row, column]] });

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

test("rows meet columns: what stands over a product and at its left is shown there, once", () => {
  const blocks = [
    at(block("X", "copy"), 10, 1), { ...at(block("W", "where"), 2, 6), over: 2 }, at(block("Q", "matmul"), 10, 6),
    { ...at(block("U", "where"), 2, 12), over: 4 }, at(block("V", "matmul"), 10, 12),
  ];
  expect(lines(blocks, [1, 3, 0, 2, 4], { 2: [plain(0), plain(1)], 4: [plain(0), plain(3)] })).toEqual(["X ⌟ W/Q ⌟ U/V"]);
});

test("what comes from an earlier stage stands once more at the left of a product", () => {
  const blocks = [at(block("weights", "divide"), 2, 1), { ...at(block("V", "copy"), 10, 6), over: 2 }, at(block("blend", "matmul"), 20, 6)];
  expect(lines(blocks, [1, 2], { 2: [plain(0), plain(1)] })).toEqual(["[weights] ⌟ V/blend"]);
});

test("what stands over anything else has nothing at its left", () => {
  const blocks = [{ ...at(block("words", "copy"), 2, 6), over: 1 }, at(block("known", "greater"), 10, 6)];
  expect(lines(blocks, [0, 1], { 1: [plain(0)] })).toEqual([" ⌟ words/known"]);
});

test("long blocks stand in a line: of them only some rows are drawn", () => {
  const blocks = [at(block("X", "input"), 99, 1), { ...at(block("W", "where", 1, [99, 3]), 2, 6), over: 2 }, at(block("Q", "matmul"), 99, 6)];
  expect(lines(blocks, [1, 0, 2], { 2: [plain(0), plain(1)] })).toEqual(["X × W = Q"]);
});

test("workings of the same stage are not shown once more", () => {
  const blocks = [block("shifted", "subtract"), block("exp", "exp", 5)];
  expect(lines(blocks, [1], { 1: [plain(0)] }, [0, 1])).toEqual(["exp"]);
  expect(lines(blocks, [1], { 1: [plain(0)] })).toEqual(["[shifted] → exp"]);
});
