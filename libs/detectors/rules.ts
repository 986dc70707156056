import { closest, distance } from 'fastest-levenshtein';
import { PlumblineError } from '#libs/errors/plumbline-error.ts';
import type { FieldSpec } from '#libs/profiles/field.ts';
import type { FieldLayout, ProfileLayout } from '#libs/profiles/layout.ts';
import type { StatisticName } from '#libs/statistics/result.ts';
import type { EvidenceKind } from './evaluation.ts';

/** A statistic that judges one field; `volume` judges the stream. */
export type FieldStatistic = Exclude<StatisticName, 'volume'>;

/** From which size on a statistic warns and is critical; at least one of the two is given. */
export interface Threshold {
  readonly warning?: number;
  readonly critical?: number;
}

/** Ratios of events to reference events: at most `low` or at least `high` is beyond the limit. */
export interface VolumeLimits {
  readonly low?: number;
  readonly high?: number;
}

export interface VolumeRule {
  readonly warning?: VolumeLimits;
  readonly critical?: VolumeLimits;
}

/** What stands in for a bin that is empty on one side: half an observation, or a fixed share. */
export type ZeroFillRule =
  | { readonly kind: 'half_observation' }
  | { readonly kind: 'epsilon'; readonly epsilon: number };

/** Number of quantile bins, or the edges between bins in the field's unit. */
export type BinRule =
  | { readonly kind: 'count'; readonly count: number }
  | { readonly kind: 'edges'; readonly edges: readonly number[] };

export type ThresholdInput = { readonly kind: 'off' } | ({ readonly kind: 'limit' } & Threshold);

export type VolumeInput =
  | { readonly kind: 'default' }
  | { readonly kind: 'off' }
  | ({ readonly kind: 'band' } & VolumeRule);

/** What a user says; everything left out has its default. A resolved monitor's document fits. */
export interface RulesInput {
  /** `*` is every field to which the statistic applies; what a field says itself wins over it. */
  readonly thresholds?: readonly {
    readonly field: string;
    readonly statistics: Readonly<Partial<Record<string, ThresholdInput>>>;
  }[];
  readonly volume?: VolumeInput;
  /** Usable values that a window needs before a distribution is judged. */
  readonly minSamples?: number;
  /** Largest adjusted p-value that counts as more than noise. */
  readonly significance?: number;
  readonly evidence?: 'auto' | EvidenceKind;
  /** Bins of numeric and circular fields; edges must be knots of the field. */
  readonly bins?: {
    readonly default: BinRule;
    readonly fields: readonly { readonly field: string; readonly bins: BinRule }[];
  };
  readonly zeroFill?: ZeroFillRule;
  /** Makes missing values a bin of what works on bins, besides being a rate. */
  readonly missingAsBin?: boolean;
}

/** Rules of one field. */
export interface FieldRules {
  readonly field: string;
  /** The statistics that decide, with their thresholds. */
  readonly thresholds: Readonly<Partial<Record<FieldStatistic, Threshold>>>;
  readonly bins: BinRule;
}

/** Rules of one monitor with every default filled in. */
export interface MonitorRules {
  /** In the layout's order. */
  readonly fields: readonly FieldRules[];
  /** `null` where volume does not decide. */
  readonly volume: VolumeRule | null;
  readonly minSamples: number;
  readonly significance: number;
  readonly evidence: 'auto' | EvidenceKind;
  readonly zeroFill: ZeroFillRule;
  readonly missingAsBin: boolean;
}

const RATE: Threshold = { warning: 0.01, critical: 0.05 };
const RATES = { missing_rate: RATE, invalid_rate: RATE } as const;
const GAP: Threshold = { warning: 0.1, critical: 0.2 };
const PSI: Threshold = { warning: 0.1, critical: 0.25 };

/** Thresholds that hold where the user says nothing. */
const DEFAULT_THRESHOLDS: Readonly<
  Record<FieldSpec['type'], Readonly<Partial<Record<FieldStatistic, Threshold>>>>
> = {
  numeric: { ks: GAP, ...RATES, out_of_range_rate: RATE },
  circular: { kuiper: GAP, ...RATES },
  categorical: { psi: PSI, ...RATES, unseen_rate: RATE },
  boolean: { psi: PSI, ...RATES },
  timestamp: RATES,
  id: RATES,
};

/** What needs an order of the values; `ks` and the usual ones come first where they are shown. */
const ORDERED = [
  ...(['cramer_von_mises', 'anderson_darling', 'mann_whitney', 'wasserstein'] as const),
  'mean_shift',
] as const;
const BINNED = ['jensen_shannon', 'kl', 'hellinger', 'total_variation', 'g_test'] as const;
const CATEGORICAL: readonly FieldStatistic[] = [
  ...(['psi', 'chi_squared', ...BINNED] as const),
  ...(['missing_rate', 'invalid_rate', 'unseen_rate'] as const),
];

