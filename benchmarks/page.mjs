// The page in headless Chromium: sizes, first paint, and from an edit to the painted page; beside
// IronCalc's wasm with the same book in the same browser.
//
//   node benchmarks/page.mjs        (after npm ci in web/; PYTHON names a Python with sheetformer)
//
// "work" is one edit's recalculation and all changes to the document, layout included; "painted"
// is the time until the frame after it, which headless Chromium paints 60 times a second. The changed
// cells begin to flash one frame later; that is not in "work", but the flashes of the edit before are.
// WARM edits come first, as a reader's first edits do: the browser's compiler learns from them. Only
// the very first is told; the medians are those of the ROUNDS edits after them. "usable" is when the
// page has painted itself and would take a key, by its own clock; on a processor SLOWER times as slow, too.
import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { createServer } from "node:http";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { gzipSync } from "node:zlib";

const ROOT = fileURLToPath(new URL("..", import.meta.url));
const BUNDLE = join(ROOT, "src/sheetformer/writers/bundle");
const IRONCALC = join(ROOT, "web/node_modules/@ironcalc/wasm");
const { chromium } = createRequire(join(ROOT, "web/package.json"))("playwright-core");
const WARM = 5;
const ROUNDS = 15;
const SLOWER = 4;

/** name, how Python makes it, what is typed in turn, and the most milliseconds of work, of first paint and until it is usable: as it is, and on the slower processor. */
const BOOKS = [
  { name: "default lesson", make: "sf.lesson('cross-attention')", block: "source_words", texts: ["tired", "happy"], work: 16, first: 200, usable: [300, 1000] },
  { name: "16 × 16 words", make: "sixteen()", block: "source_words", texts: ["tired", "happy"], work: 30, first: 200, usable: [null, null] },
  { name: "translator", make: "sf.translate('we see the red house')", block: "source_words", texts: ["they", "we"], work: 50, first: null, usable: [null, null] },
];

const PYTHON = `
import json, sys
import sheetformer as sf
from sheetformer.writers.page_payload import page_payload
from sheetformer.lessons import vocabulary

def sixteen():
    english, portuguese = vocabulary()
    return sf.lesson("cross-attention", source=" ".join(english[:16]), target=" ".join(portuguese[:16]))

from pathlib import Path
folder = Path(sys.argv[1])
for number, (make, block) in enumerate(json.loads(sys.argv[2])):
    book = eval(make)
    book.save(folder / f"{number}.html")
    (folder / f"{number}.json").write_text(json.dumps(page_payload(book)))
    place = book[block].block
    matrix = place.matrices[0]
    (folder / f"{number}.facts.json").write_text(json.dumps(
        {"formulas": book.formula_cells, "sheet": place.sheet, "row": matrix.row, "column": matrix.column}))
`;

const middle = (numbers) => [...numbers].sort((a, b) => a - b)[numbers.length >> 1];
const ms = (number) => `${number.toFixed(number < 10 ? 1 : 0)} ms`;
const kb = (bytes) => `${(bytes / 1024).toFixed(0)} KB`;

function browserPath() {
  const names = ["chromium", "chromium-browser", "google-chrome"];
  for (const folder of (process.env.PATH ?? "").split(delimiter)) {
    for (const name of names) if (existsSync(join(folder, name))) return join(folder, name);
  }
  throw new Error("there is no Chromium on the PATH");
}

/** The bundle, IronCalc and the books, for a page that works with engines alone. */
function serve(folder) {
  const kinds = { js: "text/javascript", wasm: "application/wasm", json: "application/json" };
  const server = createServer((request, response) => {
    const [, where, ...rest] = request.url.split("/");
    const base = { bundle: BUNDLE, ironcalc: IRONCALC, books: folder }[where];
    const path = base && join(base, ...rest);
    if (!path || !existsSync(path)) return void response.writeHead(base ? 404 : 200, { "Content-Type": "text/html" }).end();
    response.writeHead(200, { "Content-Type": kinds[path.split(".").at(-1)] ?? "text/plain" }).end(readFileSync(path));
  });
  return new Promise((ready) => server.listen(0, "127.0.0.1", () => ready(server)));
}

/** First paint, and when the page is usable. It tells this itself: a driver that asks would keep it from its work. */
async function started(browser, file, slower) {
  const page = await browser.newPage();
  const session = await page.context().newCDPSession(page);
  await session.send("Emulation.setCPUThrottlingRate", { rate: slower });
  await page.addInitScript(() => {
    const told = () => console.log("usable", performance.now(), performance.getEntriesByName("first-contentful-paint")[0]?.startTime);
    const look = () => (document.querySelector(".sheetformer .namebox") ? setTimeout(told) : requestAnimationFrame(look));
    look();
  });
  const said = page.waitForEvent("console", { predicate: (line) => line.text().startsWith("usable") });
  await page.goto(pathToFileURL(file).href, { waitUntil: "commit" });
  const [, usable, first] = (await said).text().split(" ").map(Number);
  await page.close();
  return { usable, first: Number.isNaN(first) ? usable : first };
}

