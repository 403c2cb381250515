/** A list with one of its things at another place. */
export function moved<Thing>(things: Thing[], from: number, to: number): Thing[] {
  const rest = things.filter((_, index) => index !== from);
  return [...rest.slice(0, to), ...things.slice(from, from + 1), ...rest.slice(to)];
}
