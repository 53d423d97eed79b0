/** The page as a file or from a server: mounts the book that stands in the document, if one does. */

import { apply, contents, type CellEdit } from "./edit_wire.js";
import type { Payload } from "./format.js";
import { serverHost, type ServerHost } from "./host.js";
import { Model } from "./model.js";
import { WORKBOOK } from "./files.js";
import { BOOK, HOST, savedEdits, savePage } from "./save.js";
import { Keeper } from "./state.js";
import { mount } from "./ui/app.js";
import type { Host } from "./ui/host.js";

function open(): void {
  const carried = document.getElementById(BOOK)?.textContent;
  const root = document.getElementById("sheetformer");
  if (!carried || !root) return;
  const model = new Model(JSON.parse(carried) as Payload);
  const edits = savedEdits();
  if (edits.length) apply(model, edits);
  const keeper = new Keeper(model, carried);
  const notice = keeper.restore();
  const written = document.getElementById(HOST)?.textContent;
  const server = written ? (JSON.parse(written) as ServerHost) : null;
  const before = [...root.childNodes].map((node) => node.cloneNode(true));
  const looks = keeper.looks;
  // The server's reader may have asked for another language than there is of this book.
  const language = looks.language ?? server?.book.lang ?? model.language;
  mount(root, model, { host: hostOf(server, keeper, before), language, looks, notice });
  keeper.follow();
}

/** What a page can do with its book: save it, and keep what was typed in its address. */
function hostOf(server: ServerHost | null, keeper: Keeper, before: readonly Node[]): Host {
  return {
    ...(document.getElementById(WORKBOOK) ? { download: saved(keeper, saveWorkbook) } : {}),
    ...(server ? serverHost(server) : {}),
    savePage: saved(keeper, (model) => savePage(model, before)),
    look: (looks) => keeper.look(looks),
    atStep: (step) => keeper.atStep(step),
  };
}

/** What `workbook_bundle.ts` offers, in the page of an exercise. */
const saveWorkbook = (model: Model): Promise<void> =>
  (globalThis as unknown as { sheetformerWorkbook(edits: CellEdit[]): Promise<void> }).sheetformerWorkbook(contents(model));

/** Once a file was saved, leaving loses nothing. */
const saved = (keeper: Keeper, save: (model: Model) => Promise<void>) => async (model: Model): Promise<void> => {
  await save(model);
  keeper.keep();
};

// Also imported where there is no document: by tests, and by the notebook's widget.
if (typeof document !== "undefined") open();
