import type { FieldComparison } from '#libs/comparison/comparison.ts';
import { formatBeside, formatChange, formatCount } from '#libs/detectors/format-figure.ts';
import { decidingFigure, isRate } from './deciding-figure.ts';

/** Below this a p-value is as good as zero for a reader. */
const SMALLEST_P = 1e-9;

/**
 * The statistic that decides beside its limit: "ks 0.27 (limit 0.20, p<1e-9)", "psi 0.01 (limit
 * 0.10)", "missing_rate 0% → 12% (limit 5 points, p<1e-9)"; or why there is none: "m 12, needs 100".
 */
export function describeFigure(field: FieldComparison): string {
  if (field.needs !== undefined) {
    return `m ${formatCount(field.m)}, needs ${formatCount(field.needs)}`;
  }
  const deciding = decidingFigure(field);
  const inWords = field.verdict === 'insufficient_data' || field.reason_code === 'column_missing';
  if (inWords || deciding === undefined) return lowerFirst(field.reason.replace(/\.$/, ''));
  const { name, figure, limit } = deciding;
  const beyond = figure.statistic >= limit;
  const p = figure.p_adjusted ?? figure.p_value;
  const noise = beyond && figure.verdict === 'ok' ? ': may be noise' : '';
  const evidence = beyond && p !== undefined ? `, ${formatP(p)}${noise}` : '';
  if (isRate(name)) {
    const { baseline = 0, current = 0 } = figure;
    const points = Number((limit * 100).toPrecision(2));
    const unit = points === 1 ? 'point' : 'points';
    return `${name} ${formatChange(baseline, current)} (limit ${points} ${unit}${evidence})`;
  }
  const [value, bound] = formatBeside(figure.statistic, limit);
  return `${name} ${value} (limit ${bound}${evidence})`;
}

/** "p<1e-9", "p=0.0031". */
export function formatP(p: number): string {
  return p < SMALLEST_P ? `p<${SMALLEST_P}` : `p=${Number(p.toPrecision(2))}`;
}

function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}
