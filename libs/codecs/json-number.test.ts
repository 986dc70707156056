import fc from 'fast-check';
import { expect, test } from 'vitest';
import { JsonNumber } from './json-number.ts';

const reader = new JsonNumber();

function read(text: string): { readonly end: number; readonly value: number } {
  const end = reader.read(Buffer.from(`${text},`), 0);
  return { end, value: reader.value };
}

test('numbers are the doubles that JSON.parse gives, to the last bit', () => {
  const digits = fc.tuple(
    fc.bigInt({ min: 0n, max: 10n ** 19n }),
    fc.nat(24),
    fc.integer({ min: -30, max: 30 }),
  );
  const text = fc.oneof(
    fc.double({ noNaN: true, noDefaultInfinity: true }).map(String),
    fc.double({ min: 0, max: 1, noNaN: true }).map((value) => value.toPrecision(17)),
    digits.map(([integer, point, exponent]) => {
      const padded = String(integer).padStart(point + 1, '0');
      const at = padded.length - point;
      const fraction = point === 0 ? '' : `.${padded.slice(at)}`;
      return `${padded.slice(0, at)}${fraction}${exponent === 0 ? '' : `e${exponent}`}`;
    }),
    // Exactly between two doubles, and beside that.
    fc
      .tuple(
        fc.bigInt({ min: 2n ** 52n, max: 2n ** 53n - 1n }),
        fc.constantFrom('5', '49', '51', '50', '500'),
      )
      .map(([integer, fraction]) => `${integer}.${fraction}`),
    fc.bigInt({ min: 2n ** 53n, max: 2n ** 57n }).map(String),
  );
  fc.assert(
    fc.property(text, fc.boolean(), (positive, isNegative) => {
      const written = `${isNegative && !positive.startsWith('-') ? '-' : ''}${positive}`;
      expect(read(written)).toEqual({ end: written.length, value: JSON.parse(written) });
    }),
    { seed: 151, numRuns: 20_000 },
  );
});

test.each(['', '-', '.5', '1.', '01', '-01', '00', '1e', '1e+', '1.e5', '+1', 'x', '-.1', '1..2'])(
  '%j is no number, or not all of one',
  (text) => {
    const { end } = read(text);
    expect(end === -1 || end < text.length).toBe(true);
  },
);
