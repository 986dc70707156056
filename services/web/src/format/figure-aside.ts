import type { StatisticFigure } from '#libs/detectors/evaluation.ts';
import { formatStatistic } from '#libs/detectors/format-figure.ts';

/** What helps to read a value, to stand behind it: `AUC 0.63`, `0.4 sd`; empty where nothing does. */
export function figureAside(name: string, { details = {} }: StatisticFigure): string {
  const { auc, normalised, cramers_v } = details;
  if (name === 'mann_whitney' && typeof auc === 'number') return `AUC ${formatStatistic(auc)}`;
  if (name === 'wasserstein' && typeof normalised === 'number') {
    return `${formatStatistic(normalised)} sd`;
  }
  if (name === 'chi_squared' && typeof cramers_v === 'number') {
    return `V ${formatStatistic(cramers_v)}`;
  }
  return '';
}
