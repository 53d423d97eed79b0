/** The page as a file or from a server: mounts the book that stands in the document, if one does. */

import type { Payload } from "./format.js";
import { serverHost, type ServerHost } from "./host.js";
import { Model } from "./model.js";
import { mount } from "./ui/app.js";

const BOOK = "sheetformer-book";
const HOST = "sheetformer-host";

function open(): void {
  const carried = document.getElementById(BOOK)?.textContent;
  const root = document.getElementById("sheetformer");
  if (!carried || !root) return;
  const model = new Model(JSON.parse(carried) as Payload);
  const written = document.getElementById(HOST)?.textContent;
  const server = written ? (JSON.parse(written) as ServerHost) : null;
  // The server's reader may have asked for another language than there is of this book.
  mount(root, model, server ? { host: serverHost(server), language: server.book.lang ?? model.language } : {});
}

// Also imported where there is no document: by tests, and by the notebook's widget.
if (typeof document !== "undefined") open();
