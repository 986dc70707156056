import type { Arc } from './circular-arc.ts';
import type {
  AttributionPart,
  BinShare,
  DistributionDetail,
  StatisticFigure,
  Verdict,
} from './evaluation.ts';
import {
  formatChange,
  formatCount,
  formatPValue,
  formatShare,
  formatValue,
  formatValues,
} from './format-figure.ts';
import { type FieldStatistic, isDistributional } from './rules.ts';
import type { SeriesDetector } from './series-rules.ts';
import { boundWords, calmWords, headline, headlineWithin, noiseWords } from './statistic-words.ts';

/**
 * Machine-readable cause of a verdict.
 *
 * - `<statistic>_warning`, `<statistic>_critical`: this statistic is beyond its limit and more than
 *   noise; of several, the one that is furthest beyond
 * - `<detector>_warning`, `<detector>_critical`: the figures of the windows up to this one have risen
 * - `volume_low`, `volume_high`: too few or too many events for the time
 * - `within_limits`: no deciding statistic is beyond its limit
 * - `not_significant`: one is beyond its limit, but noise could have done that
 * - `nothing_decides`: every statistic is off
 * - `not_defined`: the values do not allow any statistic that decides
 * - `below_min_samples`: fewer usable values than `min_samples`
 * - `segment_too_small`: the baseline has too few usable values in this segment
 * - `no_events`: the window is empty
 * - `baseline_empty`: the baseline has no usable value of the field
 * - `incomplete_window`: the first or last window, which may lack events
 * - `no_reference_windows`: the baseline has no event times, no whole window of this length, or
 *   panes that do not add up to one
 * - `no_reference_events`: the reference windows themselves hold no events
 */
export type ReasonCode =
  | `${FieldStatistic}_${'warning' | 'critical'}`
  | `${SeriesDetector}_${'warning' | 'critical'}`
  | 'volume_low'
  | 'volume_high'
  | 'within_limits'
  | 'not_significant'
  | 'nothing_decides'
  | 'not_defined'
  | 'below_min_samples'
  | 'segment_too_small'
  | 'no_events'
  | 'baseline_empty'
  | 'incomplete_window'
  | 'no_reference_windows'
  | 'no_reference_events';

export interface Reason {
  readonly reason_code: ReasonCode;
  readonly reason: string;
}

/** What the words are made of. */
export interface ReasonFacts {
  readonly verdict: Verdict;
  /** All figures of the field; those that decide have a `verdict`. */
  readonly figures: ReadonlyMap<FieldStatistic, StatisticFigure>;
  readonly n: number;
  readonly m: number;
  readonly events: number;
  readonly minSamples: number;
  /** Usable baseline values that are needed. */
  readonly minBaseline: number;
  readonly significance: number;
  readonly detail?: DistributionDetail;
  /** Why statistics that should decide are not defined, as a sentence. */
  readonly notDefined?: string;
  /** The bins of psi and chi_squared, `rare` ones pooled. */
  readonly bins?: readonly BinShare[];
  /** The stretch of the circle that changed most. */
  readonly arc?: Arc;
  /** Length of the circle. */
  readonly period?: number;
}

const LEVELS = { ok: 0, warning: 1, critical: 2 } as const;

interface Deciding {
  readonly name: FieldStatistic;
  readonly figure: StatisticFigure;
  readonly level: keyof typeof LEVELS;
  /** The limit that the level is about; for `ok` the lowest one. */
  readonly limit: number;
}

/** The cause of a field's verdict as a code and in words. */
export function fieldReason(facts: ReasonFacts): Reason {
  const deciding = decidingFigures(facts.figures);
  const alarms = deciding.filter(({ level }) => level !== 'ok');
  const [worst, ...others] = alarms;
  if (worst !== undefined) {
    const also = others
      .slice(0, 2)
      .map((other) => ` Also ${headlineWithin(other.name, other)}.`)
      .join('');
    return {
      reason_code: `${worst.name}_${worst.level === 'critical' ? 'critical' : 'warning'}`,
      reason: `${alarmSentence(worst, facts)}${also}`,
    };
  }
  if (facts.verdict === 'insufficient_data') return insufficient(facts);
  const [first] = deciding;
  if (first === undefined) {
    return { reason_code: 'nothing_decides', reason: 'No statistic decides: all are off.' };
  }
  const beyond = deciding.find(({ figure, limit }) => figure.statistic >= limit);
  if (beyond !== undefined) return notSignificant(beyond, facts);
  const shown = deciding.find(({ name }) => isDistributional(name)) ?? first;
  return { reason_code: 'within_limits', reason: `${calmWords(shown.name, shown)}.` };
}