/** Statistics that are computed for a field, in the order in which they are shown. */
const APPLICABLE: Readonly<Record<FieldSpec['type'], readonly FieldStatistic[]>> = {
  numeric: [
    ...(['ks', 'psi', 'kuiper', 'chi_squared', ...ORDERED, ...BINNED] as const),
    ...(['missing_rate', 'invalid_rate', 'out_of_range_rate'] as const),
  ],
  // A circle has no beginning, on which linear statistics would depend.
  circular: ['kuiper', 'psi', 'chi_squared', ...BINNED, 'missing_rate', 'invalid_rate'],
  categorical: CATEGORICAL,
  boolean: CATEGORICAL,
  timestamp: ['missing_rate', 'invalid_rate'],
  id: ['missing_rate', 'invalid_rate'],
};

const DEFAULT_VOLUME: VolumeRule = { critical: { low: 0.5, high: 2 } };

/** The statistics that apply to a field, shown whether they decide or not. */
export function applicableStatistics(layout: FieldLayout): readonly FieldStatistic[] {
  const names = APPLICABLE[layout.spec.type];
  return layout.kind === 'rates' ? names.filter((name) => name in RATES) : names;
}

/** Whether a statistic compares distributions, and so needs `minSamples` values; rates do not. */
export function isDistributional(name: FieldStatistic): boolean {
  return !name.endsWith('_rate');
}

/**
 * Fills in the defaults and checks every rule against the fields.
 *
 * A user's threshold replaces the default of the same statistic as a whole and leaves the other
 * defaults in force; `off` takes a statistic out of the decision (it is still shown).
 *
 * @throws PLB_CONFIG_INVALID with the path of the rule, what is wrong and what would be right.
 */
export function resolveRules(layout: ProfileLayout, input: RulesInput = {}): MonitorRules {
  const known = layout.fields.map(({ spec }) => spec.name);
  const thresholds = input.thresholds ?? [];
  for (const { field } of thresholds) {
    if (field !== '*') requireField(field, { known, path: `thresholds.${field}` });
  }
  for (const { field } of input.bins?.fields ?? []) {
    requireField(field, { known, path: `bins.${field}` });
  }
  const minSamples = input.minSamples ?? 100;
  if (!Number.isInteger(minSamples) || minSamples < 1) {
    throw invalidRule('min_samples', `must be a whole number of at least 1, got ${minSamples}`);
  }
  const significance = input.significance ?? 0.01;
  if (!(significance > 0 && significance < 1)) {
    throw invalidRule('significance', `must lie between 0 and 1, got ${significance}`);
  }
  const zeroFill = input.zeroFill ?? { kind: 'half_observation' };
  if (zeroFill.kind === 'epsilon' && !(zeroFill.epsilon > 0 && zeroFill.epsilon < 1)) {
    throw invalidRule('zero_fill.epsilon', `must lie between 0 and 1, got ${zeroFill.epsilon}`);
  }
  return {
    fields: layout.fields.map((field) => ({
      field: field.spec.name,
      thresholds: resolveThresholds(field, thresholds),
      bins: resolveBins(field, input.bins),
    })),
    volume: resolveVolume(input.volume ?? { kind: 'default' }),
    minSamples,
    significance,
    evidence: input.evidence ?? 'auto',
    zeroFill,
    missingAsBin: input.missingAsBin ?? false,
  };
}

function resolveThresholds(
  layout: FieldLayout,
  given: NonNullable<RulesInput['thresholds']>,
): Partial<Record<FieldStatistic, Threshold>> {
  const applicable = applicableStatistics(layout);
  const { name: field, type } = layout.spec;
  const chosen = new Map<FieldStatistic, Threshold>();
  for (const statistic of applicable) {
    const threshold = DEFAULT_THRESHOLDS[type][statistic];
    if (threshold !== undefined) chosen.set(statistic, threshold);
  }
  const general = given.filter((entry) => entry.field === '*');
  const own = given.filter((entry) => entry.field === field);
  for (const { field: key, statistics } of [...general, ...own]) {
    for (const [name, threshold] of Object.entries(statistics)) {
      if (threshold === undefined) continue;
      const path = `thresholds.${key}.${name}`;
      const statistic = requireStatistic(name, path);
      if (!applicable.includes(statistic)) {
        if (key === '*') continue;
        throw invalidRule(
          path,
          `must be a statistic that applies to a ${type} field, got '${name}'`,
          `Use one of: ${applicable.join(', ')}.`,
        );
      }
      if (threshold.kind === 'off') chosen.delete(statistic);
      else chosen.set(statistic, checkThreshold(threshold, path));
    }
  }
  return Object.fromEntries(
    applicable.flatMap((name) => {
      const threshold = chosen.get(name);
      return threshold === undefined ? [] : [[name, threshold]];
    }),
  );
}

