import { statisticShortName } from '../format/statistic-name.ts';
import { sparklineGeometry } from '../plots/sparkline-geometry.ts';
import type { FieldHistory } from '../state/history.ts';

const WIDTH = 108;
const HEIGHT = 34;
const WINDOWS = 90;

/** The last windows of one statistic, small: limits as lines, windows beyond them as shapes. */
export function Sparkline(props: { readonly history: FieldHistory; readonly statistic: string }) {
  const recent = props.history.slice(-WINDOWS);
  const geometry = sparklineGeometry(recent, {
    statistic: props.statistic,
    width: WIDTH,
    height: HEIGHT,
  });
  const beyond = geometry.marks.filter((mark) => mark.verdict !== 'ok').length;
  const name = statisticShortName(props.statistic);
  return (
    <svg
      class="sparkline"
      viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
      role="img"
      aria-label={`${name} over the last ${recent.length} windows, ${beyond} beyond a limit`}
    >
      {geometry.limits.map(({ level, y }) => (
        <path key={`${level}${y}`} class={`limit-${level}`} d={`M0 ${y}H${WIDTH}`} />
      ))}
      <path class="line" d={geometry.line} />
      {geometry.marks.map((mark) => (
        <path key={mark.x} class={`mark state-${mark.verdict}`} d={markPath(mark)} />
      ))}
    </svg>
  );
}

function markPath(mark: {
  readonly x: number;
  readonly y: number;
  readonly verdict: string;
}): string {
  const { x, y } = mark;
  if (mark.verdict === 'critical') return `M${x - 2} ${y - 2}h4v4h-4z`;
  if (mark.verdict === 'warning') return `M${x} ${y - 2.6}l2.6 4.6h-5.2z`;
  return `M${x - 2} ${y}a2 2 0 1 0 4 0a2 2 0 1 0-4 0`;
}
