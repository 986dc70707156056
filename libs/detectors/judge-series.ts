import type { Assessment, SequentialFigure, StatisticFigure, Verdict } from './evaluation.ts';
import { formatBeside } from './format-figure.ts';
import type { Reason } from './reason.ts';
import { isDistributional } from './rules.ts';
import { createDetector } from './sequential/detectors.ts';
import type { SequentialOutcome } from './sequential/sequential-detector.ts';
import type { SeriesDetector, SeriesRule } from './series-rules.ts';
import { statisticLabel } from './statistic-words.ts';

/** Figures of one window by segment, field and statistic; those of too few values are absent. */
export type WindowFigures = ReadonlyMap<string, number>;

/** What decides whether a figure belongs to a series. */
export interface SeriesOptions {
  readonly rules: readonly SeriesRule[];
  /** Usable values that a distribution needs in a window … */
  readonly minSamples: number;
  /** … and in the baseline of a segment. */
  readonly minSegmentRows: number;
}

const DETECTORS: Readonly<Record<SeriesDetector, string>> = {
  page_hinkley: 'Page–Hinkley',
  cusum: 'CUSUM',
  ewma: 'EWMA',
  adwin: 'ADWIN',
};

const LEVELS: Readonly<Record<Verdict, number>> = {
  ok: 0,
  no_baseline: 0,
  insufficient_data: 0,
  warning: 1,
  critical: 2,
};

/** The figures of a window that its rules look at, where enough values stand behind them. */
export function figuresOfWindow(
  assessments: readonly Judged[],
  options: SeriesOptions,
): WindowFigures {
  return new Map(
    assessments.flatMap((assessment) =>
      options.rules.flatMap((rule): [string, number][] => {
        const figure = figureOf(assessment, { ...options, rule });
        return figure === undefined ? [] : [[keyOf(assessment, rule), figure]];
      }),
    ),
  );
}

/**
 * Adds to the assessments of a window what detectors say of the series of figures that ends with
 * it, one series for each segment and field. A figure measures the distance from the baseline, so
 * only drift upwards raises the verdict.
 *
 * A pure function: detectors begin with the first of `past`, so no state has to be kept, and a
 * window that is published again changes the outcome of those after it as if it had been so from the
 * beginning.
 *
 * @param past windows of the series, the oldest first, this one excluded
 */
export function judgeSeries(
  assessments: readonly Assessment[],
  { past, ...options }: SeriesOptions & { readonly past: readonly WindowFigures[] },
): readonly Assessment[] {
  return assessments.map((alone) =>
    options.rules.reduce((assessment, rule) => {
      const last = figureOf(alone, { ...options, rule });
      if (last === undefined) return assessment;
      const key = keyOf(alone, rule);
      const series = past.flatMap((window) => window.get(key) ?? []);
      return withOutcome(assessment, { rule, figure: watch(rule, [...series, last]) });
    }, alone),
  );
}

/** The part of an assessment that a series is made of. */
export type Judged = Pick<Assessment, 'segment' | 'field' | 'n' | 'm' | 'statistics'>;

function figureOf(
  { segment, field, n, m, statistics }: Judged,
  { rule, minSamples, minSegmentRows }: SeriesOptions & { readonly rule: SeriesRule },
): number | undefined {
  if (rule.field !== field) return undefined;
  const enough = m >= minSamples && n >= (segment === null ? 0 : minSegmentRows);
  return enough || !isDistributional(rule.statistic)
    ? statistics[rule.statistic]?.statistic
    : undefined;
}

function keyOf({ segment, field }: Judged, { statistic }: SeriesRule): string {
  return JSON.stringify([segment, field, statistic]);
}

/** What the detector says of the last of the values. */
function watch(
  { detector: name, options }: SeriesRule,
  values: readonly number[],
): SequentialFigure {
  const detector = createDetector(name, options);
  let outcome: SequentialOutcome = { kind: 'waiting', remaining: 1 };
  let windows = 0;
  for (const value of values) {
    windows = outcome.kind === 'drift' ? 1 : windows + 1;
    outcome = detector.update(value);
  }
  if (outcome.kind === 'waiting') return { detector: name, kind: 'waiting', windows };
  const { kind, direction, statistic, limit } = outcome;
  return { detector: name, kind, windows, ...(direction && { direction }), statistic, limit };
}

function withOutcome(
  assessment: Assessment,
  { rule, figure }: { readonly rule: SeriesRule; readonly figure: SequentialFigure },
): Assessment {
  const { statistics, verdict, reason } = assessment;
  const shown: StatisticFigure = { ...statistics[rule.statistic]!, sequential: figure };
  const next = { ...assessment, statistics: { ...statistics, [rule.statistic]: shown } };
  if (figure.kind !== 'drift' || figure.direction !== 'up') return next;
  const sentence = words(rule, figure);
  if (LEVELS[rule.verdict] <= LEVELS[verdict]) return { ...next, reason: `${reason} ${sentence}` };
  const reason_code: Reason['reason_code'] = `${rule.detector}_${rule.verdict}`;
  return { ...next, verdict: rule.verdict, reason_code, reason: `${sentence} ${reason}` };
}

/** "KS has risen within 42 windows: Page–Hinkley 0.31 (limit 0.25)." */
function words(
  { detector, statistic: name }: SeriesRule,
  { windows, statistic = 0, limit = 0 }: SequentialFigure,
): string {
  const [value, bound] = formatBeside(statistic, limit);
  const span = windows === 1 ? 'in this window' : `within ${windows} windows`;
  return `${statisticLabel(name)} has risen ${span}: ${DETECTORS[detector]} ${value} (limit ${bound}).`;
}
