import { expect, test } from 'vitest';
import { canonicalJson } from './canonical-json.ts';

test('sorts the keys of every object and keeps the order of arrays', () => {
  expect(canonicalJson({ b: [{ z: 1, y: undefined, a: null }, 2], a: 'x' })).toBe(
    '{"a":"x","b":[{"a":null,"z":1},2]}',
  );
  expect(canonicalJson({ é: 1, z: 2, __proto__x: 3 })).toBe('{"__proto__x":3,"z":2,"é":1}');
  expect(canonicalJson(undefined)).toBe('null');
});