/** The statistic that a verdict beyond `ok` is about. */
export function leadingAlarm(
  figures: ReadonlyMap<FieldStatistic, StatisticFigure>,
): FieldStatistic | undefined {
  const [worst] = decidingFigures(figures);
  return worst === undefined || worst.level === 'ok' ? undefined : worst.name;
}

/** Deciding statistics, the worst first: by level, then by how far beyond the limit. */
function decidingFigures(figures: ReadonlyMap<FieldStatistic, StatisticFigure>): Deciding[] {
  const deciding = [...figures].flatMap(([name, figure]): Deciding[] => {
    const level = figure.verdict;
    if (level === undefined || figure.threshold === undefined) return [];
    const { warning, critical } = figure.threshold;
    const limit = level === 'critical' ? critical : (warning ?? critical);
    return limit === undefined ? [] : [{ name, figure, level, limit }];
  });
  const ratio = ({ figure, limit }: Deciding): number =>
    limit === 0 ? Number.MAX_VALUE : figure.statistic / limit;
  return deciding.sort((a, b) => LEVELS[b.level] - LEVELS[a.level] || ratio(b) - ratio(a));
}

function insufficient({ events, n, m, minSamples, minBaseline, notDefined }: ReasonFacts): Reason {
  if (events === 0) return { reason_code: 'no_events', reason: 'No events in this window.' };
  if (n === 0) {
    return {
      reason_code: 'baseline_empty',
      reason: `The baseline has no usable values of this field, the window ${formatCount(m)}.`,
    };
  }
  if (n < minBaseline) {
    return {
      reason_code: 'segment_too_small',
      reason: `The baseline has ${countOfValues(n)} in this segment, needs ${formatCount(minBaseline)}.`,
    };
  }
  if (m >= minSamples && notDefined !== undefined) {
    return { reason_code: 'not_defined', reason: `Nothing to decide by: ${notDefined}` };
  }
  return {
    reason_code: 'below_min_samples',
    reason: `${countOfValues(m)}, needs ${formatCount(minSamples)}.`,
  };
}

function countOfValues(count: number): string {
  return count === 1 ? '1 value' : `${formatCount(count)} values`;
}

function notSignificant({ name, figure, limit }: Deciding, facts: ReasonFacts): Reason {
  const { p_value, p_adjusted = p_value } = figure;
  const { significance } = facts;
  // What keeps it from alarming: the adjusted p of its unit, else its own.
  const chance =
    p_adjusted === undefined || p_value === undefined
      ? ''
      : p_adjusted > significance
        ? ` (adjusted ${formatPValue(p_adjusted)}, needs ${significance})`
        : ` (${formatPValue(p_value)}, needs ${significance})`;
  return {
    reason_code: 'not_significant',
    reason: `${headline(name, { figure, limit })}, n = ${formatCount(sampleSize(name, facts))}, is beyond its limit, but not more than noise${noiseReach(name, figure)}${chance}.`,
  };
}

function noiseReach(name: FieldStatistic, figure: StatisticFigure): string {
  // The noise of one statistic alone may lie below the figure while the adjusted p does not.
  if (figure.critical_value === undefined || figure.critical_value < figure.statistic) return '';
  return `, which reaches ${boundWords(name, { figure, bound: figure.critical_value })}`;
}

function alarmSentence(worst: Deciding, facts: ReasonFacts): string {
  const { name, figure } = worst;
  const size = `n = ${formatCount(sampleSize(name, facts))}`;
  const noise = noiseWords(name, figure);
  const rank =
    figure.rank !== undefined && figure.rank.of > 0 && figure.rank.above === figure.rank.of
      ? ` More than any of ${formatCount(figure.rank.of)} reference windows.`
      : '';
  const sentences = [whatMoved(worst, facts), carriers(figure.attribution ?? [])];
  const moved = sentences.map((sentence) => (sentence === '' ? '' : ` ${sentence}`)).join('');
  return `${headline(name, worst)}, ${size}${noise === '' ? '' : `; ${noise}`}.${moved}${rank}`;
}

/** A segment that carries less is not named. */
const LEAST_CARRIED = 0.2;

/** "Carried by country=DE (62%).", or whose share changed where that is the larger part. */
function carriers(parts: readonly AttributionPart[]): string {
  const whole = parts.reduce((sum, { within, mix }) => sum + within + mix, 0);
  const mixed = parts.reduce((sum, { mix }) => sum + mix, 0);
  if (parts.length === 0) return '';
  const ofPart = ({ within, mix }: AttributionPart): number => (within + mix) / whole;
  const named = parts.filter((part) => ofPart(part) >= LEAST_CARRIED).slice(0, 2);
  if (mixed > whole / 2) {
    const [first] = [...parts].sort((a, b) => b.mix - a.mix);
    const share = formatChange(first!.baseline, first!.window);
    return `Mostly because the mix of segments changed: ${first!.segment} ${share} of all.`;
  }
  if (named.length === 0) return 'Spread over the segments.';
  const names = named.map((part) => `${part.segment} (${Math.round(100 * ofPart(part))}%)`);
  return `Carried by ${names.join(' and ')}.`;
}

