/**
 * Keeps the number of values of one metric label bounded: the first `limit` distinct values pass,
 * all others become `other`.
 */
export function boundedLabels(limit: number): (value: string) => string {
  const known = new Set<string>();
  return (value) => {
    if (known.has(value)) return value;
    if (known.size >= limit) return 'other';
    known.add(value);
    return value;
  };
}
