/** The page as a file: mounts the book that stands in the document, if one does. */

import type { Payload } from "./format.js";
import { Model } from "./model.js";
import { mount } from "./ui/app.js";

const BOOK = "sheetformer-book";

function open(): void {
  const carried = document.getElementById(BOOK)?.textContent;
  const root = document.getElementById("sheetformer");
  if (!carried || !root) return;
  mount(root, new Model(JSON.parse(carried) as Payload));
}

// Also imported where there is no document: by tests, and by the notebook's widget.
if (typeof document !== "undefined") open();
