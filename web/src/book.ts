/** From what a page carries to a workbook that works itself out. */

import { toNumber } from "./engine/operators.js";
import type { CellTree, Tree } from "./engine/tree.js";
import { FormulaCell } from "./engine/formula_cell.js";
import { type Cell, Workbook } from "./engine/workbook.js";
import { FORMAT, type BlockData, type CellBlockData, type Payload } from "./format.js";

export interface OpenBook {
  workbook: Workbook;
  /** Which cellBlock a cell belongs to, by sheet, row and column. */
  cellBlocks: (CellBlockData | undefined)[][][];
  /** Number of the block and of its matrix, by sheet, row and column. */
  blocks: ({ block: number; matrix: number } | undefined)[][][];
}

/** Fill a workbook with a book and work out all of its formulas. */
export function openBook(payload: Payload): OpenBook {
  if (payload.format !== FORMAT) throw new Error(`this page reads format ${FORMAT}, not ${payload.format}`);
  const workbook = new Workbook(payload.sheets.map((sheet) => sheet.name));
  for (const block of payload.blocks) {
    if (block.named && block.matrices.length === 1) workbook.define(block.name, areaTree(block));
  }
  for (const [name, text] of Object.entries(payload.functions ?? {})) {
    // A block may have the name as well, but for its case.
    workbook.define(`${name}(`, workbook.template(text, [0, 0, 0]).parsed.tree);
  }
  const cellBlocks = payload.sheets.map((sheet, number) => {
    const map: (CellBlockData | undefined)[][] = [];
    for (const cellBlock of sheet.cellBlocks) {
      lay(map, cellBlock);
      fill(workbook, number, cellBlock);
    }
    return map;
  });
  workbook.load();
  return { workbook, cellBlocks, blocks: standings(payload) };
}

function areaTree(block: BlockData): Tree {
  const [row, column] = block.matrices[0]!;
  const corner = (r: number, c: number): CellTree => ({
    kind: "cell",
    sheet: block.sheet,
    row: r,
    column: c,
    rowFixed: true,
    columnFixed: true,
  });
  const first = corner(row, column);
  if (block.rows * block.columns === 1) return first;
  return { kind: "range", first, last: corner(row + block.rows - 1, column + block.columns - 1) };
}

function lay(map: (CellBlockData | undefined)[][], cellBlock: CellBlockData): void {
  const [row, column, rows, columns] = cellBlock.at;
  for (let r = row; r < row + rows; r++) {
    const line = (map[r] ??= []);
    for (let c = column; c < column + Math.max(columns, cellBlock.span ?? 1); c++) line[c] = cellBlock;
  }
}

function fill(workbook: Workbook, sheet: number, cellBlock: CellBlockData): void {
  const [row, column, rows, columns] = cellBlock.at;
  if (cellBlock.a !== undefined) {
    const template = workbook.template(cellBlock.a, [sheet, row, column], true);
    workbook.putFormula(new FormulaCell(template, sheet, row, column, rows, columns));
  } else if (cellBlock.f) {
    formulas(workbook, sheet, cellBlock);
  } else {
    (cellBlock.v ?? []).forEach((value, i) => {
      const cell: Cell = [sheet, row + Math.floor(i / columns), column + (i % columns)];
      if (value !== "") workbook.put(cell, typeof value === "string" ? value : toNumber(value));
    });
  }
}

/** One formula a cell; those that are the same when filled share one template. */
function formulas(workbook: Workbook, sheet: number, cellBlock: CellBlockData): void {
  const [row, column, rows, columns] = cellBlock.at;
  const templates: ReturnType<Workbook["template"]>[] = [];
  for (let i = 0; i < rows * columns; i++) {
    const cell: Cell = [sheet, row + Math.floor(i / columns), column + (i % columns)];
    const which = cellBlock.w?.[i] ?? 0;
    const template = (templates[which] ??= workbook.template(cellBlock.f![which]!, cell));
    workbook.putFormula(new FormulaCell(template, ...cell));
  }
}

function standings(payload: Payload): OpenBook["blocks"] {
  const maps: OpenBook["blocks"] = payload.sheets.map(() => []);
  payload.blocks.forEach(({ sheet, matrices, rows, columns }, block) => {
    matrices.forEach(([row, column], matrix) => {
      const place = { block, matrix };
      for (let r = row; r < row + rows; r++) {
        const line = (maps[sheet]![r] ??= []);
        for (let c = column; c < column + columns; c++) line[c] = place;
      }
    });
  });
  return maps;
}
