import type { Evaluation } from '#libs/detectors/evaluation.ts';
import { judgedValue } from './judged-value.ts';
import { limitColumns } from './limit-columns.ts';

export interface SparklineGeometry {
  readonly line: string;
  /** Heights of the newest limits. */
  readonly limits: readonly { readonly level: 'warning' | 'critical'; readonly y: number }[];
  /** Windows beyond a limit, and always the newest one. */
  readonly marks: readonly {
    readonly x: number;
    readonly y: number;
    readonly verdict: 'ok' | 'warning' | 'critical' | 'insufficient_data';
  }[];
}

/** Room for half a mark at each edge. */
const PAD = 3;

/**
 * Coordinates of one statistic over the newest windows in a box of `width` × `height`, limits
 * included in the scale; windows that were not judged leave a gap in the line.
 */
export function sparklineGeometry(
  history: readonly Evaluation[],
  options: { readonly statistic: string; readonly width: number; readonly height: number },
): SparklineGeometry {
  const { statistic, width, height } = options;
  const judged = history.map((evaluation) => judgedValue(evaluation, statistic));
  const newest = newestLimits(history, statistic);
  const values = [...judged.filter((value) => value !== null), ...newest.map(({ value }) => value)];
  const highest = Math.max(...values, 1e-9);
  const lowest = Math.min(...values, 0);
  const last = judged.length - 1;
  const toX = (index: number): number =>
    last === 0 ? width - PAD : round(PAD + (index / last) * (width - 2 * PAD));
  const toY = (value: number): number =>
    round(height - PAD - ((value - lowest) / (highest - lowest)) * (height - 2 * PAD));

  let line = '';
  let pen: 'M' | 'L' = 'M';
  const marks: SparklineGeometry['marks'][number][] = [];
  for (const [index, value] of judged.entries()) {
    const x = toX(index);
    if (value === null) {
      pen = 'M';
      if (index === last) marks.push({ x, y: toY(lowest), verdict: 'insufficient_data' });
      continue;
    }
    const y = toY(value);
    line += `${pen}${x} ${y}`;
    pen = 'L';
    const verdict = history[index]?.statistics[statistic]?.verdict ?? 'ok';
    if (verdict !== 'ok' || index === last) marks.push({ x, y, verdict });
  }
  return { line, marks, limits: newest.map(({ level, value }) => ({ level, y: toY(value) })) };
}

function newestLimits(history: readonly Evaluation[], statistic: string) {
  const columns = limitColumns(history, statistic);
  const pairs = [
    ['warning', columns.warning],
    ['critical', columns.critical],
    ['warning', columns.warningLow],
    ['critical', columns.criticalLow],
  ] as const;
  return pairs.flatMap(([level, column]) => {
    const value = column.at(-1) ?? null;
    return value === null ? [] : [{ level, value }];
  });
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
