/** JSON with sorted keys: equal documents give equal text, however their keys were ordered. */
export function canonicalJson(document: unknown): string {
  return (
    JSON.stringify(document, (_key, value: unknown) =>
      typeof value === 'object' && value !== null && !Array.isArray(value)
        ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)))
        : value,
    ) ?? 'null'
  );
}
