/** A list with one of its rows moved up or down; the same where it cannot go further. */
export function shifted<Row>(rows: readonly Row[], index: number, by: -1 | 1): Row[] {
  const next = [...rows];
  const [row] = next.splice(index, 1);
  if (row !== undefined) {
    next.splice(Math.max(0, index + by), 0, row);
  }
  return next;
}
