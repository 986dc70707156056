import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeJson } from './json.ts';
import { JsonBatchDecoder } from './json-batch.ts';

const encoder = new TextEncoder();

const decoder = new JsonBatchDecoder();

function expectSameAsSingly(values: readonly Uint8Array[]): void {
  expect(decoder.decode(values)).toEqual(values.map((value) => decodeJson(value)));
}

const flat = fc
  .dictionary(fc.string(), fc.oneof(fc.string(), fc.double(), fc.boolean(), fc.constant(null)))
  .map((event) => JSON.stringify(event));
/** Pieces that could pass for something else once they stand beside each other. */
const piece = fc.constantFrom('{', '}', '[', ']', ',', ':', '"a"', '"', '1', '{}', '\\', ' ', '\n');
const broken = fc.array(piece, { maxLength: 6 }).map((pieces) => pieces.join(''));
const bytes = fc.oneof(
  { weight: 8, arbitrary: flat.map((text) => encoder.encode(text)) },
  { weight: 1, arbitrary: fc.json().map((text) => encoder.encode(text)) },
  { weight: 1, arbitrary: broken.map((text) => encoder.encode(text)) },
  { weight: 1, arbitrary: fc.uint8Array({ maxLength: 8 }) },
);

describe('JsonBatchDecoder', () => {
  it('gives what reading one by one gives', () => {
    fc.assert(
      fc.property(fc.array(bytes, { maxLength: 200 }), (values) => expectSameAsSingly(values)),
      { seed: 1, numRuns: 200 },
    );
  });

  it('is not deceived by pieces that fit together', () => {
    const pieces = broken.map((text) => encoder.encode(text));
    fc.assert(fc.property(fc.array(pieces, { minLength: 2, maxLength: 5 }), expectSameAsSingly), {
      seed: 2,
      numRuns: 5000,
    });
  });

  it.each([
    ['one event spread over two, two events in a third', ['{"a":[{}', '{}]}', '{},{}']],
    ['a string that swallows what stands between', ['{"a":"}', '","b":1}', '{}']],
    ['such a string, and a number before an event', ['{"a":"}', '"}', '1,{}']],
    ['a wrong last byte', ['{"a":1]', '{}', '{"b":1 ']],
    ['an array around all', ['{"a":1},{"b":2', '}', '{}']],
    ['values that are no objects', ['1}', '{}', '[{}', '{}]']],
    ['a byte order mark', ['{}', '\ufeff{"a":1}', '{}']],
    ['nothing at all', []],
    ['events longer than are joined', [`{"a":"${'x'.repeat(10_000)}"}`, '{}', '{"b":1}', '{}']],
  ])('%s', (_, texts) => {
    expectSameAsSingly(texts.map((text) => encoder.encode(text)));
  });

  it('finds bytes that are not UTF-8 in the one event that has them', () => {
    const bad = new Uint8Array([...encoder.encode('{"a":"'), 0xc3, ...encoder.encode('"}')]);
    const values = [encoder.encode('{}'), bad, encoder.encode('{"b":1}')];
    expect(decoder.decode(values).map(({ kind }) => kind)).toEqual(['event', 'bad', 'event']);
  });

  it('keeps nothing of one call in the next', () => {
    const encode = (texts: readonly string[]) => texts.map((text) => encoder.encode(text));
    const first = decoder.decode(encode(['{"a":"first"}', '{"b":"second"}']));
    decoder.decode(encode(['{"c":"third"}', '{"d":"fourth"}']));
    expect(first).toEqual([
      { kind: 'event', event: { a: 'first' } },
      { kind: 'event', event: { b: 'second' } },
    ]);
  });
});
