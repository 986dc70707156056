import { PlumblineError } from '#libs/errors/plumbline-error.ts';

/** Units from the largest; a duration names each at most once, in this order. */
const UNITS = [
  ['w', 604_800_000],
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['m', 60_000],
  ['s', 1000],
  ['ms', 1],
] as const;

/** Regular expression of a duration, for JSON Schema. */
export const DURATION_PATTERN = `^(?=[0-9])${UNITS.map(([unit]) => `([0-9]+${unit})?`).join('')}$`;

/** Completes "must be …". */
export const DURATION_FORMS = 'a duration such as 500ms, 90s, 5m, 1h, 1h30m or 7d';

/** A century: far beyond use, and far below where milliseconds stop being exact. */
const LONGEST = 36_525 * 86_400_000;

const SHAPE = new RegExp(DURATION_PATTERN);

/**
 * Milliseconds of a duration such as `500ms`, `90s`, `1h30m` or `7d`. A day is 24 hours, a week
 * 7 days; units come from the largest to the smallest.
 *
 * @throws PLB_CONFIG_INVALID for anything else, and for more than a century.
 */
export function parseDuration(text: string): number {
  const match = SHAPE.exec(text);
  if (match === null) {
    const bare = /^[0-9]+$/.test(text);
    throw new PlumblineError(
      'PLB_CONFIG_INVALID',
      `Cannot read the duration: it must be ${DURATION_FORMS}, got ${JSON.stringify(text)}`,
      bare ? { fix: `add a unit, for example ${text}s` } : {},
    );
  }
  let total = 0;
  for (const [index, [, length]] of UNITS.entries()) {
    total += Number.parseInt(match[index + 1] ?? '0', 10) * length;
  }
  if (total > LONGEST) {
    throw new PlumblineError(
      'PLB_CONFIG_INVALID',
      `Cannot read the duration: it must be at most ${formatDuration(LONGEST)}, got ${text}`,
    );
  }
  return total;
}

/** The shortest exact spelling that `parseDuration` reads back; weeks are written as days. */
export function formatDuration(milliseconds: number): string {
  let rest = Math.round(milliseconds);
  let text = '';
  for (const [unit, length] of UNITS) {
    if (unit === 'w') continue;
    const count = Math.floor(rest / length);
    if (count > 0) text += `${count}${unit}`;
    rest -= count * length;
  }
  return text === '' ? '0s' : text;
}
