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
  for (const name of ["data-view", "data-theme", "lang", "style"]) root.removeAttribute(name);
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
  return inPairs(bytes);
}

/** 91 characters that mean nothing to HTML within a script. */
const DIGITS = [...Array(92).keys()].map((i) => String.fromCharCode(i + 35)).filter((sign) => sign !== "<" && sign !== "\\").concat("!");

/** 13 bits in two characters, the lowest first; at the end one character where that is enough. */
export function inPairs(bytes: Uint8Array): string {
  let [text, held, bits] = ["", 0, 0];
  const put = (count: number): void => {
    text += DIGITS[(held & 8191) % 91]! + (count > 1 ? DIGITS[Math.floor((held & 8191) / 91)]! : "");
  };
  for (const byte of bytes) {
    held |= byte << bits;
    bits += 8;
    if (bits < 13) continue;
    put(2);
    held >>>= 13;
    bits -= 13;
  }
  if (bits) put(bits > 5 ? 2 : 1);
  return text;
}
