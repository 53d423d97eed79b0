// Training on the page, in headless Chromium: a thousand steps of the lesson gpt with the curve live.
//
//   node benchmarks/steps.mjs [STEPS]      (after npm ci in web/; PYTHON names a Python with sheetformer)
//
// For each size of the model: seconds from the press of "run" until that many steps are done, and steps
// a second. That the page's steps are NumPy's is a test (tests/page/test_steps.py).
import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

const ROOT = fileURLToPath(new URL("..", import.meta.url));
const { chromium } = createRequire(join(ROOT, "web/package.json"))("playwright-core");
const STEPS = Number(process.argv[2] ?? 1000);

/** Numbers a place, and the most seconds of a thousand steps. */
const SIZES = [
  { width: 16, seconds: 100 },
  { width: 40, seconds: 360 },
];

const PYTHON = `
import json, sys
import sheetformer as sf
folder = sys.argv[1]
for width in json.loads(sys.argv[2]):
    book = sf.lesson("gpt", d_model=width)
    book.save(f"{folder}/{width}.html")
    facts = {"count": int(book["theta"].value.size)}
    json.dump(facts, open(f"{folder}/{width}.json", "w"))
`;

function browserPath() {
  const names = ["chromium", "chromium-browser", "google-chrome"];
  const paths = (process.env.PATH ?? "").split(delimiter).flatMap((folder) => names.map((name) => join(folder, name)));
  const found = paths.find((path) => existsSync(path));
  if (!found) throw new Error("there is no Chromium on the PATH");
  return found;
}

/** Presses run, waits until enough steps are done, and presses stop. */
async function trained(page, steps) {
  return page.evaluate(async (steps) => {
    const done = () => Number.parseInt(document.querySelector(".runner .speed").textContent, 10) || 0;
    const button = document.querySelector(".runner .run");
    const start = performance.now();
    button.click();
    while (done() < steps) await new Promise((ready) => setTimeout(ready, 20));
    button.click();
    return { seconds: (performance.now() - start) / 1000, steps: done() };
  }, steps);
}

async function main() {
  const folder = mkdtempSync(join(tmpdir(), "sheetformer-steps-"));
  const python = process.env.PYTHON ?? join(ROOT, ".venv/bin/python");
  execFileSync(python, ["-c", PYTHON, folder, JSON.stringify(SIZES.map(({ width }) => width))], { stdio: "inherit" });
  const browser = await chromium.launch({ executablePath: browserPath(), chromiumSandbox: false, args: ["--disable-gpu"] });
  const missed = [];
  try {
    for (const { width, seconds } of SIZES) {
      const facts = JSON.parse(readFileSync(join(folder, `${width}.json`), "utf8"));
      const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
      await page.goto(pathToFileURL(join(folder, `${width}.html`)).href);
      await page.waitForSelector(".runner .run");
      const found = await trained(page, STEPS);
      const thousand = (found.seconds / found.steps) * 1000;
      console.log(`d_model ${width}, ${facts.count.toLocaleString("en")} weights: ${found.steps} steps in ${found.seconds.toFixed(1)} s, ${(found.steps / found.seconds).toFixed(0)} a second; 1,000 steps ${thousand.toFixed(0)} s`);
      if (thousand > seconds) missed.push(`d_model ${width}: ${thousand.toFixed(0)} s for 1,000 steps, wanted ${seconds} s`);
      await page.close();
    }
  } finally {
    await browser.close();
    rmSync(folder, { recursive: true });
  }
  console.log(missed.length ? `Missed:\n  ${missed.join("\n  ")}` : "All targets met.");
}

await main();
