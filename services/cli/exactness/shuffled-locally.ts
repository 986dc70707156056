/** A copy in which nothing stands further than `reach` places from where it was. */
export function shuffledLocally<T>(
  items: readonly T[],
  { random, reach }: { readonly random: () => number; readonly reach: number },
): T[] {
  return items
    .map((item, i) => ({ item, place: i + random() * reach }))
    .sort((a, b) => a.place - b.place)
    .map(({ item }) => item);
}
