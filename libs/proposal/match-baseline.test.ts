import { expect, test } from 'vitest';
import type { FieldSpec, FieldType } from '#libs/profiles/field.ts';
import { matchBaseline } from './match-baseline.ts';
import { proposeStream } from './propose-stream.ts';

const NOW = Date.UTC(2026, 10, 22);
const EVENTS = Array.from({ length: 100 }, (_, i) => ({
  row: {
    ts: NOW + i,
    amount: i * 1.5,
    country: ['de', 'fr'][i % 2],
    level: String(i % 3),
    store_id: i % 4,
    active: i % 2 === 0,
    features: { age: i % 50 },
  },
  timestamp: NOW + 1000,
  key: null,
}));

function column(path: string, type: FieldType): FieldSpec {
  return { name: path.slice(2), path, type, role: 'feature' };
}

function match(columns: readonly FieldSpec[]) {
  const { fields, leftOut } = matchBaseline(proposeStream(EVENTS).fields, columns);
  return {
    kept: Object.fromEntries(
      fields.map(({ path, type, coerce = false }) => [path, { type, coerce }]),
    ),
    reasons: Object.fromEntries(leftOut.map(({ path, reason }) => [path, reason])),
  };
}

test('what both have is watched, so that both read it alike', () => {
  const { kept } = match([
    column('$.amount', 'numeric'),
    column('$.country', 'id'),
    column('$.level', 'numeric'),
    column('$.store_id', 'numeric'),
    column('$.active', 'boolean'),
  ]);
  expect(kept).toEqual({
    '$.amount': { type: 'numeric', coerce: false },
    '$.country': { type: 'categorical', coerce: false },
    '$.level': { type: 'categorical', coerce: true },
    '$.store_id': { type: 'categorical', coerce: true },
    '$.active': { type: 'boolean', coerce: false },
  });
});

test('what the baseline lacks or has as something else is left out with the reason', () => {
  const { kept, reasons } = match([
    column('$.amount', 'categorical'),
    column('$.country', 'numeric'),
    column('$.Age', 'numeric'),
    column('$.only_here', 'numeric'),
  ]);
  expect(kept).toEqual({});
  expect(reasons).toEqual({
    '$.amount': 'a numeric field in the events, a categorical field in the baseline',
    '$.country': 'a categorical field in the events, a numeric field in the baseline',
    '$.level': 'the baseline lacks it',
    '$.store_id': 'the baseline lacks it',
    '$.active': 'the baseline lacks it',
    '$.features.age': 'the baseline lacks it, but has a column Age: both need the same path',
  });
});
