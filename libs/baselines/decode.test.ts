import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { PlumblineError } from '#libs/errors/plumbline-error.ts';
import type { Baseline } from './baseline.ts';
import { decodeBaseline } from './decode.ts';
import { encodeBaseline } from './encode.ts';

const NUMBERS = [
  [],
  [0],
  [-3, -1, 0, 7],
  [0.1, 0.2, 0.3, 12.75],
  [Math.PI],
  [-Number.MAX_VALUE, -5e-324, 0, 5e-324, 2 ** 53, Number.MAX_VALUE],
  [-(2 ** 52), 2 ** 52],
  [1 - 2 ** 52, 2 ** 52 - 1],
  [2 ** 52 + 1],
];

/** A valid baseline with these distinct values, each once, in one pane or none. */
function baselineOf(values: number[], texts: string[], paned: boolean): Omit<Baseline, 'hash'> {
  const rows = Math.max(1, values.length, texts.length);
  const rates = (length: number) => ({ missing: rows - length, wrongType: 0 });
  const panes = (length: number) =>
    paned
      ? [
          {
            index: Uint32Array.from({ length }, (_, i) => i),
            count: new Float64Array(length).fill(1),
            ...rates(length),
            infinite: 0,
          },
        ]
      : [];
  return {
    rows,
    pane: paned ? 60_000 : null,
    paneStarts: Float64Array.from(paned ? [-120_000] : []),
    paneRows: Float64Array.from(paned ? [rows] : []),
    timeRange: paned ? { start: -119_999.5, end: -60_001 } : null,
    segmentations: [],
    fields: [
      {
        kind: 'numeric',
        spec: { name: 'a', path: '$.a', type: 'numeric', role: 'score', range: { min: 0 } },
        values: Float64Array.from(values),
        counts: new Float64Array(values.length).fill(1),
        ...rates(values.length),
        infinite: 0,
        panes: panes(values.length),
      },
      {
        kind: 'categorical',
        spec: { name: 'b', path: '$.b', type: 'categorical', role: 'feature', coerce: true },
        values: texts,
        counts: new Float64Array(texts.length).fill(1),
        ...rates(texts.length),
        panes: panes(texts.length),
      },
    ],
  };
}

function codeOf(work: () => unknown): string {
  try {
    work();
  } catch (error) {
    return error instanceof PlumblineError ? error.code : `not coded: ${error}`;
  }
  return 'no error';
}

/** The same content with other bytes and a hash that fits them. */
function reseal(content: Uint8Array): Uint8Array {
  const digest = createHash('sha256')
    .update(content.subarray(0, 1))
    .update(content.subarray(33))
    .digest();
  return Buffer.concat([content.subarray(0, 1), digest, content.subarray(33)]);
}

describe('encodeBaseline and decodeBaseline', () => {
  it.each(NUMBERS)('keep the values %#', (...values) => {
    for (const paned of [true, false]) {
      const body = baselineOf(values, ['', '\ud800', 'ä', '\ufeffx', '\uffff'].sort(), paned);
      const { content, hash } = encodeBaseline(body);
      expect(decodeBaseline(content, hash)).toEqual({ ...body, hash });
    }
  });

  it('keep any doubles and texts', () => {
    const double = fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => value + 0);
    const scaled = fc
      .tuple(fc.integer(), fc.integer({ min: 0, max: 6 }))
      .map(([a, d]) => a / 10 ** d + 0);
    const numbers = fc
      .oneof(fc.array(double), fc.array(scaled))
      .map((list) => [...new Set(list)].sort((a, b) => a - b));
    // Lone surrogates and a byte order mark are what an encoding may lose.
    const text = fc.constantFrom('a', 'ä', '😀', '\ud83d', '\ude00', '\ufeff', '\0');
    const texts = fc
      .array(fc.string({ unit: text, maxLength: 4 }), { maxLength: 20 })
      .map((list) => [...new Set(list)].sort());
    fc.assert(
      fc.property(numbers, texts, fc.boolean(), (values, categories, paned) => {
        const body = baselineOf(values, categories, paned);
        const { content, hash } = encodeBaseline(body);
        expect(decodeBaseline(content)).toEqual({ ...body, hash });
      }),
      { seed: 9, numRuns: 100 },
    );
  });

  it('take few bytes where values are regular', () => {
    const values = Array.from({ length: 10_000 }, (_, i) => i / 100);
    expect(encodeBaseline(baselineOf(values, [], false)).content.length).toBeLessThan(20_300);
  });

  it('refuse another version, damage, and another baseline', () => {
    const { content, hash } = encodeBaseline(baselineOf([1, 2], ['x'], true));
    const newer = Buffer.from(content);
    newer[0] = 4;
    expect(codeOf(() => decodeBaseline(newer))).toBe('PLB_WIRE_VERSION');
    expect(codeOf(() => decodeBaseline(content, `0${hash.slice(1)}`))).toBe('PLB_WIRE_MISMATCH');
    for (let at = 1; at < content.length; at++) {
      const damaged = Buffer.from(content);
      damaged[at]! ^= 1;
      expect(codeOf(() => decodeBaseline(damaged))).toBe('PLB_WIRE_MALFORMED');
    }
    for (let length = 0; length < content.length; length++) {
      expect(codeOf(() => decodeBaseline(content.subarray(0, length)))).toBe('PLB_WIRE_MALFORMED');
    }
  });

  it('survive crafted content whose hash fits: a valid baseline or a coded error', () => {
    const { content } = encodeBaseline(baselineOf([1, 2.5, 9], ['x', 'y'], true));
    let accepted = 0;
    for (let at = 33; at < content.length; at++) {
      for (const byte of [0, 1, 0x7f, 0x80, 0xff]) {
        const crafted = Buffer.from(content);
        crafted[at] = byte;
        const sealed = reseal(crafted);
        const code = codeOf(() => {
          const { hash, ...body } = decodeBaseline(sealed);
          accepted += 1;
          expect(decodeBaseline(encodeBaseline(body).content)).toEqual({
            hash: encodeBaseline(body).hash,
            ...body,
          });
        });
        expect(code).toMatch(/^(no error|PLB_WIRE_MALFORMED)$/);
      }
    }
    expect(accepted).toBeGreaterThan(0);
    expect(codeOf(() => decodeBaseline(reseal(Buffer.concat([content, Buffer.of(0)]))))).toBe(
      'PLB_WIRE_MALFORMED',
    );
  });
});
