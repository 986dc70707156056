import type { Colours } from './colours.ts';
import type { PointState } from './history-data.ts';

/** Draws one window's point on a canvas: the shape carries the state, the colour repeats it. */
export function drawPoint(
  context: CanvasRenderingContext2D,
  point: {
    readonly x: number;
    readonly y: number;
    readonly size: number;
    readonly state: PointState;
    readonly colours: Colours;
  },
): void {
  const { x, y, size, state, colours } = point;
  context.beginPath();
  if (state === 'critical') {
    context.rect(x - size, y - size, 2 * size, 2 * size);
    context.fillStyle = colours.critical;
  } else if (state === 'warning') {
    const reach = size * 1.3;
    context.moveTo(x, y - reach);
    context.lineTo(x + reach, y + reach * 0.8);
    context.lineTo(x - reach, y + reach * 0.8);
    context.fillStyle = colours.warning;
  } else if (state === 'insufficient_data') {
    context.arc(x, y, size, 0, 2 * Math.PI);
    context.strokeStyle = colours.muted;
    context.lineWidth = size / 3;
    context.stroke();
    context.fillStyle = colours.surface;
  } else {
    context.arc(x, y, size * 0.75, 0, 2 * Math.PI);
    context.fillStyle = state === 'ok' ? colours.ok : colours.muted;
  }
  context.closePath();
  context.fill();
}
