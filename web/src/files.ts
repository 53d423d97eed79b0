/** Files that a page saves. */

/** The workbook that the page of an exercise carries. */
export const WORKBOOK = "sheetformer-workbook";

/** Save a file under a name. */
export function saveFile(blob: Blob, name: string): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  // The browser takes the file in its own time.
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}

/** The name of this page as that of another kind of file. */
export function fileName(kind: string): string {
  const name = decodeURIComponent(location.pathname.split("/").at(-1) ?? "");
  return `${name.replace(/\.html?$/i, "") || "lesson"}.${kind}`;
}