/** Start and edits of a page that is opened from disk, as a reader does. */
async function opened(browser, file, facts, texts) {
  const [starts, slow] = [[], []];
  for (let i = 0; i < 7; i++) {
    starts.push(await started(browser, file, 1));
    slow.push(await started(browser, file, SLOWER));
  }
  const [firsts, usable] = [starts.map((one) => one.first), starts.map((one) => one.usable)];
  const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
  await page.goto(pathToFileURL(file).href);
  await page.waitForSelector(".sheetformer .namebox");
  await page.locator(".namebox").fill(facts.address);
  await page.locator(".namebox").press("Enter");
  const edits = await page.evaluate(async ({ texts, rounds }) => {
    const line = document.querySelector(".formulaline");
    const frame = () => new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
    const found = [];
    for (let i = 0; i < rounds; i++) {
      await frame();
      line.focus();
      line.value = texts[i % texts.length];
      const start = performance.now();
      line.dispatchEvent(new KeyboardEvent("keydown", { key: "Enter", bubbles: true, cancelable: true }));
      document.body.getBoundingClientRect();
      const work = performance.now() - start;
      await frame();
      found.push({ work, painted: performance.now() - start });
    }
    return found;
  }, { texts, rounds: WARM + ROUNDS });
  await page.close();
  const warm = edits.slice(WARM);
  return { first: middle(firsts), usable: middle(usable), slow: middle(slow.map((one) => one.usable)), cold: edits[0].work, work: middle(warm.map((e) => e.work)), least: Math.min(...warm.map((e) => e.work)), painted: middle(warm.map((e) => e.painted)) };
}

/** One edit in our engine and in IronCalc's: the same cells, formulas and names, no document. */
async function engines(browser, port, number, facts, texts) {
  const page = await browser.newPage();
  await page.goto(`http://127.0.0.1:${port}/`);
  const found = await page.evaluate(async ({ number, facts, texts, rounds }) => {
    const payload = await (await fetch(`/books/${number}.json`)).json();
    const { Model } = await import("/bundle/page.js");
    const iron = await import("/ironcalc/wasm.js");
    await iron.default();
    let start = performance.now();
    const ours = new Model(payload);
    const ourLoad = performance.now() - start;
    start = performance.now();
    const theirs = fill(new iron.Model("book", "en", "UTC", "en"), ours);
    const theirLoad = performance.now() - start;
    const sheet = payload.sheets.findIndex((one) => one.name === facts.sheet);
    const at = { sheet, row: facts.row, column: facts.column };
    const [mine, other] = [[], []];
    let changed = [];
    for (let i = 0; i < rounds; i++) {
      start = performance.now();
      changed = ours.set(at, texts[i % texts.length]).changed;
      for (const cell of changed) ours.value(cell);
      mine.push(performance.now() - start);
      start = performance.now();
      theirs.setUserInput(sheet, at.row + 1, at.column + 1, texts[i % texts.length]);
      for (const cell of changed) theirs.getFormattedCellValue(cell.sheet, cell.row + 1, cell.column + 1);
      other.push(performance.now() - start);
    }
    const different = changed.filter((cell) => differ(ours.value(cell), theirs.getFormattedCellValue(cell.sheet, cell.row + 1, cell.column + 1)));
    return { mine, other, ourLoad, theirLoad, changed: changed.length, different: different.length };

    function differ(a, b) {
      if (typeof a !== "number") return String(a ?? "").toUpperCase() !== String(b).toUpperCase();
      return !(Math.abs(a - Number(b)) <= 1e-6 * Math.max(1, Math.abs(a)));
    }

    function fill(model, book) {
      model.pauseEvaluation();
      book.payload.sheets.forEach(({ name }, i) => {
        if (i > 0) model.newSheet();
        model.renameSheet(i, name);
      });
      for (const block of book.payload.blocks) {
        if (!block.named || block.matrices.length > 1) continue;
        const [row, column] = block.matrices[0];
        const letters = iron.columnNameFromNumber;
        const area = `$${letters(column + 1)}$${row + 1}:$${letters(column + block.columns)}$${row + block.rows}`;
        const one = area.split(":")[0];
        const name = `'${book.payload.sheets[block.sheet].name}'!`;
        model.newDefinedName(block.name, null, name + (block.rows * block.columns === 1 ? one : area));
      }
      book.payload.sheets.forEach((_, sheet) => {
        const { rows, columns } = book.size(sheet);
        for (let row = 0; row < rows; row++) {
          for (let column = 0; column < columns; column++) put(model, book, { sheet, row, column });
        }
      });
      model.resumeEvaluation();
      model.evaluate();
      return model;
    }

    function put(model, book, at) {
      const place = [at.sheet, at.row + 1, at.column + 1];
      const area = book.arrayArea(at);
      if (area) {
        if (area.row === at.row && area.column === at.column) {
          model.setUserArrayFormula(...place, area.columns, area.rows, book.formula(at).slice(1, -1));
        }
        return;
      }
      const text = book.formula(at) || book.input(at);
      if (text !== "") model.setUserInput(...place, text);
    }
  }, { number, facts, texts, rounds: WARM + ROUNDS });
  await page.close();
  return { ...found, mine: middle(found.mine.slice(WARM)), other: middle(found.other.slice(WARM)) };
}

