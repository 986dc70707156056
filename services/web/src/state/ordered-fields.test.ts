import { expect, test } from 'vitest';
import type { FieldState } from '../api/types.ts';
import { orderedFields } from './ordered-fields.ts';

function field(name: string | null): FieldState {
  return {
    field: name,
    segment: null,
    verdict: 'ok',
    reason: '',
    window: { start: 0, end: 1 },
  };
}

test('a short list is by name with the volume last', () => {
  const rows = orderedFields([field('z'), field(null), field('a')]);
  expect(rows.map((row) => row.field)).toEqual(['a', 'z', null]);
});

test('a long list keeps the worst first', () => {
  const worstFirst = Array.from({ length: 40 }, (_, i) => field(`f${(i * 7) % 40}`));
  expect(orderedFields(worstFirst)).toEqual(worstFirst);
});
