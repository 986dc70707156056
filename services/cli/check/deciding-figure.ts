import type { ComparedFigure, FieldComparison } from '#libs/comparison/comparison.ts';

/** The statistic that a verdict is about, and the limit that it is held against. */
export interface DecidingFigure {
  readonly name: string;
  readonly figure: ComparedFigure;
  readonly limit: number;
  /** How far beyond its limit, 1 being at it. */
  readonly ratio: number;
}

const LEVELS = { ok: 0, warning: 1, critical: 2 } as const;

/**
 * Of the statistics that decide, the one to show: of the worst level first those of the
 * distribution, which say more than a rate, then the one that is furthest beyond its limit.
 * `undefined` where none decides.
 */
export function decidingFigure({
  statistics,
}: Pick<FieldComparison, 'statistics'>): DecidingFigure | undefined {
  const deciding = Object.entries(statistics).flatMap(([name, figure]) => {
    const { verdict, threshold } = figure;
    if (verdict === undefined || threshold === undefined) return [];
    const { warning, critical } = threshold;
    const limit = verdict === 'critical' ? critical : (warning ?? critical);
    if (limit === undefined) return [];
    const ratio = limit === 0 ? Number.MAX_VALUE : figure.statistic / limit;
    return [{ name, figure, limit, ratio, level: LEVELS[verdict] }];
  });
  deciding.sort(
    (a, b) =>
      b.level - a.level || Number(isRate(a.name)) - Number(isRate(b.name)) || b.ratio - a.ratio,
  );
  return deciding[0];
}

/** Whether a statistic compares shares of rows rather than distributions. */
export function isRate(name: string): boolean {
  return name.endsWith('_rate');
}
