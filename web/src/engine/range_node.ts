/** A range of cells that formulas read: one node, however many they are. */

export class RangeNode<Reader> {
  readonly readers: Reader[] = [];
  /** The last pass in which its readers were marked. */
  pass = 0;

  constructor(
    readonly sheet: number,
    readonly row: number,
    readonly column: number,
    readonly rows: number,
    readonly columns: number,
  ) {}

  has(row: number, column: number): boolean {
    const [down, right] = [row - this.row, column - this.column];
    return down >= 0 && right >= 0 && down < this.rows && right < this.columns;
  }
}
