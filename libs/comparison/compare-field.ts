import type {
  Assessment,
  DistributionDetail,
  StatisticFigure,
  Verdict,
} from '#libs/detectors/evaluation.ts';
import type { FieldRules, MonitorRules } from '#libs/detectors/rules.ts';
import { parsePath } from '#libs/profiles/json-path.ts';
import type { FieldLayout } from '#libs/profiles/layout.ts';
import { comparedBins } from './compared-bins.ts';
import type {
  ComparedDetail,
  ComparedFigure,
  FieldComparison,
  VolumeComparison,
} from './comparison.ts';
import type { Profile } from './profile.ts';

/** One field's part of a comparison. `index` is its place in the layout. */
export function compareField(
  assessment: Assessment,
  context: {
    readonly profile: Profile;
    readonly rules: MonitorRules;
    readonly index: number;
  },
): FieldComparison {
  const { profile, rules, index } = context;
  const { layout, total } = profile.baseline.cells;
  const field = layout.fields[index]!;
  const baseline = total.fields[index]!;
  const current = profile.counts.fields[index]!;
  const { n, m, statistics, warnings, detail } = assessment;
  return {
    type: field.spec.type,
    n,
    m,
    missing: {
      baseline: rate(baseline.missing, total.events),
      current: rate(current.missing, profile.rows),
    },
    ...outcomeOf(assessment, { field, profile, rules: rules.fields[index]! }),
    ...(assessment.reason_code === 'below_min_samples' ? { needs: rules.minSamples } : {}),
    bins: comparedBins(field, {
      baseline: { counts: baseline, events: total.events },
      current,
      rules: rules.fields[index]!,
      missingAsBin: rules.missingAsBin,
    }),
    statistics: figuresOf(statistics),
    warnings: [
      ...profile.baseline.warnings
        .filter((warning) => warning.field === field.spec.name)
        .map(({ message }) => `Baseline: ${message}.`),
      ...warnings.map(aboutCurrent),
    ],
    ...(detail === undefined ? {} : { detail: detailOf(detail) }),
  };
}

/** The volume's part of a comparison. */
export function compareVolume(assessment: Assessment): VolumeComparison {
  const { verdict, reason_code, reason, statistics } = assessment;
  return {
    ...{ verdict, reason_code, statistics: figuresOf(statistics) },
    reason: aboutCurrent(reason),
  };
}

interface Outcome {
  readonly verdict: Verdict;
  readonly reason_code: string;
  readonly reason: string;
}

/**
 * A column that is gone is no matter of chance: it is critical however few the rows are, unless
 * missing values do not decide.
 */
function outcomeOf(
  assessment: Assessment,
  {
    field,
    profile,
    rules,
  }: { readonly field: FieldLayout; readonly profile: Profile; readonly rules: FieldRules },
): Outcome {
  const { verdict, reason_code, reason } = assessment;
  const column = String(parsePath(field.spec.path)[0]);
  if (profile.rows === 0 || profile.columns.has(column)) {
    return { verdict, reason_code, reason: aboutCurrent(reason) };
  }
  const from =
    column === field.spec.name ? '' : ` ${JSON.stringify(column)}, which it is read from`;
  return {
    verdict: rules.thresholds.missing_rate === undefined ? 'insufficient_data' : 'critical',
    reason_code: 'column_missing',
    reason: `The current data has no such column${from}.`,
  };
}

/** The engine speaks of windows of a stream; here there are two sets of rows. */
function aboutCurrent(text: string): string {
  return text
    .replace('No events in this window.', 'The current data has no rows.')
    .replace('in this window.', 'in the current data.')
    .replace('of this field, the window ', 'of this field, the current data ')
    .replace(/^([\d,]+) events/, '$1 rows')
    .replace('takes events as independent', 'takes rows as independent')
    .replace('take events as independent', 'take rows as independent');
}

function figuresOf(
  statistics: Readonly<Record<string, StatisticFigure>>,
): Record<string, ComparedFigure> {
  return Object.fromEntries(
    Object.entries(statistics).map(([name, { window, ...figure }]) => [
      name,
      { ...figure, ...(window === undefined ? {} : { current: window }) },
    ]),
  );
}

function detailOf({
  bins,
  cumulative,
  gap,
  quantiles,
  unseen,
}: DistributionDetail): ComparedDetail {
  return {
    shares: bins.map(({ label, baseline, window }) => ({ label, baseline, current: window })),
    ...(cumulative === undefined ? {} : { cumulative: renamed(cumulative) }),
    ...(gap === undefined ? {} : { gap: renamed(gap) }),
    ...(quantiles === undefined ? {} : { quantiles: renamed(quantiles) }),
    ...(unseen === undefined ? {} : { unseen }),
  };
}

function renamed<T extends { readonly window: unknown }>({
  window,
  ...rest
}: T): Omit<T, 'window'> & { readonly current: T['window'] } {
  return { ...rest, current: window };
}

function rate(count: number, of: number): number {
  return of === 0 ? 0 : count / of;
}
