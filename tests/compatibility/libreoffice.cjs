// A workbook through LibreOffice as WebAssembly: node libreoffice.cjs PACKAGE WORKBOOK TARGET
const fs = require("fs");
const [, , folder, workbook, target] = process.argv;
const { LibreOfficeConverter } = require(`${folder}/dist/server.cjs`);
const wasmLoader = require(`${folder}/wasm/loader.cjs`);

(async () => {
  const converter = new LibreOfficeConverter({ wasmPath: `${folder}/wasm`, wasmLoader });
  await converter.initialize();
  const options = { inputFormat: "xlsx", outputFormat: "xlsx" };
  const made = await converter.convert(fs.readFileSync(workbook), options, "book.xlsx");
  fs.writeFileSync(target, made.data);
  process.exit(0);
})().catch((error) => {
  console.error(error);
  process.exit(1);
});
