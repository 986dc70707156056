import type { BenchConfig } from './bench-config.ts';
import { openMonitor } from './open-monitor.ts';

export interface WatchInput extends BenchConfig {
  /** The evaluator's own default unless given. */
  readonly stepMs?: number;
  /** How many windows to wait for. */
  readonly windows: number;
}

/** The first publication of a window. */
export interface WindowSeen {
  readonly end: number;
  /** When it was durable in the store, by this machine's clock. */
  readonly storedAt: number;
  readonly events: number;
}

/** How long without a window until it is given up. */
const PATIENCE_MS = 60_000;

/** Runs the whole monitor over a stream that goes on, until so many windows are stored. */
export async function watchWindows(input: WatchInput): Promise<readonly WindowSeen[]> {
  const monitor = await openMonitor(input);
  const seen: WindowSeen[] = [];
  const over = Promise.withResolvers<void>();
  const giveUp = () => over.reject(new Error('Cannot go on: no window was published for a minute'));
  let patience = setTimeout(giveUp, PATIENCE_MS);
  monitor.lifecycle.observe((event) => {
    if (event.type !== 'window_published') return;
    seen.push({ end: event.window.end, storedAt: Date.now(), events: event.events });
    clearTimeout(patience);
    patience = setTimeout(giveUp, PATIENCE_MS);
    if (seen.length >= input.windows) over.resolve();
  });
  const { stepMs } = input;
  await monitor.start(stepMs === undefined ? {} : { stepMs });
  try {
    await Promise.race([over.promise, monitor.failed]);
  } finally {
    clearTimeout(patience);
  }
  await monitor.stop();
  return seen;
}
