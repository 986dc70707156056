import { PSI_SMALL_BASELINE } from '#libs/statistics/psi.ts';
import { hasReferenceScale } from '#libs/statistics/reference-scale.ts';
import type { Significance } from '#libs/statistics/result.ts';
import { circularArc } from './circular-arc.ts';
import { binShares, rangeBoundsAreKnots } from './compared-counts.ts';
import { categoricalDetail, numericDetail } from './distribution-detail.ts';
import type { Assessment, AttributionPart, StatisticFigure, Verdict } from './evaluation.ts';
import type { FieldDraft } from './field-draft.ts';
import { formatValue } from './format-figure.ts';
import { fieldReason, leadingAlarm } from './reason.ts';
import {
  applicableStatistics,
  type FieldStatistic,
  isDistributional,
  type MonitorRules,
} from './rules.ts';

/** Share of the Wasserstein distance from which on its error bound is worth a warning. */
const UNCERTAIN = 0.1;

interface AssessOptions {
  readonly rules: MonitorRules;
  /** `null` for the whole. */
  readonly segment: string | null;
  /** Divides a statistic of the field among segments; `undefined` where it cannot be. */
  readonly attribute: (name: FieldStatistic) => readonly AttributionPart[] | undefined;
  /** Why events are taken as independent although that was not asked for. */
  readonly evidenceWarning: string | null;
}

/** The verdict on a field whose p-values are adjusted, with its reason and all figures. */
export function assessField(
  draft: FieldDraft,
  { rules, segment, attribute, evidenceWarning }: AssessOptions,
): Assessment {
  const { field, m, events, minBaseline } = draft;
  const figures = new Map<FieldStatistic, StatisticFigure>();
  for (const [name, { figure }] of draft.raw) {
    const adjusted = draft.adjusted.get(name);
    figures.set(name, adjusted === undefined ? figure : decide(figure, { adjusted, rules }));
  }
  const alarm = leadingAlarm(figures);
  const attribution = alarm === undefined ? undefined : attribute(alarm);
  if (alarm !== undefined && attribution !== undefined) {
    figures.set(alarm, { ...figures.get(alarm)!, attribution });
  }
  const verdict = fieldVerdict(draft, { figures, rules });
  const detail = detailOf(draft);
  const notDefined = notDefinedWords(draft);
  const numeric = field.kind === 'numeric';
  const circular = numeric && field.layout.spec.type === 'circular' && m > 0 && field.n > 0;
  const { period } = field.layout.spec;
  return {
    field: field.layout.spec.name,
    segment,
    verdict,
    ...fieldReason({
      ...{ verdict, figures, n: field.n, m, events, minBaseline },
      ...{ minSamples: rules.minSamples, significance: rules.significance },
      ...(detail === undefined ? {} : { detail }),
      ...(notDefined.length === 0 ? {} : { notDefined: notDefined.join(' ') }),
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

/**
 * Effect and evidence: the unit's adjusted p-value, and the statistic's own. Of a unit of several
 * statistics one may be significant alone (by independence, where the others know better), and must
 * not make alarms of those that noise explains.
 */
function decide(
  figure: StatisticFigure,
  { adjusted, rules }: { readonly adjusted: Significance; readonly rules: MonitorRules },
): StatisticFigure {
  const { warning = Infinity, critical = Infinity } = figure.threshold ?? {};
  const level =
    figure.statistic >= critical ? 'critical' : figure.statistic >= warning ? 'warning' : 'ok';
  const p = Math.max(adjusted.p_value, figure.p_value ?? 0);
  const verdict = p <= rules.significance ? level : 'ok';
  return { ...figure, p_adjusted: adjusted.p_value, verdict };
}

/** The worst of the deciding statistics; too few values hide what a distribution would say. */
function fieldVerdict(
  { field, m, events, minBaseline }: FieldDraft,
  {
    figures,
    rules,
  }: { readonly figures: Map<FieldStatistic, StatisticFigure>; readonly rules: MonitorRules },
): Verdict {
  const verdicts = [...figures.values()].map((figure) => figure.verdict);
  if (verdicts.includes('critical')) return 'critical';
  if (verdicts.includes('warning')) return 'warning';
  const wants = Object.keys(field.rules.thresholds);
  if ((events === 0 || field.events === 0) && wants.length > 0) return 'insufficient_data';
  const deciding = applicableStatistics(field.layout).filter(
    (name) => isDistributional(name) && field.rules.thresholds[name] !== undefined,
  );
  if (deciding.length === 0) return 'ok';
  const enough = m >= rules.minSamples && field.n >= Math.max(1, minBaseline);
  return enough && deciding.some((name) => figures.has(name)) ? 'ok' : 'insufficient_data';
}

/** Sentences about deciding statistics that the values do not allow. */
function notDefinedWords({ field, notDefined }: FieldDraft): string[] {
  return [...notDefined]
    .filter(([name]) => field.rules.thresholds[name] !== undefined)
    .map(([name, needs]) => `${name} is not defined: it needs ${needs}.`);
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
  draft: FieldDraft,
  {
    figures,
    rules,
    evidenceWarning,
  }: Pick<AssessOptions, 'rules' | 'evidenceWarning'> & {
    readonly figures: Map<FieldStatistic, StatisticFigure>;
  },
): string[] {
  const { field, m, events } = draft;
  const warnings = [...notDefinedWords(draft)];
  const compares = applicableStatistics(field.layout).some(isDistributional);
  if (compares && events > 0 && (m === 0 || field.n === 0)) {
    const side = field.n === 0 ? 'the baseline' : 'this window';
    warnings.push(`No distribution to compare: no usable values in ${side}.`);
  }
  if (evidenceWarning !== null && figures.size > 0) warnings.push(evidenceWarning);
  else if (rules.evidence !== 'iid') warnings.push(...independenceWords(figures));
  if (figures.get('psi') !== undefined && field.n < PSI_SMALL_BASELINE) {
    warnings.push(
      `The baseline has ${field.n} values: below ${PSI_SMALL_BASELINE} psi is mostly noise.`,
    );
  }
  if (field.kind === 'numeric') {
    if (!rangeBoundsAreKnots(field.layout)) {
      warnings.push('out_of_range_rate is a lower bound: a declared bound is not in the grid.');
    }
    const moved = figures.get('wasserstein');
    if (moved?.verdict !== undefined && (moved.error_bound ?? 0) > UNCERTAIN * moved.statistic) {
      warnings.push(
        `wasserstein may differ by up to ${formatValue(moved.error_bound ?? 0)}: many live values lie between those of the baseline.`,
      );
    }
    const bound = figures.get('ks')?.error_bound ?? 0;
    if (bound > 0 && m > 0) {
      warnings.push(`The grid is reduced: ks may differ by up to ${Number(bound.toPrecision(2))}.`);
    }
  }
  return warnings;
}

/** Which deciding p-values stand on independence although reference windows were wanted, and why. */
function independenceWords(figures: ReadonlyMap<FieldStatistic, StatisticFigure>): string[] {
  const names = [...figures]
    .filter(([, { evidence, verdict }]) => evidence === 'iid' && verdict !== undefined)
    .map(([name]) => name);
  const words = (list: readonly FieldStatistic[], why: string) =>
    list.length === 0
      ? []
      : [`The p-value of ${list.join(', ')} takes events as independent: ${why}.`];
  return [
    ...words(names.filter(hasReferenceScale), 'too few reference windows can be compared'),
    ...words(
      names.filter((name) => !hasReferenceScale(name)),
      'reference windows judge only ks, kuiper, psi, chi_squared and rates',
    ),
  ];
}
