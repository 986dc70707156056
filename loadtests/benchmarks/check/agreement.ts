interface Report {
  readonly fields: Readonly<
    Record<
      string,
      { readonly statistics: Readonly<Record<string, { readonly statistic: number }>> }
    >
  >;
}

/** Statistics that both ways compute from the same definition. */
const SHARED = ['ks', 'kuiper', 'psi', 'chi_squared'];

/** How far the statistics of the two ways are apart, in one sentence. */
export function agreement(plumbline: string, python: string): string {
  const { fields } = JSON.parse(plumbline) as Report;
  const others = JSON.parse(python) as Record<string, Record<string, number>>;
  let compared = 0;
  let largest = 0;
  for (const [name, { statistics }] of Object.entries(fields)) {
    for (const statistic of SHARED) {
      const own = statistics[statistic]?.statistic;
      const other = others[name]?.[statistic];
      if (own === undefined || other === undefined) continue;
      compared += 1;
      largest = Math.max(largest, Math.abs(own - other) / Math.max(Math.abs(other), 1e-12));
    }
  }
  const apart = largest === 0 ? '0' : largest.toExponential(1);
  return `${compared} statistics that both compute differ by at most ${apart} of their size.`;
}
