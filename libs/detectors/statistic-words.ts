import type { StatisticFigure } from './evaluation.ts';
import {
  formatBeside,
  formatChange,
  formatStatistic,
  formatValue,
  formatValues,
} from './format-figure.ts';
import { type FieldStatistic, isDistributional } from './rules.ts';

const NAMES: Readonly<Record<FieldStatistic, string>> = {
  ks: 'KS',
  kuiper: 'Kuiper',
  cramer_von_mises: 'Cramér–von Mises',
  anderson_darling: 'Anderson–Darling',
  mann_whitney: 'AUC',
  wasserstein: 'Values moved on average by',
  mean_shift: 'Mean shift',
  psi: 'PSI',
  jensen_shannon: 'Jensen–Shannon',
  kl: 'KL',
  hellinger: 'Hellinger',
  total_variation: 'Total variation',
  chi_squared: 'χ²',
  g_test: 'G',
  missing_rate: 'Missing',
  invalid_rate: 'Wrong type or infinite',
  out_of_range_rate: 'Out of range',
  unseen_rate: 'Unseen categories',
};

/** A statistic's name for people. */
export function statisticLabel(name: FieldStatistic): string {
  return name === 'wasserstein' ? 'Wasserstein distance' : NAMES[name];
}

/** A statistic with its limit: "KS 0.27 (limit 0.20)", "Missing 0.1% → 100% (limit 5 points)". */
export function headline(
  name: FieldStatistic,
  options: { readonly figure: StatisticFigure; readonly limit: number },
): string {
  const [value, limit] = valueAndLimit(name, options);
  return `${NAMES[name]} ${value} (limit ${limit})`;
}

/** The same within a sentence. */
export function headlineWithin(...parts: Parameters<typeof headline>): string {
  const text = headline(...parts);
  const properName = /^(Kuiper|Cramér|Anderson|Jensen|Hellinger)/.test(text);
  return /^[A-Z][a-z]/.test(text) && !properName
    ? text.charAt(0).toLowerCase() + text.slice(1)
    : text;
}

/** A statistic that is not beyond its limit: "KS 0.05, limit 0.10". */
export function calmWords(
  name: FieldStatistic,
  options: { readonly figure: StatisticFigure; readonly limit: number },
): string {
  const [value, limit] = valueAndLimit(name, options);
  return `${NAMES[name]} ${value}, limit ${limit}`;
}

/** How far noise goes: "noise would not exceed 0.02"; empty where that is not known. */
export function noiseWords(name: FieldStatistic, figure: StatisticFigure): string {
  if (figure.critical_value === undefined) return '';
  const verb = name === 'mann_whitney' && sideOf(figure) < 0 ? 'fall below' : 'exceed';
  return `noise would not ${verb} ${boundWords(name, { figure, bound: figure.critical_value })}`;
}

/** A bound of a statistic in the form in which its value is shown. */
export function boundWords(
  name: FieldStatistic,
  { figure, bound }: { readonly figure: StatisticFigure; readonly bound: number },
): string {
  if (!isDistributional(name)) return points(bound);
  if (name === 'mann_whitney') return formatStatistic(0.5 + sideOf(figure) * bound);
  if (name === 'wasserstein') return formatValue(bound);
  if (name === 'mean_shift') return `${formatStatistic(bound)} sd`;
  return formatStatistic(bound);
}

function valueAndLimit(
  name: FieldStatistic,
  { figure, limit }: { readonly figure: StatisticFigure; readonly limit: number },
): [value: string, limit: string] {
  const { statistic, baseline = 0, window = 0 } = figure;
  if (!isDistributional(name)) return [formatChange(baseline, window), points(limit)];
  if (name === 'wasserstein') return formatValues(statistic, limit);
  if (name === 'mann_whitney') {
    // The AUC itself, and the limit on its side of ½.
    const side = sideOf(figure);
    return formatBeside(0.5 + side * statistic, 0.5 + side * limit);
  }
  const pair = formatBeside(statistic, limit);
  return name === 'mean_shift' ? [`${pair[0]} sd`, `${pair[1]} sd`] : pair;
}

/** Whether live values tend to be larger (1) or smaller (−1). */
function sideOf({ details }: StatisticFigure): 1 | -1 {
  return Number(details?.auc) < 0.5 ? -1 : 1;
}

function points(share: number): string {
  const text = String(Number((share * 100).toPrecision(2)));
  return `${text} ${text === '1' ? 'point' : 'points'}`;
}
