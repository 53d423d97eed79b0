/** The server that a page came from, as its host: where workbooks and the other lessons come from. */

import { contents } from "./edit_wire.js";
import type { Language } from "./format.js";
import type { Model } from "./model.js";
import { saveFile } from "./files.js";
import type { Host } from "./ui/host.js";
import { uiText } from "./ui/ui_text.js";

/** What the server writes into its page: where workbooks come from, and which book this is. */
export interface ServerHost {
  download: string;
  home: string;
  book: { lang?: Language };
}

/** The host of a page that came from a server. */
export function serverHost(server: ServerHost): Host {
  return {
    home: (language) => inLanguage(server.home, language),
    download: (model) => download(server, model, uiText(model.translation, "gone")),
  };
}

/** An address of the server, in a language. */
function inLanguage(address: string, language: Language): string {
  const [path, search] = address.split("?");
  const query = new URLSearchParams(search);
  query.set("lang", language);
  return `${path}?${query}`;
}

/** Ask for the workbook of what stands on the page, and save it. A refusal is thrown as its sentence. */
async function download(server: ServerHost, model: Model, gone: string): Promise<void> {
  const answer = await fetch(inLanguage(server.download, model.language), {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ book: server.book, edits: contents(model) }),
  }).catch(() => {
    throw new Error(gone);
  });
  if (!answer.ok) throw new Error(await sentence(answer, gone));
  const name = /filename="([^"]+)"/.exec(answer.headers.get("Content-Disposition") ?? "")?.[1];
  saveFile(await answer.blob(), name ?? "book.xlsx");
}

async function sentence(answer: Response, gone: string): Promise<string> {
  try {
    return String((await answer.json() as { error: string }).error);
  } catch {
    return gone;
  }
}
