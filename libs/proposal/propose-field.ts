import type { FieldRole, FieldType } from '#libs/profiles/field.ts';
import { isShare, roleOf } from './field-role.ts';
import { looksLikeTime } from './find-event-time.ts';
import type { PathSurvey } from './path-survey.ts';
import { wordsOf } from './words.ts';

/** A path that a monitor should watch. */
export interface ProposedField {
  readonly kind: 'field';
  readonly survey: PathSurvey;
  readonly name: string;
  readonly path: string;
  readonly type: FieldType;
  readonly role: FieldRole;
  readonly coerce?: boolean;
  readonly range?: { readonly min: number; readonly max: number };
  /** Share of the events without a value. */
  readonly missing: number;
  /** What a person should know or decide about it. */
  readonly notes: readonly string[];
}

/** A path that is left alone, and why. */
export interface LeftOutPath {
  readonly kind: 'left_out';
  readonly path: string;
  readonly reason: string;
  /** How it could be watched all the same, as a line of a monitor's `fields` or `derive`. */
  readonly hint?: string;
}

/** Beyond this share of missing values there is nothing to compare. */
const MOST_MISSING = 0.95;
/** Fewer values of another type are taken for mistakes. */
const MAIN_TYPE = 0.95;
/** As many categories as a stream keeps apart. */
const MOST_CATEGORIES = 1000;
/** With more, and this share of the values distinct, it is a name rather than a category. */
const MANY_CATEGORIES = 100;
const NAMING_SHARE = 0.2;
/** Fewer values show nothing about how often they repeat. */
const FEWEST_TO_TELL = 10;
const FEW_INTEGERS = 10;
const FREE_TEXT_WORDY = 0.3;
const NAMES = new Set(['id', 'uuid', 'guid', 'ulid', 'key', 'hash', 'token', 'identifier']);
const CODES = new Set(['code', 'zip', 'zipcode', 'postcode', 'plz', 'sku', 'isbn', 'type']);
const COUNTERS = new Set(['seq', 'sequence', 'offset', 'serial', 'counter', 'index']);

/** Circles by the last word of a name: where the values lie, and how long the circle is. */
const CIRCLES: readonly {
  readonly words: ReadonlySet<string>;
  readonly max: number;
  readonly period: number;
}[] = [
  { words: new Set(['hour', 'hours', 'hod']), max: 24, period: 24 },
  { words: new Set(['minute']), max: 60, period: 60 },
  { words: new Set(['weekday', 'dow', 'dayofweek']), max: 7, period: 7 },
  { words: new Set(['month']), max: 12, period: 12 },
  { words: new Set(['doy', 'dayofyear']), max: 366, period: 365.25 },
  {
    words: new Set(['angle', 'bearing', 'heading', 'azimuth', 'direction', 'longitude', 'lon']),
    ...{ max: 360, period: 360 },
  },
];

/** Whether and how a path should be watched. */
export function proposeField(survey: PathSurvey, events: number): ProposedField | LeftOutPath {
  const { path, keys, seen } = survey;
  const leave = (reason: string, hint?: string): LeftOutPath => ({
    ...{ kind: 'left_out', path, reason },
    ...(hint === undefined ? {} : { hint }),
  });
  if (survey.name === '*' || keys.some(isUseless)) return leave('its name is of no use');
  const missing = (events - seen.present) / events;
  if (seen.present === 0) return leave('no event has a value');
  if (seen.others > (1 - MAIN_TYPE) * seen.present) {
    return leave('lists, or objects in objects');
  }
  if (missing > MOST_MISSING) return leave(`${percent(missing)} of the events lack it`);
  const decided = decide(survey);
  if ('reason' in decided) return leave(decided.reason, decided.hint);
  const role = roleOf(survey);
  const { type, notes } = asRole(decided, { role, survey });
  return {
    ...{ kind: 'field', survey, name: survey.name, path, type, role, missing },
    ...(decided.coerce === true ? { coerce: true } : {}),
    ...(role === 'score' && isShare(survey) ? { range: { min: 0, max: 1 } } : {}),
    notes: [...notes, ...mistakes(survey, decided), ...(seen.distinct === 1 ? [constant] : [])],
  };
}

/** Names that mean something else, or that no file can hold. */
function isUseless(key: string): boolean {
  return key === '' || key === '__proto__' || !key.isWellFormed();
}

const constant = 'always the same so far: any other value is drift';

interface Decided {
  readonly type: FieldType;
  readonly coerce?: boolean;
  readonly notes: readonly string[];
}

interface Refused {
  readonly reason: string;
  readonly hint?: string;
}

function decide(survey: PathSurvey): Decided | Refused {
  const { seen, path, name } = survey;
  const main = Math.max(seen.numbers, seen.texts, seen.booleans);
  if (looksLikeTime(survey)) {
    return {
      reason: 'a time',
      hint: derivation({ name: `${fieldWord(name)}_hour`, rule: 'hour_of_day', path }),
    };
  }
  if (main < MAIN_TYPE * seen.present) {
    const quoted = seen.numericTexts && !seen.leadingZeros;
    if (quoted && seen.numbers + seen.texts >= MAIN_TYPE * seen.present) {
      return { type: 'numeric', coerce: true, notes: ['some of the numbers are in quotes'] };
    }
    return { reason: `mixed types: ${kinds(survey)}` };
  }
  if (main === seen.booleans) return { type: 'boolean', notes: [] };
  return main === seen.numbers ? decideNumbers(survey) : decideTexts(survey);
}

