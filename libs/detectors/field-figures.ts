import { referenceCriticalX, referencePValue } from '#libs/statistics/reference-evidence.ts';
import { fromReferenceScale, hasReferenceScale } from '#libs/statistics/reference-scale.ts';
import type { Significance } from '#libs/statistics/result.ts';
import type { StatisticFigure } from './evaluation.ts';
import { measureBinned } from './measure-binned.ts';
import { measureOrdered } from './measure-ordered.ts';
import { measureRate } from './measure-rates.ts';
import type { FigureInput, Measured, NotDefined } from './measured.ts';
import type { StatisticEvidence } from './reference-judgement.ts';
import type { FieldStatistic } from './rules.ts';

/** A figure before the p-values of the window are adjusted together. */
export interface RawFigure {
  readonly kind: 'figure';
  readonly significance: Significance;
  readonly figure: StatisticFigure;
}

/** One statistic of one window, with its evidence; undefined where a side has no values. */
export function fieldFigure(
  name: FieldStatistic,
  input: FigureInput,
): RawFigure | NotDefined | undefined {
  const measured = measure(name, input);
  if (measured === undefined || measured.kind === 'not_defined') return measured;
  const { figure, critical, n, m } = measured;
  const { significance: alpha } = input.rules;
  const { kind, evidence, ranks, x } = evidenceOf(name, { measured, input });
  const significance =
    evidence === null
      ? measured.significance
      : referencePValue(evidence, { x, iid: measured.significance });
  const referenceCritical =
    evidence === null || critical === undefined || !hasReferenceScale(name)
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
    kind: 'figure',
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

/** What reference windows say; nothing of statistics that have no scale to be compared on. */
function evidenceOf(
  name: FieldStatistic,
  { measured, input }: { readonly measured: Measured; readonly input: FigureInput },
): StatisticEvidence & { readonly x: number } {
  const evidence = input.evidence.get(name);
  if (evidence === undefined || measured.x === undefined) {
    return { kind: 'iid', evidence: null, ranks: new Float64Array(0), x: 0 };
  }
  return { ...evidence, x: measured.x };
}

function measure(name: FieldStatistic, input: FigureInput): Measured | NotDefined | undefined {
  switch (name) {
    case 'ks':
    case 'kuiper':
    case 'cramer_von_mises':
    case 'anderson_darling':
    case 'mann_whitney':
    case 'wasserstein':
    case 'mean_shift':
      return measureOrdered(name, input);
    case 'psi':
    case 'chi_squared':
    case 'g_test':
    case 'kl':
    case 'jensen_shannon':
    case 'hellinger':
    case 'total_variation':
      return measureBinned(name, input);
    case 'missing_rate':
    case 'invalid_rate':
    case 'out_of_range_rate':
    case 'unseen_rate':
      return measureRate(name, input);
  }
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
