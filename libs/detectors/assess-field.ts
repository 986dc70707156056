import { PSI_SMALL_BASELINE } from '#libs/statistics/psi.ts';
import type { Significance } from '#libs/statistics/result.ts';
import { circularArc } from './circular-arc.ts';
import { binShares, rangeBoundsAreKnots } from './compared-counts.ts';
import { categoricalDetail, numericDetail } from './distribution-detail.ts';
import type { Assessment, StatisticFigure, Verdict } from './evaluation.ts';
import type { FieldDraft } from './field-draft.ts';
import { fieldReason } from './reason.ts';
import {
  applicableStatistics,
  type FieldStatistic,
  isDistributional,
  type MonitorRules,
} from './rules.ts';

interface AssessOptions {
  readonly rules: MonitorRules;
  /** Why events are taken as independent although that was not asked for. */
  readonly evidenceWarning: string | null;
}

/** The verdict on a field whose p-values are adjusted, with its reason and all figures. */
export function assessField(
  draft: FieldDraft,
  { rules, evidenceWarning }: AssessOptions,
): Assessment {
  const { field, m, events } = draft;
  const figures = new Map<FieldStatistic, StatisticFigure>();
  for (const [name, { figure }] of draft.raw) {
    const adjusted = draft.adjusted.get(name);
    figures.set(name, adjusted === undefined ? figure : decide(figure, { adjusted, rules }));
  }
  const verdict = fieldVerdict(draft, { figures, rules });
  const detail = detailOf(draft);
  const numeric = field.kind === 'numeric';
  const circular = numeric && field.layout.spec.type === 'circular' && m > 0 && field.n > 0;
  const { period } = field.layout.spec;
  return {
    field: field.layout.spec.name,
    segment: null,
    verdict,
    ...fieldReason({
      ...{ verdict, figures, n: field.n, m, events },
      ...{ minSamples: rules.minSamples, significance: rules.significance },
      ...(detail === undefined ? {} : { detail }),
      ...(draft.bins === null ? {} : { bins: binShares(draft.bins, numeric) }),
      ...(circular ? { arc: arcOf(draft) } : {}),
      ...(period === undefined ? {} : { period }),
    }),
    n: field.n,
    m,
    statistics: Object.fromEntries(figures),
    warnings: warningsOf(draft, { figures, rules, evidenceWarning }),
    ...(detail === undefined ? {} : { detail }),
  };
}

/** Effect and evidence. */
function decide(
  figure: StatisticFigure,
  { adjusted, rules }: { readonly adjusted: Significance; readonly rules: MonitorRules },
): StatisticFigure {
  const { warning = Infinity, critical = Infinity } = figure.threshold ?? {};
  const level =
    figure.statistic >= critical ? 'critical' : figure.statistic >= warning ? 'warning' : 'ok';
  const verdict = adjusted.p_value <= rules.significance ? level : 'ok';
  return { ...figure, p_adjusted: adjusted.p_value, verdict };
}

/** The worst of the deciding statistics; too few values hide what a distribution would say. */
function fieldVerdict(
  { field, m, events }: FieldDraft,
  {
    figures,
    rules,
  }: { readonly figures: Map<FieldStatistic, StatisticFigure>; readonly rules: MonitorRules },
): Verdict {
  const verdicts = [...figures.values()].map((figure) => figure.verdict);
  if (verdicts.includes('critical')) return 'critical';
  if (verdicts.includes('warning')) return 'warning';
  const wants = Object.keys(field.rules.thresholds);
  if (events === 0 && wants.length > 0) return 'insufficient_data';
  const undecided = applicableStatistics(field.layout).some(
    (name) => isDistributional(name) && field.rules.thresholds[name] !== undefined,
  );
  return undecided && (m < rules.minSamples || field.n === 0) ? 'insufficient_data' : 'ok';
}

function detailOf({ field, window, events, bins, distance }: FieldDraft) {
  if (field.kind === 'numeric' && window.kind === 'numeric') {
    if (distance === null || bins === null) return undefined;
    const { grid, counts: baseline, quantiles: baselineQuantiles } = field;
    return numericDetail({
      ...{ grid, baseline, window, baselineQuantiles, distance },
      bins: field.bins,
      // A bin of missing values, where there is one, comes after these.
      counts: bins,
    });
  }
  if (field.kind === 'categorical' && window.kind === 'categorical' && events > 0) {
    return categoricalDetail(field.layout, { baseline: field.counts, window });
  }
  return undefined;
}

function arcOf({ field, window }: FieldDraft) {
  if (field.kind !== 'numeric' || window.kind !== 'numeric') {
    throw new RangeError(`Cannot find an arc: ${field.layout.spec.name} is not circular`);
  }
  return circularArc(field.layout.knots, { baseline: field.counts.cells, window: window.cells });
}

function warningsOf(
  { field, m, events }: FieldDraft,
  {
    figures,
    rules,
    evidenceWarning,
  }: AssessOptions & { readonly figures: Map<FieldStatistic, StatisticFigure> },
): string[] {
  const warnings: string[] = [];
  const absent = applicableStatistics(field.layout).filter(
    (name) => isDistributional(name) && !figures.has(name),
  );
  if (events > 0 && absent.length > 0) {
    const side = field.n === 0 ? 'the baseline' : 'this window';
    warnings.push(`${absent.join(', ')} not defined: no usable values in ${side}.`);
  }
  const independent = [...figures]
    .filter(([, { evidence, verdict }]) => evidence === 'iid' && verdict !== undefined)
    .map(([name]) => name);
  if (evidenceWarning !== null && figures.size > 0) warnings.push(evidenceWarning);
  else if (rules.evidence !== 'iid' && independent.length > 0) {
    warnings.push(
      `The p-value of ${independent.join(', ')} takes events as independent: too few reference windows can be compared.`,
    );
  }
  if (figures.get('psi') !== undefined && field.n < PSI_SMALL_BASELINE) {
    warnings.push(
      `The baseline has ${field.n} values: below ${PSI_SMALL_BASELINE} psi is mostly noise.`,
    );
  }
  if (field.kind === 'numeric') {
    if (!rangeBoundsAreKnots(field.layout)) {
      warnings.push('out_of_range_rate is a lower bound: a declared bound is not in the grid.');
    }
    const bound = figures.get('ks')?.error_bound ?? 0;
    if (bound > 0 && m > 0) {
      warnings.push(`The grid is reduced: ks may differ by up to ${Number(bound.toPrecision(2))}.`);
    }
  }
  return warnings;
}
