import type { ComparedDetail } from '#libs/comparison/comparison.ts';
import { formatShare, formatStatistic, formatValue } from '#libs/detectors/format-figure.ts';
import { escapeMarkup } from '../escape-markup.ts';
import { niceTicks } from './nice-ticks.ts';

const WIDTH = 360;
const HEIGHT = 230;
const LEFT = 40;
const RIGHT = 10;
const TOP = 20;
const BOTTOM = 26;
/** Shares at either end that are left out where a long tail would squeeze the rest. */
const TAIL = 0.005;

type Curves = NonNullable<ComparedDetail['cumulative']>;
type Gap = NonNullable<ComparedDetail['gap']>;

/** Both cumulative shares over the values, with the largest gap between them marked. */
export function cumulativeSvg(
  { cumulative, gap }: { readonly cumulative: Curves; readonly gap: Gap },
  name: string,
): string {
  const [low, high] = centralRange(cumulative, gap);
  const x = (value: number) => {
    const place = fractionOf(clamp(value, low, high), { low, high });
    return round(LEFT + place * (WIDTH - LEFT - RIGHT));
  };
  const y = (share: number) => round(HEIGHT - BOTTOM - share * (HEIGHT - TOP - BOTTOM));
  const curve = (kind: 'baseline' | 'current') => {
    const points = [`${x(low)},${y(shareBelow(cumulative, { value: low, kind }))}`];
    for (const [i, value] of cumulative.x.entries()) {
      if (value >= low && value <= high) points.push(`${x(value)},${y(cumulative[kind][i]!)}`);
    }
    return `<polyline class="${kind}" points="${points.join(' ')}"/>`;
  };
  const grid = [0, 0.5, 1].map(
    (share) =>
      `<line class="grid" x1="${LEFT}" x2="${WIDTH - RIGHT}" y1="${y(share)}" y2="${y(share)}"/>` +
      `<text class="tick end" x="${LEFT - 5}" y="${y(share) + 4}">${formatShare(share)}</text>`,
  );
  const ticks = niceTicks(low, high, 4).map(
    (value) =>
      `<text class="tick middle" x="${x(value)}" y="${HEIGHT - 8}">${escapeMarkup(formatValue(value))}</text>`,
  );
  const size = Math.abs(gap.current - gap.baseline);
  const label = `KS ${formatStatistic(size)} at ${formatValue(gap.x)}`;
  const anchor = x(gap.x) > WIDTH / 2 ? 'end' : 'start';
  const mark =
    size === 0
      ? ''
      : `<line class="gap" x1="${x(gap.x)}" x2="${x(gap.x)}" y1="${y(gap.baseline)}" y2="${y(gap.current)}"/>` +
        `<text class="gap ${anchor}" x="${x(gap.x)}" y="${TOP - 7}">${escapeMarkup(label)}</text>`;
  const title = `Cumulative shares of ${name}. ${
    size === 0
      ? 'The two are equal.'
      : `Up to ${formatValue(gap.x)}: baseline ${formatShare(gap.baseline)}, current ${formatShare(gap.current)}.`
  }`;
  return `<svg class="plot curves" role="img" viewBox="0 0 ${WIDTH} ${HEIGHT}"><title>${escapeMarkup(title)}</title>${grid.join('')}${ticks.join('')}${curve('baseline')}${curve('current')}${mark}</svg>`;
}

/** The values between which all but the outermost tails of both sides lie, the gap included. */
export function centralRange({ x, baseline, current }: Curves, gap: Gap): [number, number] {
  const from = x.findIndex((_, i) => Math.max(baseline[i]!, current[i]!) >= TAIL);
  const to = x.findIndex((_, i) => Math.min(baseline[i]!, current[i]!) >= 1 - TAIL);
  const low = x[Math.max(0, from - 1)]!;
  const high = x[to === -1 ? x.length - 1 : to]!;
  return [Math.min(low, gap.x), Math.max(high, gap.x)];
}

/** The share at the last point that is not above a value; 0 before the first one. */
function shareBelow(
  curves: Curves,
  { value, kind }: { readonly value: number; readonly kind: 'baseline' | 'current' },
): number {
  const at = curves.x.findLastIndex((x) => x < value);
  return at === -1 ? 0 : curves[kind][at]!;
}

/** Where a value lies between two others, 0 to 1; in the middle where these are equal. */
function fractionOf(
  value: number,
  { low, high }: { readonly low: number; readonly high: number },
): number {
  if (high === low) return 0.5;
  // The span of the largest doubles is no double.
  if (high - low === Number.POSITIVE_INFINITY) {
    return fractionOf(value / 2, { low: low / 2, high: high / 2 });
  }
  return (value - low) / (high - low);
}

function clamp(value: number, low: number, high: number): number {
  return Math.min(high, Math.max(low, value));
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
