/** The workbook that the page of an exercise carries: saved, it has what was typed here. */

import type { CellEdit, Content } from "./edit_wire.js";
import { a1, areaName, columnNumber } from "./engine/address.js";
import { inFile } from "./prefixes.js";
import { fileName, saveFile, WORKBOOK } from "./files.js";
import { deflated, inflated, type Part, unzipped, zipped } from "./zip.js";

type Prefixes = Readonly<Record<string, string>>;
const TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

/** Save the workbook with what was typed; the file that came is left as it is but for these cells. */
export async function saveWorkbook(edits: readonly CellEdit[]): Promise<void> {
  const carried = document.getElementById(WORKBOOK)!;
  const bytes = Uint8Array.from(atob(carried.textContent!.trim()), (letter) => letter.charCodeAt(0));
  const prefixes = JSON.parse(carried.dataset["prefixes"] ?? "{}") as Prefixes;
  saveFile(new Blob([await filled(bytes, edits, prefixes)], { type: TYPE }), fileName("xlsx"));
}

/** A workbook with other contents of some cells; `prefixes` are those of younger functions. */
async function filled(file: Uint8Array, edits: readonly CellEdit[], prefixes: Prefixes): Promise<Uint8Array<ArrayBuffer>> {
  const parts = unzipped(file);
  const places = await sheetParts(parts);
  const made = parts.map(async (part): Promise<Part> => {
    const here = edits.filter(([sheet]) => sheet === places.get(part.name));
    return here.length ? deflated(part.name, typedInto(await inflated(part), here, prefixes)) : part;
  });
  return zipped(await Promise.all(made));
}

/** The part of each sheet → its name. */
async function sheetParts(parts: readonly Part[]): Promise<Map<string, string>> {
  const read = async (name: string): Promise<Document> => parsed(await inflated(parts.find((part) => part.name === name)!));
  const [book, relations] = await Promise.all([read("xl/workbook.xml"), read("xl/_rels/workbook.xml.rels")]);
  const targets = new Map([...relations.getElementsByTagName("Relationship")].map((one) => [one.getAttribute("Id"), one.getAttribute("Target")]));
  return new Map([...book.getElementsByTagName("sheet")].map((sheet) => [`xl/${targets.get(sheet.getAttribute("r:id"))}`, sheet.getAttribute("name")!]));
}

const parsed = (text: string): Document => new DOMParser().parseFromString(text, "application/xml");

function typedInto(text: string, edits: readonly CellEdit[], prefixes: Prefixes): string {
  const root = parsed(text).documentElement;
  const data = root.getElementsByTagName("sheetData")[0]!;
  for (const [, row, column, content] of edits) write(cellAt(data, row, column), row, column, content, prefixes);
  return `<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n${new XMLSerializer().serializeToString(root)}`;
}

/** The element of a cell; what is not there yet is put in its place. */
function cellAt(data: Element, row: number, column: number): Element {
  const line = placed(data, "row", String(row + 1), (element) => Number(element.getAttribute("r")) - row - 1);
  return placed(line, "c", a1(row, column), (element) => columnNumber(element.getAttribute("r")!.replace(/\d+/, "")) - column);
}

function placed(parent: Element, tag: string, name: string, order: (element: Element) => number): Element {
  const after = [...parent.children].find((element) => order(element) >= 0) ?? null;
  if (after && order(after) === 0) return after;
  const made = element(parent, tag);
  made.setAttribute("r", name);
  parent.insertBefore(made, after);
  return made;
}

const element = (near: Element, tag: string): Element => near.ownerDocument.createElementNS(near.namespaceURI, tag);

function write(cell: Element, row: number, column: number, content: Content, prefixes: Prefixes): void {
  cell.replaceChildren();
  cell.removeAttribute("t");
  if (content === null) return;
  if (typeof content === "object") {
    const formula = element(cell, "f");
    formula.textContent = inFile(content.formula, prefixes);
    if (content.array) {
      formula.setAttribute("t", "array");
      formula.setAttribute("ref", areaName(row, column, ...content.array));
    }
    cell.append(formula);
    return;
  }
  const isText = typeof content === "string";
  const value = element(cell, isText ? "t" : "v");
  value.textContent = String(typeof content === "boolean" ? Number(content) : content);
  if (typeof content !== "number") cell.setAttribute("t", isText ? "inlineStr" : "b");
  if (!isText) return cell.append(value);
  value.setAttribute("xml:space", "preserve");
  const inline = element(cell, "is");
  inline.append(value);
  cell.append(inline);
}
