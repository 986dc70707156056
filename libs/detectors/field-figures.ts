import type { CategoricalCounts, FieldCounts, NumericCounts } from '#libs/profiles/counts.ts';
import { chiSquared, chiSquaredCriticalValue } from '#libs/statistics/chi-squared.ts';
import { detectablePsi } from '#libs/statistics/detectable.ts';
import type { KsDistance } from '#libs/statistics/ks.ts';
import { ksCriticalValue } from '#libs/statistics/ks-critical-value.ts';
import { ksPValue } from '#libs/statistics/ks-p-value.ts';
import { kuiperCriticalValue } from '#libs/statistics/kuiper-critical-value.ts';
import { kuiperPValue } from '#libs/statistics/kuiper-p-value.ts';
import { psi, psiCriticalValue } from '#libs/statistics/psi.ts';
import { type RateCounts, rateChiSquared, rateDifference } from '#libs/statistics/rates.ts';
import { referenceCriticalX, referencePValue } from '#libs/statistics/reference-evidence.ts';
import { fromReferenceScale, toReferenceScale } from '#libs/statistics/reference-scale.ts';
import type { Detectable, Significance } from '#libs/statistics/result.ts';
import { unseenRate } from '#libs/statistics/unseen-rate.ts';
import { type Compared, type LabelledBins, rateCounts } from './compared-counts.ts';
import { detectableDistance } from './detectable-distance.ts';
import type { StatisticFigure } from './evaluation.ts';
import type { FieldBaseline, NumericFieldBaseline } from './field-baseline.ts';
import type { StatisticEvidence } from './reference-judgement.ts';
import type { FieldStatistic, MonitorRules } from './rules.ts';

/** A figure before the p-values of the window are adjusted together. */
export interface RawFigure {
  readonly significance: Significance;
  readonly figure: StatisticFigure;
}

export interface FigureInput {
  readonly field: FieldBaseline;
  readonly window: FieldCounts;
  readonly events: number;
  /** Bins of psi and chi_squared; `null` where a side has no values. */
  readonly bins: LabelledBins | null;
  readonly evidence: ReadonlyMap<FieldStatistic, StatisticEvidence>;
  readonly rules: MonitorRules;
  /** The one pass over the cells that ks and kuiper share; `null` where a side has no values. */
  readonly distance: KsDistance | null;
  /** Critical values of ks by sizes; fields of one window mostly share them. */
  readonly ksCriticalValues: Map<string, number>;
}

/** What one statistic says by itself, on the scales that the rest needs. */
interface Measured {
  readonly figure: StatisticFigure;
  readonly significance: Significance;
  /** Value on the reference scale. */
  readonly x: number;
  readonly n: number;
  readonly m: number;
  /** Critical value under independence; undefined where there is none. */
  readonly critical?: number;
  readonly detectable?: (options: DetectableInput) => Detectable;
}

/** What {@link Measured.detectable} is computed from. */
interface DetectableInput {
  readonly n: number;
  readonly m: number;
  readonly alpha: number;
  readonly critical: number;
  readonly threshold: number;
  readonly referenceCritical: number;
}

/** One statistic of one window, with its evidence; undefined where it is not defined. */
export function fieldFigure(name: FieldStatistic, input: FigureInput): RawFigure | undefined {
  const measured = measure(name, input);
  if (measured === undefined) return undefined;
  const { figure, x, n, m, critical } = measured;
  const { significance: alpha } = input.rules;
  const { kind, evidence, ranks } = input.evidence.get(name) ?? NO_EVIDENCE;
  const significance =
    evidence === null
      ? measured.significance
      : referencePValue(evidence, { x, iid: measured.significance });
  const referenceCritical =
    evidence === null || critical === undefined
      ? 0
      : fromReferenceScale(name, { x: referenceCriticalX(evidence, alpha), n, m });
  const threshold = input.field.rules.thresholds[name];
  const detectable = measured.detectable?.({
    n,
    m,
    alpha,
    critical: critical ?? 0,
    threshold: threshold?.warning ?? threshold?.critical ?? 0,
    referenceCritical,
  });
  const { details, ...rest } = figure;
  const { p_value, log10_p } = significance;
  return {
    significance,
    figure: {
      ...rest,
      p_value,
      // A double cannot hold p-values below its smallest normal number with full precision.
      ...(p_value < 2.3e-308 && Number.isFinite(log10_p) ? { log10_p } : {}),
      ...(critical === undefined ? {} : { critical_value: Math.max(critical, referenceCritical) }),
      ...(detectable?.kind === 'value' ? { detectable: detectable.value } : {}),
      ...(threshold === undefined ? {} : { threshold }),
      evidence: kind,
      ...(evidence === null || evidence.denominator === 0
        ? {}
        : { design_effect: evidence.design_effect }),
      ...(ranks.length === 0 ? {} : { rank: { above: countBelow(ranks, x), of: ranks.length } }),
      ...(details === undefined && detectable?.kind !== 'nothing'
        ? {}
        : {
            details: {
              ...details,
              ...(detectable?.kind === 'nothing' ? { nothing_detectable: detectable.needs } : {}),
            },
          }),
    },
  };
}