function whatMoved({ name, figure }: Deciding, facts: ReasonFacts): string {
  switch (name) {
    case 'ks':
    case 'cramer_von_mises':
    case 'anderson_darling':
    case 'wasserstein':
      return facts.detail === undefined ? '' : movedQuantile(facts.detail);
    case 'mann_whitney':
      return `${wonPairs(figure)} ${facts.detail === undefined ? '' : movedQuantile(facts.detail)}`.trim();
    case 'mean_shift':
      return `Mean ${formatValues(figure.baseline ?? 0, figure.window ?? 0).join(' → ')}.`;
    case 'psi':
    case 'jensen_shannon':
    case 'kl':
    case 'hellinger':
    case 'total_variation':
    case 'chi_squared':
    case 'g_test':
      return movedBins(facts.bins ?? [], facts.detail?.unseen ?? []);
    case 'kuiper':
      return facts.arc === undefined ? '' : movedArc(facts.arc, facts.period);
    case 'unseen_rate':
      return newCategories(facts.detail?.unseen ?? [], facts.events);
    default:
      return '';
  }
}

/** What an AUC means: "A live value exceeds a baseline value in 63 of 100 pairs." */
function wonPairs({ details }: StatisticFigure): string {
  const pairs = Number((100 * Number(details?.auc)).toPrecision(2));
  return `A live value exceeds a baseline value in ${pairs} of 100 pairs.`;
}

/** "Median 41 → 63.", or the quantile that moved most, or else the place of the gap. */
function movedQuantile({ quantiles, gap }: DistributionDetail): string {
  if (quantiles !== undefined && quantiles.window.length > 0) {
    const moves = quantiles.levels.map((level, i) => ({
      level,
      before: quantiles.baseline[i]!,
      after: quantiles.window[i]!,
    }));
    const size = (move: { before: number; after: number }): number =>
      Math.abs(move.after - move.before);
    const median = moves.find(({ level }) => level === 0.5);
    const moved =
      median !== undefined && size(median) > 0
        ? median
        : moves.reduce((best, move) => (size(move) > size(best) ? move : best));
    if (size(moved) > 0) {
      const [before, after] = formatValues(moved.before, moved.after);
      const label =
        moved.level === 0.5 ? 'Median' : `${Math.round(moved.level * 100)}th percentile`;
      return `${label} ${before} → ${after}.`;
    }
  }
  if (gap === undefined) return '';
  return `Up to ${formatValue(gap.x)}: ${formatChange(gap.baseline, gap.window)}.`;
}

/** The two bins whose share changed most: "AA 12% → 18%, DL 9% → 4%." */
function movedBins(
  bins: readonly BinShare[],
  unseen: NonNullable<DistributionDetail['unseen']>,
): string {
  const size = ({ baseline, window }: BinShare): number => Math.abs(window - baseline);
  const moved = bins.filter((bin) => size(bin) > 0).sort((a, b) => size(b) - size(a));
  const top = moved
    .slice(0, 2)
    .map(({ label, baseline, window }) => `${label} ${formatChange(baseline, window)}`);
  if (top.length === 0) return '';
  const newest = unseen[0] === undefined ? '' : ` New: ${quote(unseen[0].value)}.`;
  return `${top.join(', ')}.${newest}`;
}

function movedArc({ from, to, baseline, window }: Arc, period: number | undefined): string {
  const unit = period === 24 ? 'Hour' : period === 7 ? 'Day' : 'At';
  const place =
    from === to
      ? `${unit} ${formatValue(from)}`
      : period === 24 || period === 7
        ? `${unit}s ${formatValue(from)} to ${formatValue(to)}`
        : `From ${formatValue(from)} to ${formatValue(to)}`;
  return `${place}: ${formatChange(baseline, window)}.`;
}

function newCategories(unseen: NonNullable<DistributionDetail['unseen']>, events: number): string {
  if (unseen.length === 0) return '';
  const names = unseen
    .slice(0, 3)
    .map(({ value, count }) => `${quote(value)} ${formatShare(count / events)}`);
  return `New: ${names.join(', ')}${unseen.length > 3 ? ' …' : ''}.`;
}

/** A value from outside, shortened, so that it cannot break a message. */
function quote(value: string): string {
  const characters = [...value];
  return JSON.stringify(characters.length > 40 ? `${characters.slice(0, 39).join('')}…` : value);
}

function sampleSize(name: FieldStatistic, { m, events }: ReasonFacts): number {
  return !isDistributional(name) ? events : m;
}
