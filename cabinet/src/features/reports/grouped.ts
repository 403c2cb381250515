/** Things by their group; groups in the order in which they first occur. */
export function grouped<Thing>(things: Thing[], groupOf: (thing: Thing) => string): [string, Thing[]][] {
  const groups = new Map<string, Thing[]>();
  for (const thing of things) {
    const group = groups.get(groupOf(thing));
    if (group) {
      group.push(thing);
    } else {
      groups.set(groupOf(thing), [thing]);
    }
  }
  return [...groups];
}
