import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

// One script and one style sheet with names that do not change; the same sources give the same bytes.
export default defineConfig(({ mode }) => ({
  build: {
    target: "es2022",
    outDir: process.env.PAGE_OUT ?? here("../src/sheetformer/writers/bundle"),
    emptyOutDir: false,
    modulePreload: false,
    cssCodeSplit: false,
    minify: true,
    rollupOptions: {
      // The page of an exercise has a small program besides.
      input: here(mode === "workbook" ? "src/workbook_bundle.ts" : "src/bundle.ts"),
      preserveEntrySignatures: "strict",
      output: {
        format: "es",
        entryFileNames: mode === "workbook" ? "workbook.js" : "page.js",
        assetFileNames: "page[extname]",
        codeSplitting: false,
      },
    },
  },
  test: { include: ["tests/**/*.test.ts"] },
}));
