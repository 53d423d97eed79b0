/** The page as a file or from a server: mounts the book that stands in the document, if one does. */

import { serverDoor, type ServerDoor } from "./doors.js";
import type { Payload } from "./format.js";
import { Model } from "./model.js";
import { mount } from "./ui/app.js";

const BOOK = "sheetformer-book";
const DOOR = "sheetformer-door";

function open(): void {
  const carried = document.getElementById(BOOK)?.textContent;
  const root = document.getElementById("sheetformer");
  if (!carried || !root) return;
  const model = new Model(JSON.parse(carried) as Payload);
  const told = document.getElementById(DOOR)?.textContent;
  const door = told ? (JSON.parse(told) as ServerDoor) : null;
  // The server's reader may have asked for another language than there is of this book.
  mount(root, model, door ? { door: serverDoor(door), language: door.book.lang ?? model.language } : {});
}

// Also imported where there is no document: by tests, and by the notebook's widget.
if (typeof document !== "undefined") open();
