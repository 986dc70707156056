import { createHash } from 'node:crypto';
import { defineProfile, type ProfileDefinition } from '../definition.ts';
import type { FieldSpec } from '../field.ts';
import type { CategoricalLayout, FieldLayout, NumericLayout, ProfileLayout } from '../layout.ts';

/** A specification with the usual role and path. */
export function spec(
  name: string,
  type: FieldSpec['type'],
  rest: Partial<FieldSpec> = {},
): FieldSpec {
  return { name, path: `$.${name}`, type, role: 'feature', ...rest };
}

export function numericLayout(
  knots: readonly number[],
  field: FieldSpec = spec('x', 'numeric'),
): NumericLayout {
  const sorted = Float64Array.from(knots);
  return { kind: 'numeric', spec: field, knots: sorted, center: sorted[sorted.length >> 1]! };
}

export function categoricalLayout(
  categories: readonly string[],
  folded: readonly string[] = [],
): CategoricalLayout {
  return { kind: 'categorical', spec: spec('c', 'categorical'), categories, folded };
}

export function layoutOf(fields: readonly FieldLayout[]): ProfileLayout {
  return { baselineHash: hash('baseline'), gridHash: hash(JSON.stringify(fields)), fields };
}

function hash(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

/** One field of every kind: the values of `testing/rows.ts` reach all their counts. */
export const EVERY_KIND = layoutOf([
  numericLayout([-2, -1.5, 0, 1, 1e10]),
  numericLayout([-1e308, 0, 1e308], spec('wide', 'numeric', { path: '$.x' })),
  numericLayout(
    [0, 6, 12, 18, 23],
    spec('hour', 'circular', { path: '$.t', derive: 'hour_of_day', period: 24 }),
  ),
  categoricalLayout(['a', 'b', 'é'], ['rare']),
  { kind: 'categorical', spec: spec('flag', 'boolean'), categories: ['false', 'true'], folded: [] },
  { kind: 'rates', spec: spec('id', 'id') },
  { kind: 'rates', spec: spec('t', 'timestamp') },
]);

/** The fields of `EVERY_KIND` but the categories, by which its events are divided here. */
export const SEGMENTED: ProfileLayout = segmentedBy(
  [spec('c', 'categorical')],
  [['b'], ['a'], ['é'], ['rare']],
);

/** Two fields, of which one is made from the event time and one from numbers. */
export const SEGMENTED_BY_TWO: ProfileLayout = segmentedBy(
  [
    spec('hour', 'circular', { path: '$.t', derive: 'hour_of_day', period: 24 }),
    spec('x', 'numeric'),
  ],
  [
    ['0', '-2'],
    ['12', '0'],
    ['1', '0'],
  ],
);

function segmentedBy(by: readonly FieldSpec[], values: string[][]): ProfileLayout {
  const fields = EVERY_KIND.fields
    .filter(({ spec }) => by.every(({ name }) => name !== spec.name))
    .map((field) =>
      field.kind === 'numeric'
        ? { ...field, knots: field.knots.filter((_, i) => i % 2 === 0) }
        : field,
    );
  const segments = { by, values, fields };
  return {
    ...EVERY_KIND,
    gridHash: hash(JSON.stringify([EVERY_KIND.gridHash, segments])),
    segments,
  };
}

export function definitionOf(
  layout: ProfileLayout,
  rest: Partial<Pick<ProfileDefinition, 'paneMs' | 'blockSize'>> = {},
): ProfileDefinition {
  return defineProfile({
    reading: {
      namespace: 'default',
      stream: 'flights',
      topics: ['flights'],
      codec: 'json',
      time: '$.t',
      maxEventBytes: 1_000_000,
      maxAheadMs: 600_000,
    },
    layout,
    paneMs: 3_600_000,
    blockSize: 64,
    modelVersion: null,
    ...rest,
  });
}
