import type { Evaluation, StatisticFigure } from '#libs/detectors/evaluation.ts';

type Column = readonly (number | null)[];

/** Limits of one statistic for each window; `low` ones only where too little is drift as well. */
export interface LimitColumns {
  readonly warning: Column;
  readonly critical: Column;
  readonly warningLow: Column;
  readonly criticalLow: Column;
}

/**
 * Limits over the windows. A ratio (`volume`) has limits on both sides of 1, of which an evaluation
 * names the one on its own side: the other side keeps what its nearest window said.
 */
export function limitColumns(history: readonly Evaluation[], statistic: string): LimitColumns {
  const figures = history.map((evaluation) => evaluation.statistics[statistic]);
  const limits = (level: 'warning' | 'critical', wanted: (figure: StatisticFigure) => boolean) =>
    figures.map((figure) =>
      figure !== undefined && wanted(figure) ? (figure.threshold?.[level] ?? null) : null,
    );
  if (statistic !== 'volume') {
    const none = figures.map(() => null);
    return {
      warning: limits('warning', () => true),
      critical: limits('critical', () => true),
      warningLow: none,
      criticalLow: none,
    };
  }
  const high = (figure: StatisticFigure): boolean => figure.statistic >= 1;
  const low = (figure: StatisticFigure): boolean => figure.statistic < 1;
  return {
    warning: filled(limits('warning', high)),
    critical: filled(limits('critical', high)),
    warningLow: filled(limits('warning', low)),
    criticalLow: filled(limits('critical', low)),
  };
}

/** Gaps take the value before them, those at the start the first value after. */
function filled(column: Column): Column {
  let last = column.find((value) => value !== null) ?? null;
  return column.map((value) => {
    last = value ?? last;
    return last;
  });
}
