import { expect, test } from 'vitest';
import type { FieldState } from '../api/types.ts';
import { fieldGroups, verdictCounts } from './field-groups.ts';

function row(
  field: string | null,
  segment: string | null,
  verdict: FieldState['verdict'] = 'ok',
): FieldState {
  return { field, segment, verdict, reason: '', window: { start: 0, end: 1 } };
}

test('segments stand below their field, the worst first, the volume last', () => {
  const groups = fieldGroups([
    row('b', 'country=FR', 'critical'),
    row('b', null, 'warning'),
    row('a', 'country=DE'),
    row('a', null),
    row('b', 'country=DE'),
    row(null, null),
  ]);
  expect(
    groups.map(({ whole, segments }) => [whole.field, segments.map(({ segment }) => segment)]),
  ).toEqual([
    ['a', ['country=DE']],
    ['b', ['country=FR', 'country=DE']],
    [null, []],
  ]);
});

test('verdicts are counted in their order', () => {
  const rows = [row('a', 'x', 'critical'), row('a', 'y'), row('a', 'z')];
  expect(verdictCounts(rows)).toEqual([
    { verdict: 'critical', count: 1 },
    { verdict: 'ok', count: 2 },
  ]);
  expect(verdictCounts([])).toEqual([]);
});