function decideNumbers(survey: PathSurvey): Decided | Refused {
  const { seen, keys, range } = survey;
  const words = wordsOf(keys.at(-1) ?? '');
  if (seen.integers) {
    const counter = isCounter(survey) || words.some((word) => COUNTERS.has(word));
    if (counter && seen.distinct > MANY_CATEGORIES) {
      return { reason: 'a counter: its values never come back' };
    }
    if (words.some((word) => NAMES.has(word) || CODES.has(word))) {
      if (repeats(survey)) {
        const note = `whole numbers that name things, ${seen.distinct} of them`;
        return { type: 'categorical', notes: [note] };
      }
      return { reason: `numbers that name things, ${distinctOf(survey)}` };
    }
  }
  const circle = CIRCLES.find(
    ({ words: names, max }) =>
      (names.has(words.at(-1) ?? '') || names.has(words.join(''))) &&
      range !== null &&
      range.max <= max &&
      range.min >= (max === 360 ? -180 : 0),
  );
  const notes: string[] = [];
  if (circle !== undefined) {
    notes.push(`on a circle? then { type: circular, period: ${circle.period} }`);
  } else if (seen.integers && seen.distinct > 1 && seen.distinct <= FEW_INTEGERS) {
    notes.push(`${seen.distinct} whole numbers only; codes? then { type: categorical }`);
  }
  return { type: 'numeric', notes };
}

function decideTexts(survey: PathSurvey): Decided | Refused {
  const { seen, keys, text, name, path } = survey;
  const words = wordsOf(keys.at(-1) ?? '');
  const naming = words.some((word) => NAMES.has(word) || CODES.has(word));
  if (seen.numericTexts && !seen.leadingZeros && !naming && seen.distinct > FEW_INTEGERS) {
    return { type: 'numeric', coerce: true, notes: ['numbers in quotes'] };
  }
  if (!repeats(survey)) {
    const written = text.wordy >= FREE_TEXT_WORDY;
    return {
      reason: `${written ? 'free text' : 'too many values'}, ${distinctOf(survey)}`,
      ...(written
        ? { hint: derivation({ name: `${fieldWord(name)}_length`, rule: 'length', path }) }
        : {}),
    };
  }
  return { type: 'categorical', notes: [] };
}

/** Codes for yes and no, or for classes, are categories where they are a model's. */
function asRole(
  decided: Decided,
  { role, survey }: { readonly role: FieldRole; readonly survey: PathSurvey },
): Decided {
  const { seen } = survey;
  const classes = seen.integers && seen.numbers > 0 && seen.distinct <= FEW_INTEGERS;
  if (decided.type !== 'numeric' || !classes) return decided;
  if (role !== 'label' && role !== 'prediction') return decided;
  return { type: 'categorical', notes: [`${seen.distinct} classes as whole numbers`] };
}

/** Whether values come back often enough to be categories. */
function repeats({ seen }: PathSurvey): boolean {
  if (seen.distinct > MOST_CATEGORIES) return false;
  const share = seen.distinct / seen.present;
  if (seen.present >= FEWEST_TO_TELL && share > 0.5) return false;
  return seen.distinct <= MANY_CATEGORIES || share <= NAMING_SHARE;
}

/** Whole numbers of which none comes twice and hardly one is left out. */
function isCounter({ seen, range }: PathSurvey): boolean {
  if (range === null || seen.distinct !== seen.numbers) return false;
  return seen.numbers > MANY_CATEGORIES && range.max - range.min < 3 * seen.numbers;
}

function mistakes({ seen }: PathSurvey, { coerce }: Decided): string[] {
  const main = Math.max(seen.numbers, seen.texts, seen.booleans);
  if (coerce === true || main === seen.present) return [];
  return [`${percent((seen.present - main) / seen.present)} of another type, counted as such`];
}

function kinds({ seen }: PathSurvey): string {
  return [
    { count: seen.numbers, kind: 'numbers' },
    { count: seen.texts, kind: 'texts' },
    { count: seen.booleans, kind: 'booleans' },
    { count: seen.others, kind: 'lists or objects' },
  ]
    .filter(({ count }) => count > 0)
    .sort((a, b) => b.count - a.count)
    .map(({ count, kind }) => `${percent(count / seen.present)} ${kind}`)
    .join(', ');
}

function distinctOf({ seen }: PathSurvey): string {
  const format = (count: number) => count.toLocaleString('en-US');
  return `${format(seen.distinct)} of ${format(seen.present)} distinct`;
}

function derivation(parts: {
  readonly name: string;
  readonly rule: string;
  readonly path: string;
}): string {
  const { name, rule, path } = parts;
  const spelt = /^[$.\w-]+$/.test(path) ? path : JSON.stringify(path);
  return `derive: { ${name}: { ${rule}: ${spelt} } }`;
}

/** A name that is one word in YAML and in a path. */
function fieldWord(name: string): string {
  return wordsOf(name).join('_') || 'field';
}

/** A share as a person reads it: never 0 or 100 % where it is not. */
export function percent(share: number): string {
  const value = share * 100;
  if (share <= 0) return '0 %';
  if (share >= 1) return '100 %';
  if (value < 0.1) return '< 0.1 %';
  if (value > 99.9) return '> 99.9 %';
  return `${value < 10 || value > 90 ? value.toFixed(1).replace(/\.0$/, '') : Math.round(value)} %`;
}
