import { closest } from 'fastest-levenshtein';
import { PlumblineError } from '#libs/errors/plumbline-error.ts';
import type { FieldSpec } from '#libs/profiles/field.ts';
import type { SegmentRequest } from './baseline.ts';
import { MAX_CATEGORIES } from './field-accumulator.ts';
import type { Table } from './readers/table.ts';
import { compileSegmentKey } from './segment-key.ts';
import type { SourceClock } from './source-clock.ts';

/** The segments of one request, found in the rows. */
export interface ChosenSegments {
  readonly request: SegmentRequest;
  readonly by: readonly FieldSpec[];
  /** Values of each segment, the most frequent first. */
  readonly values: readonly (readonly string[])[];
  /** Combinations of values that the rows have. */
  readonly distinct: number;
  /** Rows of the segments. */
  readonly rows: number;
}

/** Rows that count: all of them, or those whose event time lies in [from, to). */
export interface RowRange {
  readonly clock: SourceClock | null;
  readonly from: number;
  readonly to: number;
}

/**
 * Reads the table once for the values by which segments are made, and keeps the most frequent ones:
 * at most `most`, each with at least `minRows` rows; among equals the first by name.
 *
 * @throws PLB_BASELINE_FIELD for a field that is not there, PLB_CONFIG_INVALID for one that cannot
 * make segments or has too many values to be counted.
 */
export async function chooseSegments(
  source: Table,
  options: {
    readonly requests: readonly SegmentRequest[];
    readonly fields: readonly FieldSpec[];
    readonly range: RowRange;
  },
): Promise<ChosenSegments[]> {
  const { requests, fields, range } = options;
  const counted = requests.map((request) => {
    const by = request.by.map((name) => requireField(name, fields));
    const found = new Map<string, { readonly values: readonly string[]; rows: number }>();
    return { request, by, key: compileSegmentKey(by, source.textual), found };
  });
  if (counted.length === 0) return [];
  const { clock, from, to } = range;
  const columns = new Set(counted.flatMap(({ key }) => key.columns));
  if (clock !== null) columns.add(clock.column);
  for await (const batch of source.batches({ columns: [...columns] })) {
    const times = clock === null ? null : batch.column(clock.column);
    const readers = counted.map(({ key, found }) => ({ read: key.reader(batch), found }));
    for (let row = 0; row < batch.rows; row++) {
      if (clock !== null) {
        const time = times === undefined || times === null ? Number.NaN : clock.read(times[row]);
        if (!(time >= from && time < to)) continue;
      }
      for (const { read, found } of readers) {
        const seen = read(row);
        if (seen === undefined) continue;
        const known = found.get(seen.key);
        if (known !== undefined) known.rows += 1;
        else if (found.size < MAX_CATEGORIES) {
          found.set(seen.key, { values: seen.values, rows: 1 });
        } else throw tooMany(counted.find((each) => each.found === found)!.request);
      }
    }
  }
  return counted.map(({ request, by, found }) => {
    const kept = [...found.values()]
      .filter(({ rows }) => rows >= request.minRows)
      .sort((a, b) => b.rows - a.rows || compare(a.values, b.values))
      .slice(0, request.most);
    return {
      ...{ request, by, distinct: found.size },
      values: kept.map(({ values }) => values),
      rows: kept.reduce((sum, { rows }) => sum + rows, 0),
    };
  });
}

function compare(a: readonly string[], b: readonly string[]): number {
  for (const [i, value] of a.entries()) {
    if (value !== b[i]) return value < b[i]! ? -1 : 1;
  }
  return 0;
}

function requireField(name: string, fields: readonly FieldSpec[]): FieldSpec {
  const names = fields.map((spec) => spec.name);
  const field = fields.find((spec) => spec.name === name);
  if (field === undefined) {
    throw new PlumblineError(
      'PLB_BASELINE_FIELD',
      `Cannot make segments by ${JSON.stringify(name)}: the baseline has no such field`,
      {
        path: 'segments.by',
        fix: `the nearest name is ${JSON.stringify(closest(name, names))}; it has ${names.slice(0, 20).join(', ')}`,
      },
    );
  }
  if (field.type !== 'id' && field.type !== 'timestamp') return field;
  throw new PlumblineError(
    'PLB_CONFIG_INVALID',
    `Cannot make segments by ${JSON.stringify(name)}: it must have few values, got type ${field.type}`,
    {
      path: 'segments.by',
      fix: 'name a field with few values; if these are categories, set type: categorical',
    },
  );
}

function tooMany({ by }: SegmentRequest): PlumblineError {
  return new PlumblineError(
    'PLB_CONFIG_INVALID',
    `Cannot make segments by ${by.join(' and ')}: the rows have more than ${MAX_CATEGORIES} of their values`,
    { path: 'segments.by', fix: 'name a field with fewer values' },
  );
}