function sizes(folder) {
  const line = (name, bytes) => console.log(`  ${name.padEnd(34)} ${kb(bytes.length).padStart(9)} ${kb(gzipSync(bytes).length).padStart(9)} gzipped`);
  console.log("Sizes");
  line("page.js", readFileSync(join(BUNDLE, "page.js")));
  line("page.css", readFileSync(join(BUNDLE, "page.css")));
  BOOKS.forEach(({ name }, i) => line(`one file, ${name}`, readFileSync(join(folder, `${i}.html`))));
  line("IronCalc, wasm and its script", Buffer.concat(["wasm_bg.wasm", "wasm.js"].map((file) => readFileSync(join(IRONCALC, file)))));
  return statSync(join(folder, "0.html")).size;
}

async function main() {
  const folder = mkdtempSync(join(tmpdir(), "sheetformer-page-"));
  const missed = [];
  const judge = (what, found, most) => {
    if (most !== null && found > most) missed.push(`${what}: ${ms(found)}, wanted ${ms(most)}`);
  };
  const python = process.env.PYTHON ?? [join(ROOT, ".venv/bin/python"), "python3"].find((path) => path === "python3" || existsSync(path));
  execFileSync(python, ["-c", PYTHON, folder, JSON.stringify(BOOKS.map(({ make, block }) => [make, block]))], { stdio: "inherit" });
  const server = await serve(folder);
  const browser = await chromium.launch({ executablePath: browserPath(), chromiumSandbox: false, args: ["--disable-gpu"] });
  try {
    if (sizes(folder) > 170 * 1024) missed.push("the default lesson's file: more than 170 KB");
    for (const [number, { name, texts, work, first, usable }] of BOOKS.entries()) {
      const facts = JSON.parse(readFileSync(join(folder, `${number}.facts.json`), "utf8"));
      facts.address = `${/^\w+$/.test(facts.sheet) ? facts.sheet : `'${facts.sheet}'`}!${String.fromCharCode(65 + facts.column)}${facts.row + 1}`;
      const page = await opened(browser, join(folder, `${number}.html`), facts, texts);
      const engine = await engines(browser, server.address().port, number, facts, texts);
      console.log(`\n${name}: ${facts.formulas.toLocaleString("en")} formula cells, an edit changes ${engine.changed.toLocaleString("en")} cells`);
      console.log(`  first paint ${ms(page.first)}, usable after ${ms(page.usable)}, on a processor ${SLOWER} times as slow ${ms(page.slow)}; an edit: work ${ms(page.work)} (the first one ${ms(page.cold)}, the quickest ${ms(page.least)}), painted after ${ms(page.painted)}`);
      console.log(`  engine alone: ours ${ms(engine.mine)}, IronCalc ${ms(engine.other)}: ${(engine.other / engine.mine).toFixed(1)} times as long`);
      console.log(`  book into engine: ours ${ms(engine.ourLoad)}, IronCalc ${ms(engine.theirLoad)}; cells in which the two differ: ${engine.different}`);
      judge(`${name}, work of an edit`, page.work, work);
      judge(`${name}, first paint`, page.first, first);
      judge(`${name}, usable`, page.usable, usable[0]);
      judge(`${name}, usable on a slower processor`, page.slow, usable[1]);
    }
  } finally {
    await browser.close();
    server.close();
    rmSync(folder, { recursive: true });
  }
  console.log(missed.length ? `\nMissed:\n  ${missed.join("\n  ")}` : "\nAll targets met.");
}

await main();
