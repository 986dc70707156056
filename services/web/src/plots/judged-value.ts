import type { Evaluation } from '#libs/detectors/evaluation.ts';

/**
 * A window's statistic where it says something; `null` where there is none, or where too few data
 * kept it from deciding: six values can be as far off as they like, and would only stretch a scale.
 */
export function judgedValue(evaluation: Evaluation, statistic: string): number | null {
  const figure = evaluation.statistics[statistic];
  if (figure === undefined) return null;
  if (evaluation.verdict === 'insufficient_data' && figure.verdict === undefined) return null;
  return figure.statistic;
}
