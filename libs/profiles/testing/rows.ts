import fc from 'fast-check';
import { CategoryTable, trimUnseen } from '../category-table.ts';
import type { FieldCounts, Profile } from '../counts.ts';
import type { FieldSpec } from '../field.ts';
import type { CellLayout, FieldLayout } from '../layout.ts';
import { NumericGrid } from '../numeric-grid.ts';
import { createProfile } from '../profile.ts';
import { parseTimestamp } from '../timestamp.ts';
import { compileCategoryReader, compileNumericReader, compilePresenceReader } from '../value.ts';
import { unitsOf } from './exact.ts';

/** An event as it comes out of JSON. */
export interface Row {
  readonly t: string;
  readonly x?: unknown;
  readonly c?: unknown;
  readonly flag?: unknown;
  readonly id?: unknown;
}

/** Events of a few days around 1970, with every kind of right, wrong and missing values. */
export const rowArbitrary: fc.Arbitrary<Row> = fc.record(
  {
    t: fc
      .integer({ min: -48 * 3_600_000, max: 48 * 3_600_000 })
      .map((time) => new Date(time).toISOString()),
    x: fc.oneof(
      fc.constantFrom(
        -2,
        -1.5,
        0,
        -0,
        1,
        1e10,
        'x',
        null,
        true,
        1.7e308,
        -1.7e308,
        Infinity,
        -Infinity,
      ),
      fc.double({ noDefaultInfinity: true, noNaN: true }),
      fc.double({ min: -3, max: 3, noNaN: true }),
    ),
    c: fc.constantFrom('a', 'b', 'é', 'rare', 'new', '\ud800', '\ufeffa', 'x'.repeat(300), 7, null),
    flag: fc.constantFrom(true, false, 'true', null),
    id: fc.constantFrom('1', 2, {}, null),
  },
  { requiredKeys: ['t'] },
);

export function timesOf(rows: readonly Row[]): Float64Array {
  return Float64Array.from(rows, ({ t }) => parseTimestamp(t));
}

/** Counts rows one by one into dense counts, without columns or blocks. */
export function countRows(layout: CellLayout, rows: readonly Row[]): Profile {
  const profile = createProfile(layout);
  profile.events = rows.length;
  for (const [i, field] of layout.fields.entries()) {
    const counts = profile.fields[i]!;
    const count = counterOf(field, counts);
    const key = field.spec.path.slice(2) as keyof Row;
    for (const row of rows) count(row[key]);
    if (counts.kind === 'categorical') trimUnseen(counts);
  }
  if (layout.segments === undefined || profile.segments === undefined) return profile;
  const { by, values } = layout.segments;
  const names = [...values.map((own) => own.join('|')), 'other'];
  const byName = Map.groupBy(rows, (row) => {
    const name = by.map((spec) => textOf(spec, row)).join('|');
    return names.includes(name) ? name : 'other';
  });
  for (const [name, own] of byName) {
    profile.segments.profiles[names.indexOf(name)] = countRows(layout.segments, own);
  }
  return profile;
}

/** The value of a field of `by`, in the plainest way. */
function textOf({ path, type, derive }: FieldSpec, row: Row): string {
  const value = row[path.slice(2) as keyof Row];
  if (derive === 'hour_of_day') return String(new Date(String(value)).getUTCHours());
  const isRight = typeof value === { categorical: 'string', boolean: 'boolean' }[String(type)];
  const isNumber = type === 'numeric' && typeof value === 'number' && Number.isFinite(value);
  return isRight || isNumber ? String(value) : '(none)';
}

function counterOf(layout: FieldLayout, counts: FieldCounts): (source: unknown) => void {
  if (layout.kind === 'numeric' && counts.kind === 'numeric') {
    const read = compileNumericReader(layout.spec);
    const grid = new NumericGrid(layout);
    return (source) => {
      const value = read(source);
      if (Number.isFinite(value)) grid.add(counts, value);
      else if (Number.isNaN(value)) counts.missing++;
      else counts[value > 0 ? 'infinite' : 'wrongType']++;
    };
  }
  if (layout.kind === 'categorical' && counts.kind === 'categorical') {
    const read = compileCategoryReader(layout.spec);
    const table = new CategoryTable(layout);
    return (source) => {
      const category = read(source);
      if (category === undefined) counts.missing++;
      else if (category === null) counts.wrongType++;
      else table.addTimes(counts, category, 1);
    };
  }
  if (counts.kind !== 'rates') throw new Error('counts and layout must be of the same kind');
  const read = compilePresenceReader(layout.spec);
  return (source) => {
    const outcome = read(source);
    counts[outcome === 'wrong_type' ? 'wrongType' : outcome]++;
  };
}

/** Everything that a profile holds, sums included, in a form that compares. */
export function plain(profile: Profile): unknown {
  return {
    events: profile.events,
    fields: profile.fields.map((counts) =>
      counts.kind === 'numeric'
        ? {
            ...counts,
            below: unitsOf(counts.below),
            above: unitsOf(counts.above),
            squares: unitsOf(counts.squares),
          }
        : counts,
    ),
    ...(profile.segments === undefined
      ? {}
      : { segments: profile.segments.profiles.map((each) => (each?.events ? plain(each) : null)) }),
  };
}
