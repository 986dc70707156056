import type { Evaluation, StatisticFigure } from '#libs/detectors/evaluation.ts';
import { judgedValue } from './judged-value.ts';
import { limitColumns } from './limit-columns.ts';

/** How a point is drawn; `none` where the statistic does not decide. */
export type PointState = 'ok' | 'warning' | 'critical' | 'insufficient_data' | 'none';

type Column = readonly (number | null)[];

export interface HistoryData {
  /**
   * Window starts, the statistic, its warning and critical limits, the same below 1 for a ratio,
   * the noise limit, what is detectable; `null` where a window lacks the figure.
   */
  readonly columns: readonly [starts: readonly number[], statistic: Column, ...lines: Column[]];
  readonly states: readonly PointState[];
}

/** One statistic over the windows, ready to plot. */
export function historyData(history: readonly Evaluation[], statistic: string): HistoryData {
  const figures = history.map((evaluation) => evaluation.statistics[statistic]);
  const judged = history.map((evaluation) => judgedValue(evaluation, statistic));
  // Of a window that was not judged, what noise could have done is beside the point too.
  const column = (read: (figure: StatisticFigure) => number | undefined): Column =>
    figures.map((figure, index) =>
      figure === undefined || judged[index] === null ? null : (read(figure) ?? null),
    );
  const limits = limitColumns(history, statistic);
  return {
    columns: [
      history.map((evaluation) => evaluation.window.start),
      judged,
      limits.warning,
      limits.critical,
      limits.warningLow,
      limits.criticalLow,
      column((figure) => figure.critical_value),
      column((figure) => figure.detectable),
    ],
    states: history.map((evaluation, index) => {
      const decided = figures[index]?.verdict;
      if (decided !== undefined) return decided;
      return evaluation.verdict === 'insufficient_data' ? 'insufficient_data' : 'none';
    }),
  };
}