/** @throws PLB_CONFIG_INVALID with the nearest right name */
export function requireStatistic(name: string, path: string): FieldStatistic {
  if (name === 'volume') {
    throw invalidRule(
      path,
      "must be a statistic of a field, got 'volume'",
      "Volume belongs to the whole stream: set the monitor's volume limits.",
    );
  }
  const known = [...new Set(Object.values(APPLICABLE).flat())];
  const found = known.find((candidate) => candidate === name);
  if (found !== undefined) return found;
  throw invalidRule(path, `must be a known statistic, got '${name}'`, nearest(name, known));
}

/** @throws PLB_CONFIG_INVALID with the nearest right name */
export function requireField(
  name: string,
  { known, path }: { known: string[]; path: string },
): void {
  if (known.includes(name)) return;
  throw invalidRule(path, `must name a monitored field, got '${name}'`, nearest(name, known));
}

function nearest(name: string, known: readonly string[]): string {
  if (known.length === 0) return 'There are no fields.';
  const guess = closest(name, [...known]);
  return distance(name, guess) <= Math.max(2, name.length / 3)
    ? `Did you mean '${guess}'?`
    : `Use one of: ${known.join(', ')}.`;
}

function checkThreshold(threshold: Threshold, path: string): Threshold {
  const { warning, critical } = threshold;
  if (warning === undefined && critical === undefined) {
    throw invalidRule(path, "must give warning, critical or both, or be 'off'");
  }
  for (const [level, value] of Object.entries({ warning, critical })) {
    if (value !== undefined && !(Number.isFinite(value) && value >= 0)) {
      throw invalidRule(`${path}.${level}`, `must be a number of at least 0, got ${value}`);
    }
  }
  if (warning !== undefined && critical !== undefined && warning > critical) {
    throw invalidRule(path, `must have warning ≤ critical, got ${warning} and ${critical}`);
  }
  return {
    ...(warning === undefined ? {} : { warning }),
    ...(critical === undefined ? {} : { critical }),
  };
}

function resolveBins(layout: FieldLayout, bins: RulesInput['bins']): BinRule {
  const { name, type } = layout.spec;
  const own = bins?.fields.find((entry) => entry.field === name)?.bins;
  const rule: BinRule = own ?? bins?.default ?? { kind: 'count', count: 10 };
  const path = own === undefined ? 'bins' : `bins.${name}`;
  if (rule.kind === 'count') {
    if (!Number.isInteger(rule.count) || rule.count < 2 || rule.count > 1000) {
      throw invalidRule(path, `must be a whole number from 2 to 1,000, got ${rule.count}`);
    }
    return rule;
  }
  if (layout.kind !== 'numeric') {
    if (own === undefined) return { kind: 'count', count: 10 };
    throw invalidRule(path, `must belong to a numeric or circular field, got a ${type} field`);
  }
  if (rule.edges.length === 0) throw invalidRule(path, 'must hold at least one edge, got none');
  const knots = new Set(layout.knots);
  for (const [i, edge] of rule.edges.entries()) {
    if (i > 0 && !(edge > rule.edges[i - 1]!)) {
      throw invalidRule(`${path}[${i}]`, `must be above ${rule.edges[i - 1]}, got ${edge}`);
    }
    if (!knots.has(edge)) {
      throw invalidRule(`${path}[${i}]`, `must be a knot of the grid of ${name}, got ${edge}`);
    }
  }
  return rule;
}

function resolveVolume(volume: VolumeInput): VolumeRule | null {
  if (volume.kind === 'off') return null;
  if (volume.kind === 'default') return DEFAULT_VOLUME;
  let limits = 0;
  for (const level of ['warning', 'critical'] as const) {
    const { low, high } = volume[level] ?? {};
    if (low !== undefined && !(low >= 0 && low < 1)) {
      throw invalidRule(`volume.${level}.low`, `must be at least 0 and below 1, got ${low}`);
    }
    if (high !== undefined && !(high > 1 && Number.isFinite(high))) {
      throw invalidRule(`volume.${level}.high`, `must be above 1, got ${high}`);
    }
    limits += Number(low !== undefined) + Number(high !== undefined);
  }
  if (limits === 0) throw invalidRule('volume', "must give at least one limit, or be 'off'");
  return {
    ...(volume.warning === undefined ? {} : { warning: volume.warning }),
    ...(volume.critical === undefined ? {} : { critical: volume.critical }),
  };
}

/** What is wrong with a rule, by its path. */
export function invalidRule(path: string, problem: string, fix?: string): PlumblineError {
  return new PlumblineError(
    'PLB_CONFIG_INVALID',
    `Cannot use the monitor's rules: ${path} ${problem}`,
    { path, ...(fix === undefined ? {} : { fix }) },
  );
}
