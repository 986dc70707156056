import { formatDuration } from '../duration.ts';
import { durationAt, mapAt, objection, type RawResource, type Report } from './raw.ts';

/** Every window is a sum over its panes: more of them cost without telling more. */
const MOST_PANES = 20_000;

/** The pane that window and hop share when none is given. */
export function greatestCommonDivisor(a: number, b: number): number {
  let [x, y] = [a, b];
  while (y !== 0) [x, y] = [y, x % y];
  return x;
}

/** How window, hop, pane, and retention of one monitor fit together. */
export function checkWindows({ value, path }: RawResource, report: Report): void {
  const window = durationAt(value, 'window');
  if (window === undefined || window === 0) return;
  const hop = Object.hasOwn(value, 'hop') ? durationAt(value, 'hop') : window;
  if (hop === undefined || hop === 0) return;
  const spelt = { window: formatDuration(window), hop: formatDuration(hop) };
  if (hop > window) {
    report(
      objection([...path, 'hop'], {
        reason: `must be at most the window (${spelt.window}), got ${spelt.hop}`,
        fix: 'with a longer hop, events between the windows would never be looked at',
      }),
    );
    return;
  }
  const divisor = greatestCommonDivisor(window, hop);
  const given = Object.hasOwn(value, 'pane');
  const pane = given ? durationAt(value, 'pane') : divisor;
  if (pane === undefined || pane === 0) return;
  if (divisor % pane !== 0) {
    report(
      objection([...path, 'pane'], {
        reason: `must divide the window (${spelt.window}) and the hop (${spelt.hop}), got ${formatDuration(pane)}`,
        fix: `the longest that does is ${formatDuration(divisor)}`,
      }),
    );
  } else if (window / pane > MOST_PANES) {
    report(
      objection([...path, given ? 'pane' : 'hop'], {
        reason: `makes ${window / pane} panes of ${formatDuration(pane)} in a window, which must have at most ${MOST_PANES}`,
        fix: given ? 'choose a longer pane' : 'choose a hop that divides the window',
      }),
    );
  }
  checkRetention({ value, path, window }, report);
}

function checkRetention(
  { value, path, window }: Pick<RawResource, 'value' | 'path'> & { readonly window: number },
  report: Report,
): void {
  const kept = durationAt(mapAt(value, 'retention'), 'panes');
  const lateness = durationAt(value, 'lateness') ?? window / 10;
  const least = Math.ceil(window + lateness);
  if (kept === undefined || kept >= least) return;
  report(
    objection([...path, 'retention', 'panes'], {
      reason: `must be at least window and lateness together (${formatDuration(least)}), got ${formatDuration(kept)}`,
    }),
  );
}
