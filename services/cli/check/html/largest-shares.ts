/** One bin's share of either side. */
export interface Share {
  readonly label: string;
  readonly baseline: number;
  readonly current: number;
}

/** Most bars of a plot. */
const MOST_BARS = 20;

/** The bins with the largest share on either side, in their order; the others as one. */
export function largestShares(shares: readonly Share[]): readonly Share[] {
  if (shares.length <= MOST_BARS) return shares;
  const size = ({ baseline, current }: Share) => Math.max(baseline, current);
  const order = shares.map((_, i) => i).sort((a, b) => size(shares[b]!) - size(shares[a]!));
  const kept = new Set(order.slice(0, MOST_BARS - 1));
  const rest = shares.filter((_, i) => !kept.has(i));
  return [
    ...shares.filter((_, i) => kept.has(i)),
    {
      label: `${rest.length} others`,
      baseline: rest.reduce((sum, { baseline }) => sum + baseline, 0),
      current: rest.reduce((sum, { current }) => sum + current, 0),
    },
  ];
}
