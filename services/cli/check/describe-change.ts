import type { FieldComparison } from '#libs/comparison/comparison.ts';
import { formatChange, formatValues } from '#libs/detectors/format-figure.ts';
import { decidingFigure } from './deciding-figure.ts';

/** Statistics that are about how many values there are, not about which. */
const ABOUT_PRESENCE = ['missing_rate', 'invalid_rate'];

/**
 * What moved, in a few words: "median 41 → 63", or the quantile that moved most where the median
 * stands still, or the category that is new, or the bin whose share changed most. Empty where
 * nothing did, or where the deciding statistic says it all.
 */
export function describeChange(field: FieldComparison): string {
  const { detail, bins, m } = field;
  const { quantiles, unseen = [] } = detail ?? {};
  const decides = decidingFigure(field)?.name ?? '';
  if (m === 0 || ABOUT_PRESENCE.includes(decides)) return '';
  if (decides === 'unseen_rate' && unseen[0] !== undefined) {
    return `new: ${JSON.stringify(unseen[0].value)}`;
  }
  if (quantiles !== undefined && quantiles.current.length > 0) {
    const moves = quantiles.levels.map((level, i) => ({
      level,
      before: quantiles.baseline[i]!,
      after: quantiles.current[i]!,
    }));
    const size = (move: { before: number; after: number }) => Math.abs(move.after - move.before);
    const median = moves.find(({ level }) => level === 0.5);
    const moved =
      median !== undefined && size(median) > 0
        ? median
        : moves.reduce((best, move) => (size(move) > size(best) ? move : best));
    if (size(moved) > 0) {
      const name = moved.level === 0.5 ? 'median' : `${Math.round(moved.level * 100)}th percentile`;
      return `${name} ${formatValues(moved.before, moved.after).join(' → ')}`;
    }
  }
  const shares = detail === undefined || detail.shares.length === 0 ? bins : detail.shares;
  const [top] = shares.toSorted(
    (a, b) => Math.abs(b.current - b.baseline) - Math.abs(a.current - a.baseline),
  );
  if (top === undefined || top.current === top.baseline) return '';
  return `${top.label} ${formatChange(top.baseline, top.current)}`;
}
