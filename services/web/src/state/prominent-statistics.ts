import type { Assessment } from '#libs/detectors/evaluation.ts';
import { orderedStatistics } from './leading-statistic.ts';

/** Shown at once although they may not decide: those that people look for first. */
const USUAL = new Set(['ks', 'psi', 'kuiper', 'chi_squared', 'volume']);

/** The names of an assessment's statistics in two parts, each in the usual order. */
export interface StatisticNames {
  /** Those that decide, those that would with more data, and the usual ones. */
  readonly prominent: readonly string[];
  /** Those that are only shown, for who wants to know more. */
  readonly further: readonly string[];
}

/** A dozen statistics say much the same: what decides must not drown among them. */
export function splitStatistics(assessment: Pick<Assessment, 'statistics'>): StatisticNames {
  const names = orderedStatistics(assessment);
  const isProminent = (name: string): boolean =>
    assessment.statistics[name]?.threshold !== undefined ||
    USUAL.has(name) ||
    name.endsWith('_rate');
  return {
    prominent: names.filter(isProminent),
    further: names.filter((name) => !isProminent(name)),
  };
}
