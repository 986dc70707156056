import type { TimeRange } from '#libs/detectors/evaluation.ts';

const MONTHS = 'Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec'.split(' ');
const DAYS = 'Sun Mon Tue Wed Thu Fri Sat'.split(' ');

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

function two(value: number): string {
  return String(value).padStart(2, '0');
}

/** The date of an instant in UTC, such as `14 Mar 2001`. */
export function formatDate(ms: number): string {
  const date = new Date(ms);
  return `${date.getUTCDate()} ${MONTHS[date.getUTCMonth()]} ${date.getUTCFullYear()}`;
}

/** The time of day in UTC; seconds and milliseconds only where they are not zero. */
export function formatTime(ms: number): string {
  const date = new Date(ms);
  const rest = ms % MINUTE === 0 ? '' : `:${two(date.getUTCSeconds())}`;
  const fraction =
    ms % SECOND === 0 ? '' : `.${String(date.getUTCMilliseconds()).padStart(3, '0')}`;
  return `${two(date.getUTCHours())}:${two(date.getUTCMinutes())}${rest}${fraction}`;
}

/** Date and time of an instant, in UTC and saying so. */
export function formatInstant(ms: number): string {
  return `${formatDate(ms)}, ${formatTime(ms)} UTC`;
}

/** A window in the fewest words: one date for a whole UTC day, else from and to. */
export function formatWindow(window: TimeRange): string {
  const { start, end } = window;
  const wholeDays = start % DAY === 0 && end % DAY === 0;
  if (wholeDays && end - start === DAY) {
    return `${DAYS[new Date(start).getUTCDay()]} ${formatDate(start)}`;
  }
  if (wholeDays) return `${formatDate(start)} – ${formatDate(end - 1)}`;
  const sameDay = Math.floor(start / DAY) === Math.floor((end - 1) / DAY);
  const until = sameDay ? formatTime(end) : `${formatDate(end)}, ${formatTime(end)}`;
  return `${formatDate(start)}, ${formatTime(start)} – ${until}`;
}

const UNITS: readonly (readonly [size: number, name: string])[] = [
  [DAY, 'day'],
  [HOUR, 'hour'],
  [MINUTE, 'minute'],
  [SECOND, 'second'],
];

/** A duration in its largest whole unit: `1 day`, `90 minutes`. */
export function formatDuration(ms: number): string {
  for (const [size, name] of UNITS) {
    if (ms >= size && ms % size === 0) {
      const count = ms / size;
      return `${count} ${name}${count === 1 ? '' : 's'}`;
    }
  }
  return `${ms} ms`;
}

/** ISO 8601 in UTC without zero seconds, short enough to share in a link. */
export function isoMinute(ms: number): string {
  return new Date(ms).toISOString().replace(/(?::00)?\.000Z$/, 'Z');
}
