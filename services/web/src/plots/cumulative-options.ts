import uPlot from 'uplot';
import { formatStatistic, formatValue } from '#libs/detectors/format-figure.ts';
import type { Colours } from './colours.ts';

const MANY_POINTS = 40;

interface Gap {
  readonly x: number;
  readonly baseline: number;
  readonly window: number;
}

/** uPlot options for the two cumulative curves with the Kolmogorov–Smirnov gap. */
export function cumulativeOptions(options: {
  readonly colours: Colours;
  readonly range: { readonly min: number; readonly max: number };
  readonly gap: Gap | undefined;
  readonly points: number;
}): Omit<uPlot.Options, 'width' | 'height'> {
  const { colours, range, gap } = options;
  // Few points are all the values there are, and the curve a staircase; many are a thinned curve,
  // which straight lines follow more closely.
  const stepped = options.points < MANY_POINTS ? uPlot.paths.stepped?.({ align: 1 }) : undefined;
  const curve = (stroke: string, width: number, dash?: number[]): uPlot.Series => ({
    stroke,
    width,
    points: { show: false },
    ...(dash === undefined ? {} : { dash }),
    ...(stepped === undefined ? {} : { paths: stepped }),
  });
  return {
    legend: { show: false },
    padding: [10, 14, null, null],
    cursor: { show: false },
    scales: {
      x: { time: false, range: () => [range.min, range.max] },
      y: { range: () => [0, 1] },
    },
    axes: [
      {
        stroke: colours.muted,
        grid: { show: false },
        ticks: { stroke: colours.line, size: 4 },
        size: 30,
        space: 60,
        values: (_plot, splits) => splits.map(formatValue),
      },
      {
        stroke: colours.muted,
        grid: { stroke: colours.line, width: 1 },
        ticks: { show: false },
        size: 52,
        values: (_plot, splits) => splits.map((share) => `${Math.round(share * 100)}%`),
      },
    ],
    series: [{}, curve(colours.baseline, 2, [6, 3]), curve(colours.accent, 2.25)],
    hooks: gap === undefined ? {} : { draw: [(plot) => drawGap(plot, { colours, gap })] },
  };
}

function drawGap(plot: uPlot, options: { readonly colours: Colours; readonly gap: Gap }): void {
  const { colours, gap } = options;
  const { ctx, bbox } = plot;
  const ratio = uPlot.pxRatio;
  const x = plot.valToPos(gap.x, 'x', true);
  const top = plot.valToPos(Math.max(gap.baseline, gap.window), 'y', true);
  const bottom = plot.valToPos(Math.min(gap.baseline, gap.window), 'y', true);
  const tick = 4 * ratio;
  ctx.save();
  ctx.strokeStyle = colours.critical;
  ctx.lineWidth = 2 * ratio;
  ctx.beginPath();
  ctx.moveTo(x, top);
  ctx.lineTo(x, bottom);
  for (const y of [top, bottom]) {
    ctx.moveTo(x - tick, y);
    ctx.lineTo(x + tick, y);
  }
  ctx.stroke();

  const label = `gap ${formatStatistic(Math.abs(gap.window - gap.baseline))} at ${formatValue(gap.x)}`;
  ctx.font = `600 ${12 * ratio}px system-ui, sans-serif`;
  ctx.textAlign = 'left';
  ctx.textBaseline = 'middle';
  const width = ctx.measureText(label).width;
  const fitsRight = x + 10 * ratio + width < bbox.left + bbox.width;
  const left = fitsRight ? x + 9 * ratio : x - 9 * ratio - width;
  const middle = (top + bottom) / 2;
  ctx.fillStyle = colours.surface;
  ctx.globalAlpha = 0.85;
  ctx.fillRect(left - 3 * ratio, middle - 9 * ratio, width + 6 * ratio, 18 * ratio);
  ctx.globalAlpha = 1;
  ctx.fillStyle = colours.critical;
  ctx.fillText(label, left, middle);
  ctx.restore();
}
