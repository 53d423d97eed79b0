/** What only the page of an exercise carries besides the page's own program: its workbook can be saved. */

import { saveWorkbook } from "./workbook_file.js";

Object.assign(globalThis, { sheetformerWorkbook: saveWorkbook });
