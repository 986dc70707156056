import { formatStatistic, formatValue } from '#libs/detectors/format-figure.ts';

const SUPERSCRIPTS = '⁰¹²³⁴⁵⁶⁷⁸⁹';

function superscript(exponent: number): string {
  const digits = [...String(Math.abs(exponent))].map((digit) => SUPERSCRIPTS[Number(digit)]);
  return (exponent < 0 ? '⁻' : '') + digits.join('');
}

/**
 * A statistic or its limit in the unit that its name implies: rates in points, volume as a ratio, the
 * Wasserstein distance as a value of the field, the mean shift in standard deviations.
 */
export function formatFigure(name: string, value: number): string {
  const sign = value < 0 ? '−' : '';
  const size = Math.abs(value);
  if (name.endsWith('_rate')) {
    const points = String(Number((size * 100).toPrecision(2)));
    return `${sign}${points} ${points === '1' ? 'point' : 'points'}`;
  }
  if (name === 'volume') return `${sign}${formatStatistic(size)}×`;
  if (name === 'wasserstein') return sign + formatValue(size);
  if (name === 'mean_shift') return `${sign}${formatStatistic(size)} sd`;
  return sign + formatStatistic(size);
}

/** A difference of two shares in percentage points, with its sign. */
export function formatPoints(difference: number): string {
  if (difference === 0) return '0 points';
  const points = Math.abs(difference * 100);
  const digits = points < 0.1 ? points.toPrecision(1) : points.toFixed(1);
  return `${difference < 0 ? '−' : '+'}${digits} points`;
}

/** A difference of two values in the field's unit, with its sign. */
export function formatDifference(difference: number): string {
  if (difference === 0) return '0';
  return `${difference < 0 ? '−' : '+'}${formatValue(Math.abs(difference))}`;
}

/** A p-value; `log10P` says what a p below the smallest double was. */
export function formatP(p: number | undefined, log10P?: number): string {
  if (p === undefined) return '–';
  if (p >= 0.001) return p.toFixed(p >= 0.1 ? 2 : 3);
  const log = p > 0 ? Math.log10(p) : log10P;
  if (log === undefined || !Number.isFinite(log)) return '<10⁻³⁰⁰';
  const exponent = Math.floor(log);
  if (exponent < -12) return `10${superscript(Math.round(log))}`;
  return `${(10 ** (log - exponent)).toFixed(1)}×10${superscript(exponent)}`;
}