const NO_EVIDENCE: StatisticEvidence = {
  kind: 'iid',
  evidence: null,
  ranks: new Float64Array(0),
};

function measure(name: FieldStatistic, input: FigureInput): Measured | undefined {
  switch (name) {
    case 'ks':
    case 'kuiper':
      return input.field.kind === 'numeric' ? measureDistance(name, input, input.field) : undefined;
    case 'psi':
      return input.bins === null ? undefined : measurePsi(input, input.bins);
    case 'chi_squared':
      return input.bins === null ? undefined : measureChiSquared(input.bins, input.rules);
    case 'unseen_rate':
      return measureUnseen(input);
    default:
      return measureRate(name, input);
  }
}

function measureDistance(
  name: 'ks' | 'kuiper',
  { window, rules, distance, ksCriticalValues }: FigureInput,
  field: NumericFieldBaseline,
): Measured | undefined {
  if (distance === null) return undefined;
  const { n, m, d_plus, d_minus, location } = distance;
  const sizes = { n, m, alpha: rules.significance };
  const { errorBound } = field;
  if (name === 'ks') {
    const { statistic } = distance;
    const cells = { baseline: field.counts.cells, window: (window as NumericCounts).cells };
    // The exact p-value may take milliseconds, and below min_samples nobody decides by it.
    const method = m < rules.minSamples ? 'asymptotic' : 'auto';
    const p = ksPValue(cells, { n, m, statistic, method });
    const { knots } = field.layout;
    return {
      figure: {
        statistic,
        at: knots[Math.min(location >> 1, knots.length - 1)]!,
        ...(errorBound === 0 ? {} : { error_bound: errorBound }),
        details: { d_plus, d_minus, p_method: p.method },
      },
      significance: { p_value: p.p_value, log10_p: p.log10_p },
      x: toReferenceScale('ks', { value: statistic, n, m }),
      n,
      m,
      critical: ksCritical(ksCriticalValues, sizes),
      detectable: distanceDetectable,
    };
  }
  const statistic = d_plus + d_minus;
  return {
    figure: { statistic, ...(errorBound === 0 ? {} : { error_bound: 2 * errorBound }) },
    significance: kuiperPValue(statistic, { n, m }),
    x: toReferenceScale('kuiper', { value: statistic, n, m }),
    n,
    m,
    critical: Math.min(1, kuiperCriticalValue(sizes)),
    detectable: distanceDetectable,
  };
}

function ksCritical(
  known: Map<string, number>,
  options: { readonly n: number; readonly m: number; readonly alpha: number },
): number {
  const key = `${options.n}/${options.m}`;
  const value = known.get(key) ?? ksCriticalValue(options).value;
  known.set(key, value);
  return value;
}

function distanceDetectable({ n, m, critical, threshold, referenceCritical }: DetectableInput) {
  return detectableDistance({ n, m, critical: Math.max(critical, threshold, referenceCritical) });
}

function measurePsi({ rules }: FigureInput, bins: LabelledBins): Measured {
  const zeroFill = rules.zeroFill.kind === 'epsilon' ? { zeroFill: rules.zeroFill } : {};
  const result = psi(bins, zeroFill);
  const { n, m, statistic, p_value, log10_p } = result;
  const sizes = { n, m };
  return {
    figure: {
      statistic,
      details: { bins: result.bins, filled_bins: result.filled_bins },
    },
    significance: { p_value, log10_p },
    x: toReferenceScale('psi', { value: statistic, ...sizes }),
    ...sizes,
    ...(result.bins < 2
      ? {}
      : {
          critical: psiCriticalValue({ ...sizes, alpha: rules.significance, bins: result.bins }),
          detectable: (options) => detectablePsi(bins.baseline, options),
        }),
  };
}

function measureChiSquared(bins: LabelledBins, rules: MonitorRules): Measured {
  const result = chiSquared(bins);
  const { n, m, statistic, p_value, log10_p } = result;
  return {
    figure: {
      statistic,
      details: {
        cramers_v: result.cramers_v,
        degrees_of_freedom: result.degrees_of_freedom,
        bins: result.bins,
      },
    },
    significance: { p_value, log10_p },
    x: statistic,
    n,
    m,
    ...(result.bins < 2
      ? {}
      : { critical: chiSquaredCriticalValue({ bins: result.bins, alpha: rules.significance }) }),
  };
}

function measureRate(name: FieldStatistic, { field, window, events }: FigureInput) {
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
  } satisfies Measured;
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

function countBelow(ascending: Float64Array, x: number): number {
  let low = 0;
  let high = ascending.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (ascending[middle]! < x) low = middle + 1;
    else high = middle;
  }
  return low;
}
