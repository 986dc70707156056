import type { TimeRange } from '#libs/detectors/evaluation.ts';

/** Milliseconds since 1970 as ISO 8601 in UTC. */
export function iso(time: number): string {
  return new Date(time).toISOString();
}

/** The same, where the time may be unknown; what no calendar can show is unknown too. */
export function isoOrNull(time: number | null | undefined): string | null {
  if (time === null || time === undefined) return null;
  const date = new Date(time);
  return Number.isNaN(date.getTime()) ? null : date.toISOString();
}

export function isoRange(range: TimeRange): { start: string; end: string } {
  return { start: iso(range.start), end: iso(range.end) };
}
