import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createColumns, TEXT } from '#libs/profiles/value-column.ts';
import { JsonCodec } from './json-codec.ts';
import { createJsonComparison } from './testing/compare-json.ts';
import { documentArbitrary, WANTED, WANTED_FROM_END } from './testing/documents.ts';

const encoder = new TextEncoder();

function expectSame(paths: readonly string[], texts: readonly string[]): void {
  const values = texts.map((text) => encoder.encode(text));
  expect(createJsonComparison(paths)(values)).toBeNull();
}

describe('JsonCodec', () => {
  it.each([
    ['most paths', WANTED],
    ['paths from the end too', WANTED_FROM_END],
    ['one path', ['$.o.n']],
    ['none', []],
  ])('reads what JSON.parse reads: %s', (_, paths) => {
    const compare = createJsonComparison(paths);
    fc.assert(
      fc.property(fc.array(documentArbitrary, { maxLength: 6 }), (values) => {
        expect(compare(values)).toBeNull();
      }),
      { seed: 5, numRuns: 1000 },
    );
  });

  it.each([
    ['the last of equal names', ['{"n":1,"n":2}', '{"o":{"n":1},"o":{}}', '{"o":{"n":1},"o":7}']],
    ['names with escapes', ['{"\\u006e":1}', '{"n":1,"\\u006e":2}', '{"\\ud800":1}']],
    [
      'members in another order',
      ['{"n":1,"s":"a"}', '{"s":"b","n":2}', '{"n":3}', '{"n":4,"s":"c"}'],
    ],
    [
      'blanks everywhere',
      [' { "n" : 1 , "o" : { "s" : "a" } } ', '\n{\t"n"\r:\n1}\n', '{"n" :1}', '{ }'],
    ],
    [
      'what is no JSON',
      ['{"n":1,}', '{,}', '{"n":1}}', '{"n"}', '{"n":}', '{n:1}', '{"n":1 2}', '{'],
    ],
    ['what is no object', ['[]', '1', '"a"', 'null', '', ' ', '[{"n":1}]']],
    ['a text that never ends', ['{"s":"', '{"s":"a', '{"n":1}', '{"s":"\\', '{"s":"\\u00']],
    ['a byte 0', ['{"n":1}\0', '{"s":"\0"}', '\0{"n":1}', '{"n":1\0}']],
    ['a byte order mark', ['\ufeff{"n":1}', '{"n":2}', '\ufeff\ufeff{"n":3}']],
    [
      'containers at wanted places',
      ['{"n":{"n":1}}', '{"n":[1,[2],{"n":"\\n"}]}', '{"list":[{"n":1},{"n":2}]}'],
    ],
    ['characters beyond ASCII', ['{"é":"ü","s":"😀","n":1}', '{"s":"日本"}']],
    [
      'deep nesting',
      [`{"x":${'['.repeat(5000)}${']'.repeat(5000)},"n":1}`, `{"x":${'['.repeat(5000)}`],
    ],
    [
      'keys of which one begins with the other',
      ['{"n":1,"n1":2,"s":"a"}', '{"n1":2,"n":1,"s":"b"}', '{"":1,"n":2}'],
    ],
  ])('%s', (_, texts) => {
    expectSame(WANTED_FROM_END, texts);
    // The order of the events changes what keys are expected.
    expectSame(WANTED, texts.toReversed());
  });

  it('finds bytes that are not UTF-8 in the one event that has them', () => {
    const bad = Uint8Array.from([...encoder.encode('{"s":"'), 0xc3, ...encoder.encode('"}')]);
    const half = Uint8Array.from([...encoder.encode('{"n":1}'), 0xe2, 0x82]);
    const values = [encoder.encode('{"s":"é"}'), bad, half, encoder.encode('{"n":1}')];
    expect(createJsonComparison(WANTED)(values)).toBeNull();
    const outcomes = new JsonCodec({ columns: createColumns(WANTED) }).decode(values);
    expect(outcomes).toEqual([1, 'malformed', 'malformed', 1]);
  });

  it('makes no string of a usual text', () => {
    const columns = createColumns(['$.s']);
    new JsonCodec({ columns }).decode([encoder.encode('{"s":"abc","n":"\\n"}')]);
    const column = columns.get('$.s')!;
    expect(column.kinds[0]).toBe(TEXT);
    expect(Buffer.from(column.bytes.subarray(column.starts[0], column.ends[0])).toString()).toBe(
      'abc',
    );
  });

  it('reads events of any number and size, and keeps nothing of one call in the next', () => {
    const compare = createJsonComparison(['$.n', '$.s']);
    const sized = (size: number) =>
      encoder.encode(`{"n":${size},"pad":"${'x'.repeat(size)}","s":"é"}`);
    for (const sizes of [
      [1, 2_000_000, 3],
      [700_000, 700_000],
      Array.from({ length: 600 }, (_, i) => i),
    ]) {
      expect(compare(sizes.map(sized))).toBeNull();
    }
    expect(compare([encoder.encode('{}')])).toBeNull();
  });

  it('bears more keys than it remembers', () => {
    const texts = Array.from({ length: 3000 }, (_, i) => `{"key ${i}":${i},"n":${i},"s":"${i}"}`);
    expectSame(['$.n', '$.s'], [...texts, ...texts.slice(0, 100)]);
  });
});
