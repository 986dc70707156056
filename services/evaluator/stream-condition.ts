import type { StreamCondition } from '#libs/store/port.ts';

const MINUTE = 60_000;
/** A stream is never called stalled before this, however busy it usually is. */
const SHORTEST_LIMIT = 5 * MINUTE;
const USUAL_GAPS = 3;
/** What came while nobody looked may still be on its way for so long after a start. */
const STARTING_MS = MINUTE;

export interface StreamSigns {
  /** When the evaluator began to look, wall time in milliseconds. */
  readonly startedAt: number;
  /** Latest sign of a real event: its log timestamp, or when its counts arrived. */
  readonly lastSignAt: number | null;
  /** Usual time between two events, milliseconds; `null` until known. */
  readonly usualGapMs: number | null;
  /** The user's own limit, milliseconds. */
  readonly stalledAfterMs?: number;
  /** Every partition's input is over. */
  readonly ended: boolean;
}

/** The state of a stream at a moment, with the reason in words. */
export function streamCondition(
  signs: StreamSigns,
  now: number,
): { condition: StreamCondition; reason: string } {
  if (signs.ended) return { condition: 'ended', reason: 'The input is over.' };
  const limit =
    signs.stalledAfterMs ?? Math.max(USUAL_GAPS * (signs.usualGapMs ?? 0), SHORTEST_LIMIT);
  const silence = now - (signs.lastSignAt ?? signs.startedAt);
  const looking = now - signs.startedAt;
  if (silence >= limit && signs.lastSignAt !== null && looking < Math.min(limit, STARTING_MS)) {
    return {
      condition: 'waiting',
      reason: `Started ${words(looking)} ago; the last event known is ${words(silence)} old.`,
    };
  }
  if (silence >= limit) {
    const since = signs.lastSignAt === null ? 'since the start' : 'since the last event';
    return {
      condition: 'stalled',
      reason: `No event for ${words(silence)} ${since}; ${words(limit)} is the limit.`,
    };
  }
  return signs.lastSignAt === null
    ? { condition: 'waiting', reason: 'No event has been read yet.' }
    : { condition: 'live', reason: `Last event ${words(silence)} ago.` };
}

/** A duration in one unit, rounded down: `45 s`, `12 min`, `3 h`, `2 d`. */
function words(ms: number): string {
  if (ms < MINUTE) return `${Math.floor(ms / 1000)} s`;
  if (ms < 60 * MINUTE) return `${Math.floor(ms / MINUTE)} min`;
  if (ms < 48 * 60 * MINUTE) return `${Math.floor(ms / (60 * MINUTE))} h`;
  return `${Math.floor(ms / (24 * 60 * MINUTE))} d`;
}
