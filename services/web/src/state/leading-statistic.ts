import type { Assessment, StatisticFigure } from '#libs/detectors/evaluation.ts';
import { verdictLook } from '../format/verdict.ts';

/** Which statistic stands for a field when several are equally bad. */
const PREFERENCE = [
  'ks',
  'psi',
  'kuiper',
  'volume',
  'wasserstein',
  'mean_shift',
  'mann_whitney',
  'anderson_darling',
  'cramer_von_mises',
  'jensen_shannon',
  'total_variation',
  'hellinger',
  'kl',
  'chi_squared',
  'g_test',
  'missing_rate',
  'unseen_rate',
  'invalid_rate',
  'out_of_range_rate',
];

function preference(name: string): number {
  const index = PREFERENCE.indexOf(name);
  return index === -1 ? PREFERENCE.length : index;
}

function urgency(figure: StatisticFigure): number {
  const { verdict } = figure;
  if (verdict === 'warning' || verdict === 'critical') return verdictLook(verdict).rank;
  // Too few data leave a statistic without a verdict of its own; its limits still say it matters.
  return verdict === undefined && figure.threshold === undefined ? -1 : 0;
}

/** Names of an assessment's statistics: the worst deciding ones first, then by preference. */
export function orderedStatistics(assessment: Pick<Assessment, 'statistics'>): readonly string[] {
  const entries = Object.entries(assessment.statistics);
  return entries
    .sort(
      ([nameA, a], [nameB, b]) =>
        urgency(b) - urgency(a) ||
        preference(nameA) - preference(nameB) ||
        nameA.localeCompare(nameB),
    )
    .map(([name]) => name);
}

/** The statistic that best explains the verdict; `undefined` when there is no statistic at all. */
export function leadingStatistic(assessment: Pick<Assessment, 'statistics'>): string | undefined {
  return orderedStatistics(assessment)[0];
}
