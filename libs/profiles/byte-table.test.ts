import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ByteTable } from './byte-table.ts';

const encoder = new TextEncoder();

test('finds what was added, wherever it stands, and nothing else', () => {
  const key = fc.oneof(fc.string({ maxLength: 9 }), fc.nat(5000).map(String));
  fc.assert(
    fc.property(fc.uniqueArray(key, { maxLength: 300 }), key, (keys, other) => {
      const table = new ByteTable();
      for (const [i, added] of keys.entries()) expect(table.add(encoder.encode(added))).toBe(i);
      expect(table.size).toBe(keys.length);
      for (const wanted of [...keys, other, `${other}x`]) {
        const bytes = encoder.encode(`ab${wanted}c`);
        expect(table.find(bytes, 2, bytes.length - 1)).toBe(keys.indexOf(wanted));
      }
    }),
    { seed: 131, numRuns: 200 },
  );
});

test('keeps its own copy of a key', () => {
  const table = new ByteTable();
  const key = encoder.encode('abc');
  table.add(key);
  key[0] = 0;
  expect(table.find(encoder.encode('abc'), 0, 3)).toBe(0);
});
