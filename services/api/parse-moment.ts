import { PlumblineError } from '#libs/errors/plumbline-error.ts';

const DATE = /^(\d{4})-(\d{2})-(\d{2})$/;
const DATE_TIME =
  /^\d{4}-\d{2}-\d{2}[Tt ]\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?([Zz]|[+-]\d{2}:?\d{2})?$/;
const ZONE = /([Zz]|[+-]\d{2}:?\d{2})$/;

/**
 * A query parameter's ISO 8601 date or date-time in milliseconds since 1970; without an offset it
 * is UTC.
 *
 * @throws PLB_QUERY_INVALID
 */
export function parseMoment(name: string, text: string): number {
  const time = milliseconds(text);
  if (!Number.isNaN(time)) return time;
  throw new PlumblineError(
    'PLB_QUERY_INVALID',
    `Cannot read the query: ${name} must be an ISO 8601 date or date-time, got ${JSON.stringify(text)}.`,
    {
      path: name,
      fix: / \d{2}:?\d{2}$/.test(text)
        ? 'Write the + of an offset as %2B, or give the time in UTC with Z.'
        : 'Write it like 2001-01-31 or 2001-01-31T06:00:00Z.',
    },
  );
}

function milliseconds(text: string): number {
  if (!DATE.test(text) && !DATE_TIME.test(text)) return Number.NaN;
  // `Date` rolls 30 February over into March; a date that does not exist is a slip of the reader's.
  const day = text.slice(0, 10);
  const midnight = Date.parse(`${day}T00:00:00Z`);
  if (Number.isNaN(midnight) || new Date(midnight).toISOString().slice(0, 10) !== day) {
    return Number.NaN;
  }
  if (DATE.test(text)) return midnight;
  const iso = text.replace(/[t ]/, 'T').replace(/z$/, 'Z');
  return Date.parse(ZONE.test(text.slice(10)) ? iso : `${iso}Z`);
}
