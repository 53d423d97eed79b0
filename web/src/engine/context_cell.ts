/** The cell that is being worked out; relative addresses of a compiled formula count from it. */
export const contextCell = { row: 0, column: 0 };
