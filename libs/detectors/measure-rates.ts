import type { CategoricalCounts } from '#libs/profiles/counts.ts';
import { type RateCounts, rateChiSquared, rateDifference } from '#libs/statistics/rates.ts';
import { unseenRate } from '#libs/statistics/unseen-rate.ts';
import { type Compared, rateCounts } from './compared-counts.ts';
import type { FigureInput, Measured } from './measured.ts';

/** The statistics that compare a share of all events. */
export type RateStatistic = 'missing_rate' | 'invalid_rate' | 'out_of_range_rate' | 'unseen_rate';

/** One rate of a field; undefined where it is not defined, or a side has no events. */
export function measureRate(name: RateStatistic, input: FigureInput): Measured | undefined {
  const { field, window, events } = input;
  if (name === 'unseen_rate') return measureUnseen(input);
  const compared: Compared = {
    baseline: field.counts,
    baselineEvents: field.events,
    window,
    windowEvents: events,
  };
  if (events === 0 || field.events === 0) return undefined;
  const counts = rateCounts(name, { field, compared });
  if (counts === undefined) return undefined;
  const { statistic, baseline_rate, window_rate, method, p_value, log10_p } =
    rateDifference(counts);
  return {
    kind: 'measured',
    figure: {
      statistic,
      baseline: baseline_rate,
      window: window_rate,
      details: { p_method: method },
    },
    significance: { p_value, log10_p },
    x: rateChiSquared(counts),
    n: counts.n,
    m: counts.m,
  };
}

function measureUnseen({ field, window, events }: FigureInput): Measured | undefined {
  if (field.kind !== 'categorical' || field.n === 0 || events === 0) return undefined;
  const { once, twice } = field.seen;
  const { unseen } = window as CategoricalCounts;
  const result = unseenRate({ n: field.events, once, twice, unseen, m: events });
  const counts: RateCounts = {
    baselineCount: once,
    n: field.events,
    windowCount: unseen,
    m: events,
  };
  return {
    kind: 'measured',
    figure: {
      statistic: result.statistic,
      baseline: result.expected_rate,
      window: result.window_rate,
      details: { seen_once: once, seen_twice: twice },
    },
    significance: { p_value: result.p_value, log10_p: result.log10_p },
    x: rateChiSquared(counts),
    n: field.events,
    m: events,
  };
}
