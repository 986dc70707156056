import uPlot from 'uplot';
import { formatShare } from '#libs/detectors/format-figure.ts';
import { formatFigure } from '../format/number.ts';
import { formatDate, formatTime } from '../format/time.ts';
import type { Colours } from './colours.ts';
import { drawPoint } from './draw-point.ts';
import type { PointState } from './history-data.ts';

const DAY = 86_400_000;

/** What the drawing needs beyond the data; read at each draw, so that it may change between. */
export interface HistoryView {
  readonly states: readonly PointState[];
  readonly selected: number;
}

/** uPlot options for one statistic over the windows with its limits. */
export function historyOptions(options: {
  readonly colours: Colours;
  readonly statistic: string;
  readonly view: () => HistoryView;
  readonly onHover: (index: number | null) => void;
}): Omit<uPlot.Options, 'width' | 'height'> {
  const { colours, view } = options;
  const stepped = uPlot.paths.stepped?.({ align: 1 });
  const limit = (stroke: string, dash?: number[]): uPlot.Series => ({
    stroke,
    width: 1.5,
    points: { show: false },
    ...(dash === undefined ? {} : { dash }),
    ...(stepped === undefined ? {} : { paths: stepped }),
  });
  return {
    ms: 1,
    tzDate: (ms) => uPlot.tzDate(new Date(ms), 'Etc/UTC'),
    legend: { show: false },
    padding: [10, 20, null, null],
    cursor: { drag: { x: false, y: false }, points: { show: false }, y: false },
    scales: {
      x: { time: true, range: (_plot, min, max) => widened(min, max) },
      y: { range: (_plot, min, max) => [Math.min(min ?? 0, 0), (max ?? 1) * 1.08 || 1] },
    },
    axes: [
      {
        stroke: colours.muted,
        grid: { show: false },
        ticks: { stroke: colours.line, size: 4 },
        size: 30,
        space: 70,
        values: (_plot, splits) => axisTimes(splits),
      },
      {
        stroke: colours.muted,
        grid: { stroke: colours.line, width: 1 },
        ticks: { show: false },
        size: 50,
        values: (_plot, splits) => splits.map((value) => axisFigure(options.statistic, value)),
      },
    ],
    series: [
      {},
      { stroke: colours.muted, width: 1.25, points: { show: false }, spanGaps: false },
      limit(colours.warning, [7, 4]),
      limit(colours.critical),
      limit(colours.warning, [7, 4]),
      limit(colours.critical),
      limit(colours.muted, [2, 3]),
      limit(colours.accent, [9, 3, 2, 3]),
    ],
    hooks: {
      drawAxes: [(plot) => drawSelection(plot, { colours, selected: view().selected })],
      draw: [(plot) => drawPoints(plot, { colours, view: view() })],
      setCursor: [(plot) => options.onHover(plot.cursor.idx ?? null)],
    },
  };
}

function widened(min: number, max: number): [number, number] {
  const margin = min === max ? DAY / 2 : (max - min) * 0.015;
  return [min - margin, max + margin];
}

function axisFigure(statistic: string, value: number): string {
  if (statistic.endsWith('_rate')) return formatShare(value);
  return formatFigure(statistic, value)
    .replace(/(\.\d*?)0+(?=$|×)/, '$1')
    .replace(/\.(?=$|×)/, '');
}

function axisTimes(splits: readonly number[]): string[] {
  const wholeDays = splits.every((ms) => ms % DAY === 0);
  return splits.map((ms) => (wholeDays ? formatDate(ms).slice(0, -5) : formatTime(ms)));
}

function drawSelection(
  plot: uPlot,
  options: { readonly colours: Colours; readonly selected: number },
): void {
  const start = plot.data[0][options.selected];
  if (start === undefined) return;
  const { ctx, bbox } = plot;
  const x = Math.round(plot.valToPos(start, 'x', true));
  ctx.save();
  ctx.strokeStyle = options.colours.accent;
  ctx.globalAlpha = 0.35;
  ctx.lineWidth = 7 * uPlot.pxRatio;
  ctx.beginPath();
  ctx.moveTo(x, bbox.top);
  ctx.lineTo(x, bbox.top + bbox.height);
  ctx.stroke();
  ctx.restore();
}

function drawPoints(
  plot: uPlot,
  options: { readonly colours: Colours; readonly view: HistoryView },
): void {
  const { colours, view } = options;
  const starts = plot.data[0];
  const values = plot.data[1];
  if (values === undefined) return;
  const spacing = plot.bbox.width / uPlot.pxRatio / Math.max(1, starts.length);
  const base = Math.min(4.5, Math.max(1.5, spacing / 2)) * uPlot.pxRatio;
  plot.ctx.save();
  for (let index = 0; index < starts.length; index++) {
    const start = starts[index];
    const state = view.states[index] ?? 'none';
    // A window that was not judged has no height: its ring stands on the ground.
    const value = values[index] ?? (state === 'insufficient_data' ? plot.scales.y?.min : null);
    if (value === null || value === undefined || start === undefined) continue;
    const loud = state === 'critical' || state === 'warning' || index === view.selected;
    drawPoint(plot.ctx, {
      x: plot.valToPos(start, 'x', true),
      y: plot.valToPos(value, 'y', true),
      size: loud ? Math.max(base, 3 * uPlot.pxRatio) : base,
      state,
      colours,
    });
  }
  plot.ctx.restore();
}
