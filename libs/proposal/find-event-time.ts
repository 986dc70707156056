import { compilePath } from '#libs/profiles/json-path.ts';
import { parseTimestamp } from '#libs/profiles/timestamp.ts';
import type { PathSurvey } from './path-survey.ts';
import type { EventSurvey } from './survey-events.ts';
import { wordsOf } from './words.ts';

/** An event as it was sampled: where and when it stood in the log. */
export interface SampledEvent {
  readonly row: object;
  /** Log timestamp, milliseconds since 1970. */
  readonly timestamp: number;
}

/** A path that may hold the event time. */
export interface TimeCandidate {
  readonly path: string;
  /** `ISO 8601 text`, `milliseconds since 1970`, … */
  readonly shape: string;
  /** Share of the events whose time there is usable: a time, of this age, not of the future. */
  readonly usable: number;
  /** Good enough to be taken without asking. */
  readonly certain: boolean;
}

/** Sure enough, where the others are counted as events without a time. */
const USABLE = 0.9;
/** A number of a few hundred millions may be anything; streams of data began later than this. */
const EARLIEST = Date.UTC(1990, 0, 1);
const LATEST = Date.UTC(2100, 0, 1);
/** As `max_ahead` of a stream is by default. */
const AHEAD_MS = 10 * 60_000;
const DAY = 86_400_000;
/** Values looked at per path: more do not change a share that matters. */
const MOST_VALUES = 1000;

const EVENT = new Set(['event', 'occurred', 'happened']);
const MOMENT = new Set(['time', 'ts', 'timestamp', 'datetime', 'at', 'date', 'epoch', 'utc', 'on']);
const UNIT = new Set([
  's',
  'ms',
  'us',
  'ns',
  'sec',
  'seconds',
  'millis',
  'micros',
  'nanos',
  'unix',
]);
/** Written by what handles events, or an end of what took a while. */
const HANDLED = new Set([
  ...['ingested', 'ingestion', 'ingest', 'processed', 'processing', 'process', 'received'],
  ...['updated', 'modified', 'stored', 'loaded', 'inserted', 'published', 'sent', 'logged'],
  ...['start', 'started', 'begin', 'end', 'ended', 'finished', 'completed', 'first', 'last'],
]);
/** A time of something else than the event. */
const OTHER = new Set([
  ...['birth', 'born', 'dob', 'birthday', 'expiry', 'expires', 'expired', 'expiration', 'exp'],
  ...['due', 'valid', 'until', 'deadline', 'next', 'previous', 'prev', 'signup', 'since', 'age'],
  ...['registered', 'scheduled', 'planned', 'expected', 'delivery'],
  ...['zone', 'timezone', 'duration', 'elapsed', 'latency', 'delay', 'hired', 'joined'],
]);
/** Whole names that are written in one word. */
const ONE_WORD: Readonly<Record<string, number>> = {
  eventtime: 0,
  eventtimestamp: 0,
  eventdate: 0,
  createdat: 2,
  updatedat: 3,
  unixtime: 1,
};

const UNNAMED = 4;
const FOREIGN = 6;

/**
 * Paths that may hold the event time, the likeliest first. By name (`event_time` before `ts` before
 * `created_at` before `processed_at`), then by how near to the root it lies, by the share of events
 * with a usable time, and by how close the times are to those of the log.
 */
export function findEventTime(
  survey: EventSurvey,
  events: readonly SampledEvent[],
): readonly TimeCandidate[] {
  const step = Math.max(1, Math.floor(events.length / MOST_VALUES));
  const looked = events.filter((_, i) => i % step === 0);
  return survey.paths
    .filter(({ seen }) => seen.numbers > 0 || seen.texts > 0)
    .map((path) => ({ path, ...measure(path.path, looked) }))
    .filter(({ usable }) => usable >= 0.5)
    .map(({ path, usable, distance }) => ({ path, usable, distance, rank: rankOf(path) }))
    .sort(
      (a, b) =>
        Number(b.usable >= USABLE) - Number(a.usable >= USABLE) ||
        a.rank - b.rank ||
        a.path.keys.length - b.path.keys.length ||
        b.usable - a.usable ||
        a.distance - b.distance,
    )
    .map(({ path, usable, distance, rank }) => ({
      path: path.path,
      shape: shapeOf(path),
      usable,
      certain: usable >= USABLE && (rank < UNNAMED || (rank === UNNAMED && distance < DAY)),
    }));
}

/** What is known of one path that was named as the event time. */
export function measureEventTime(
  path: string,
  { survey, events }: { readonly survey: EventSurvey; readonly events: readonly SampledEvent[] },
): TimeCandidate {
  const surveyed = survey.paths.find((one) => one.path === path);
  return {
    path,
    shape: surveyed === undefined ? 'as named' : shapeOf(surveyed),
    usable: measure(path, events).usable,
    certain: true,
  };
}

/** Whether a path's values are times, by its name and its values; such a field has no distribution. */
export function looksLikeTime({ keys, seen, range }: PathSurvey): boolean {
  if (seen.timeTexts && seen.texts > seen.numbers) return true;
  const words = wordsOf(keys.at(-1) ?? '');
  if (range === null || !words.some((word) => MOMENT.has(word) || word === 'unix')) return false;
  const [first, last] = [parseTimestamp(range.min), parseTimestamp(range.max)];
  return first >= EARLIEST && last < LATEST;
}

function measure(
  path: string,
  events: readonly SampledEvent[],
): { readonly usable: number; readonly distance: number } {
  const read = compilePath(path);
  const distances: number[] = [];
  for (const { row, timestamp } of events) {
    const time = parseTimestamp(read(row));
    if (time >= EARLIEST && time <= timestamp + AHEAD_MS) distances.push(timestamp - time);
  }
  distances.sort((a, b) => a - b);
  return {
    usable: distances.length / Math.max(1, events.length),
    distance: Math.abs(distances[distances.length >> 1] ?? Number.POSITIVE_INFINITY),
  };
}

/** How well the name fits, 0 best; from `UNNAMED` on it says nothing of time, or of another one. */
function rankOf({ keys, seen }: PathSurvey): number {
  const leaf = wordsOf(keys.at(-1) ?? '');
  const whole = leaf.join('');
  const oneWord = Object.hasOwn(ONE_WORD, whole) ? ONE_WORD[whole] : undefined;
  if (oneWord !== undefined) return oneWord;
  if (leaf.some((word) => OTHER.has(word))) return FOREIGN;
  const moment = leaf.some((word) => MOMENT.has(word) || word === 'unix');
  if (moment && leaf.some((word) => EVENT.has(word))) return 0;
  if (moment && leaf.every((word) => MOMENT.has(word) || UNIT.has(word))) {
    // `event.time`
    return wordsOf(keys.at(-2) ?? '').some((word) => EVENT.has(word)) ? 0 : 1;
  }
  if (leaf.some((word) => HANDLED.has(word))) return 3;
  if (moment || leaf.includes('created')) return 2;
  return seen.timeTexts ? UNNAMED : UNNAMED + 1;
}

function shapeOf({ seen, range }: PathSurvey): string {
  if (seen.texts >= seen.numbers) return 'ISO 8601 text';
  const size = Math.abs(range?.max ?? 0);
  const unit =
    size < 1e11
      ? 'seconds'
      : size < 1e14
        ? 'milliseconds'
        : size < 1e17
          ? 'microseconds'
          : 'nanoseconds';
  return `${unit} since 1970`;
}
