/** The page as a file with what was typed: the document as it came, and the edits beside its book. */

import { contents, type CellEdit } from "./edit_wire.js";
import { fileName, saveFile } from "./files.js";
import type { Model } from "./model.js";

export const BOOK = "sheetformer-book";
export const HOST = "sheetformer-host";
export const EDITS = "sheetformer-edits";

/** The edits that a saved page came with. */
export function savedEdits(): CellEdit[] {
  const text = document.getElementById(EDITS)?.textContent;
  return text ? (JSON.parse(text) as CellEdit[]) : [];
}

/**
 * Save the page with the edits on it.
 *
 * @param before what stood in the page's element before the page was drawn.
 */
export async function savePage(model: Model, before: readonly Node[]): Promise<void> {
  const whole = document.documentElement.cloneNode(true) as HTMLElement;
  const part = (id: string): Element | null => whole.querySelector(`#${id}`);
  const root = part("sheetformer")!;
  root.replaceChildren(...before.map((node) => node.cloneNode(true)));
  for (const name of ["data-view", "data-theme", "lang"]) root.removeAttribute(name);
  // Program and style stand there packed, and are taken anew; a file has no server.
  part("sheetformer-unpacked")?.remove();
  for (const script of whole.querySelectorAll("script[type=module]")) script.remove();
  part(HOST)?.remove();
  part(EDITS)?.remove();
  const book = part(BOOK)!;
  book.textContent = await packed(document.getElementById(BOOK)!.textContent ?? "");
  const edits = document.createElement("script");
  edits.type = "application/json";
  edits.id = EDITS;
  edits.textContent = JSON.stringify(contents(model)).replaceAll("<", "\\u003c");
  book.after(edits);
  saveFile(new Blob([`<!doctype html>\n${whole.outerHTML}\n`], { type: "text/html" }), fileName("html"));
}

/** As `pack` of the page's writer. */
async function packed(text: string): Promise<string> {
  const stream = new Blob([text]).stream().pipeThrough(new CompressionStream("deflate-raw"));
  const bytes = new Uint8Array(await new Response(stream).arrayBuffer());
  return inBase85(bytes);
}

const DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz!#$%&()*+-;,=>?@^_`{|}~";

/** Four bytes as five digits, as Python's b85encode, but with a comma for <. */
export function inBase85(bytes: Uint8Array): string {
  const whole = new Uint8Array(Math.ceil(bytes.length / 4) * 4);
  whole.set(bytes);
  const numbers = new DataView(whole.buffer);
  let text = "";
  for (let at = 0; at < whole.length; at += 4) {
    const number = numbers.getUint32(at);
    for (let i = 4; i >= 0; i--) text += DIGITS[Math.floor(number / 85 ** i) % 85];
  }
  return text.slice(0, Math.ceil((bytes.length * 5) / 4));
}
