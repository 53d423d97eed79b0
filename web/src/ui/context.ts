/** What all parts of the page share: the book, the selection, the language, and the painter. */

import { Refused, type Area, type Change, type Edit, type Model, type Place } from "../model.js";
import { Painter, placeKey } from "./painter.js";
import { type TextKey, uiText } from "./ui_text.js";

/** Something that follows the selection and the cells. */
export interface Part {
  selected?(): void;
  changed?(change: Change): void;
  /** It stands in the page now and has a size. */
  shown?(): void;
}

export class Context {
  readonly painter: Painter;
  readonly parts = new Set<Part>();
  selection: Place;
  /** Set by the shell: say something to a screen reader, and show it in the header. */
  announce: (text: string) => void = () => {};
  /** Set by the shell: show a refusal where the reader looks. */
  refuse: (text: string) => void = () => {};
  /** Set by the view in front: bring a cell into sight and give it the keyboard. */
  reveal: (at: Place | Area) => void = () => {};
  /** Set by the shell: what is selected. */
  area: () => Area = () => ({ ...this.selection, rows: 1, columns: 1 });
  /** Set by the formula bar: look for a text in all cells. */
  seek: () => void = () => {};
  /** Set by the shell: the cell under the pointer, also an empty one of a sheet. */
  pointed: (event: PointerEvent) => Place | null = () => null;
  /** Set by the view in front: open the editor at the selected cell. */
  edit: (start?: string) => void = () => {};

  constructor(
    readonly model: Model,
    selection?: Place,
    /** What ids end with: a notebook may show several books, or one twice. */
    readonly suffix = "",
  ) {
    this.painter = new Painter(model);
    this.selection = selection ?? firstInput(model);
  }

  /** An id that no other book on this page has. */
  id(name: string): string {
    return name + this.suffix;
  }

  /** A text of the page. */
  say(key: TextKey, ...filled: (string | number)[]): string {
    return uiText(this.model.translation, key, ...filled);
  }

  /** What an operation does, in a sentence. */
  operation(op: string): string {
    return this.model.translation.operations[op] ?? "";
  }

  select(at: Place): void {
    this.selection = { sheet: at.sheet, row: at.row, column: at.column };
    this.remark();
    for (const part of this.parts) part.selected?.();
  }

  /** Select a cell or a rectangle and bring it into sight. */
  go(at: Place | Area): void {
    this.select(at);
    this.reveal(at);
  }

  /** Light up what the selection is made from and goes into. */
  remark(): void {
    const at = this.selection;
    this.painter.mark(at, [
      ["precedent", this.model.precedents(at)],
      ["dependent", this.model.dependents(at)],
    ]);
  }

  /** Why the last change was refused; null where it was not. */
  refusal: Refused | null = null;

  /** Do something that changes cells; a refusal is shown, not thrown. */
  change(action: () => Change | null): Change | null {
    this.refusal = null;
    try {
      return action();
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      this.refusal = error;
      this.refuse(error.message);
      this.announce(error.message);
      return null;
    }
  }

  /** What somebody typed; over several cells where an array formula was asked for. */
  set(at: Place, text: string, over?: Area): boolean {
    return this.change(() => (over ? this.model.setArray(over, text) : this.model.type(at, text))) !== null;
  }

  setMany(edits: Edit[]): boolean {
    return this.change(() => this.model.setMany(edits)) !== null;
  }

  /** What a cell is called: its block, the word at its row, the label over its column. */
  name(at: Place): string {
    const standing = this.model.block(at);
    if (!standing) return this.model.address(at);
    const block = this.model.payload.blocks[standing.block]!;
    const { row, column } = this.labels(at);
    return [shortName(block.name), block.matrixNames[standing.matrix], row, column].filter(Boolean).join(" · ");
  }

  /** The words at the row and over the column of a cell. */
  labels(at: Place): { row: string; column: string } {
    const standing = this.model.block(at);
    if (!standing) return { row: "", column: "" };
    const block = this.model.payload.blocks[standing.block]!;
    return {
      row: block.rowLabels ? this.model.rowLabel(block, standing.matrix, standing.row) : "",
      column: block.columnLabels ? this.model.columnLabel(block, standing.matrix, standing.column) : "",
    };
  }

  /** The blocks that stand in some areas, each once. */
  blocksIn(areas: Area[]): number[] {
    const found = areas.map((area) => this.model.block(area)?.block);
    return [...new Set(found.filter((block) => block !== undefined))];
  }
}

/** A block's name as people say it: "Q" for the defined name "Q_". */
export const shortName = (name: string): string => name.replace(/_+$/, "");

/** What a block is in plain words; "" where its name says the same. */
export function plainTitle({ name, title }: { name: string; title: string }): string {
  const spelled = shortName(name).replaceAll("_", " ");
  return title.toLowerCase() === spelled.toLowerCase() ? "" : title;
}

/** Whether two places are one. */
export const samePlace = (a: Place, b: Place): boolean => placeKey(a) === placeKey(b);

/** The first cell of the first sheet that somebody may type into. */
function firstInput(model: Model): Place {
  const { blocks } = model.payload;
  const inputs = blocks.filter((block) => block.kind === "input");
  const first = inputs.sort((a, b) => a.sheet - b.sheet)[0] ?? blocks[0];
  const [row, column] = first?.matrices[0] ?? [0, 0];
  return { sheet: first?.sheet ?? 0, row, column };
}

/** The cell of a block. */
export function cellOf(block: { sheet: number; matrices: [number, number][] }, matrix: number, row: number, column: number): Place {
  const [top, left] = block.matrices[matrix]!;
  return { sheet: block.sheet, row: top + row, column: left + column };
}
