// Works books out with the page's own program: a line of JSON in, a line of JSON out.
//
// In: {"book": payload, "steps": [[{sheet, row, column, text}, …], …]}. Out: the cells as the page
// shows them at first and after each step (edits, "undo", or "ahead 5": five steps of a book that goes on), as {sheet: [[row, column, value, formula], …]}. A truth
// value is {"logical": …}, an error {"error": "#N/A"}.
// With "worked": the lines of arithmetic instead, [sheet, row, column, line, value], of all formulas
// but those that just name another cell.
// Without a book: the names of all functions.
import { createInterface } from "node:readline";

const { Model, functionNames, worked } = await import(process.argv[2]);

function told(value) {
  if (typeof value === "boolean") return { logical: value };
  return value !== null && typeof value === "object" ? { error: value.code } : value;
}

function cells(model) {
  const sheets = model.payload.sheets.map(({ name }, sheet) => {
    const found = [];
    const { rows, columns } = model.size(sheet);
    for (let row = 0; row < rows; row++) {
      for (let column = 0; column < columns; column++) {
        const at = { sheet, row, column };
        const formula = model.formula(at);
        const value = model.value(at);
        if (formula !== "" || value !== null) found.push([row, column, told(value), formula]);
      }
    }
    return [name, found];
  });
  return Object.fromEntries(sheets);
}

function lines(model) {
  const found = [];
  model.payload.sheets.forEach(({ name }, sheet) => {
    const { rows, columns } = model.size(sheet);
    for (let row = 0; row < rows; row++) {
      for (let column = 0; column < columns; column++) {
        const at = { sheet, row, column };
        const kind = model.tree(at)?.kind ?? "cell";
        if (kind !== "cell" && kind !== "range") found.push([name, row, column, worked(model, at), told(model.value(at))]);
      }
    }
  });
  return found;
}

function ahead(model, steps) {
  for (let i = 0; i < steps; i++) model.ahead();
  model.settle();
}

function step(model, edits, show) {
  if (edits === "undo") model.undo();
  else if (typeof edits === "string") ahead(model, Number(edits.split(" ")[1]));
  else model.setMany(edits);
  return show(model);
}

for await (const line of createInterface({ input: process.stdin })) {
  let answer;
  try {
    const { book, steps, ...wanted } = JSON.parse(line);
    const model = book && new Model(book);
    const show = wanted.worked ? lines : cells;
    answer = model ? [show(model), ...steps.map((edits) => step(model, edits, show))] : functionNames();
  } catch (error) {
    answer = { error: String(error.stack ?? error) };
  }
  process.stdout.write(`${JSON.stringify(answer)}\n`);
}
