import type { MonitorItem, StreamState } from '../api/types.ts';

/** Streams that must not be overlooked come first. */
const URGENCY = { unwatched: 0, stalled: 1, waiting: 2, live: 3, ended: 4 } as const;

/** Each stream once, however many monitors share it. */
export function distinctStreams(monitors: readonly MonitorItem[]): readonly StreamState[] {
  const byName = new Map(monitors.map((monitor) => [monitor.stream.name, monitor.stream]));
  return [...byName.values()].sort(
    (a, b) => URGENCY[a.condition] - URGENCY[b.condition] || a.name.localeCompare(b.name),
  );
}
