import { columnNumber } from "../../src/engine/address.js";
import { ENGLISH } from "../../src/english.generated.js";
import { FORMAT, type Payload } from "../../src/format.js";
import { CellError, Model, type Place, type Value } from "../../src/model.js";

/** The sentences of errors in a language that was made up, with a decimal comma. */
const MARKED = Object.fromEntries(Object.entries(ENGLISH.errors).map(([key, text]) => [key, `«${text}».`]));

/** A book with nothing in it but one or two sheets, and blocks with names. */
export function emptyBook(language = "en"): Payload {
  const sheet = { cellBlocks: [], widths: [], heights: [], scales: [], choices: [], charts: [] };
  return {
    format: FORMAT,
    language,
    title: "Test",
    styles: ["computed.number"],
    sheets: [
      { ...sheet, name: "One", frozen: [0, 0] },
      { ...sheet, name: "Bob's words", frozen: [0, 0] },
    ],
    stages: [],
    blocks: [],
    languages: { xx: { name: "Ixx", decimal: ",", errors: MARKED } },
  };
}

/** Row and column of "B5" on the first sheet. */
export function at(address: string, sheet = 0): Place {
  const [, letters, row] = /^([A-Z]+)(\d+)$/.exec(address)!;
  return { sheet, row: Number(row) - 1, column: columnNumber(letters!) };
}

/** A model with these texts typed in. */
export function typed(cells: Record<string, string>, language = "en"): Model {
  const model = new Model(emptyBook(language));
  model.setMany(Object.entries(cells).map(([address, text]) => ({ ...at(address), text })));
  return model;
}

/** What a formula gives, errors by their code. */
export function result(formula: string, cells: Record<string, string> = {}): Exclude<Value, CellError> {
  const model = typed({ ...cells, Z99: formula });
  return shown(model, "Z99");
}

export function shown(model: Model, address: string): Exclude<Value, CellError> {
  const value = model.value(at(address));
  return value instanceof CellError ? value.code : value;
}
