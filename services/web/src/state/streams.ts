import type { MonitorItem, StreamState } from '../api/types.ts';

/** Streams that must not be overlooked come first. */
const URGENCY = { stalled: 0, waiting: 1, live: 2, ended: 3 } as const;

/** Each stream once, however many monitors share it. */
export function distinctStreams(monitors: readonly MonitorItem[]): readonly StreamState[] {
  const byName = new Map(monitors.map((monitor) => [monitor.stream.name, monitor.stream]));
  return [...byName.values()].sort(
    (a, b) => URGENCY[a.condition] - URGENCY[b.condition] || a.name.localeCompare(b.name),
  );
}
