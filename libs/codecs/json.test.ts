import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeJson } from './json.ts';

const bytes = (text: string) => new TextEncoder().encode(text);
const bad = (reason: string) => ({ kind: 'bad', reason });

describe('decodeJson', () => {
  it('reads every object that JSON can write', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string({ unit: 'grapheme' }), fc.jsonValue()), (event) => {
        const text = JSON.stringify(event);
        expect(decodeJson(bytes(text))).toEqual({ kind: 'event', event: JSON.parse(text) });
        expect(decodeJson(Buffer.from(`\n ${text} `))).toEqual({
          kind: 'event',
          event: JSON.parse(text),
        });
      }),
      { seed: 121 },
    );
  });

  it('passes over a byte order mark and keeps replacement characters that were written', () => {
    expect(decodeJson(bytes('\ufeff{"a":"\ufffd"}'))).toEqual({
      kind: 'event',
      event: { a: '\ufffd' },
    });
  });

  it.each(['1', '"a"', 'null', 'true', '[]', '[{}]'])('finds %s to be no object', (text) => {
    expect(decodeJson(bytes(text))).toEqual(bad('not_an_object'));
  });

  it.each([
    '',
    ' ',
    '{',
    '{"a":1}x',
    "{'a':1}",
    '{"a":NaN}',
    '{"a":01}',
    '\ufeff\ufeff{}',
    '['.repeat(1e5),
  ])('finds %j malformed', (text) => {
    expect(decodeJson(bytes(text))).toEqual(bad('malformed'));
  });

  it.each([
    ['a stray continuation', [0x80]],
    ['an overlong form', [0xc0, 0xaf]],
    ['a surrogate', [0xed, 0xa0, 0x80]],
    ['a code point beyond the last', [0xf4, 0x90, 0x80, 0x80]],
    ['a cut sequence', [0xe2, 0x82]],
    ['latin1', [0xe9]],
  ])('finds %s inside a text malformed', (_, wrong) => {
    const [open, close] = [bytes('{"a":"'), bytes('"}')];
    expect(decodeJson(Uint8Array.from([...open, ...wrong, ...close]))).toEqual(bad('malformed'));
    // Nothing of it is left over for the next event.
    expect(decodeJson(bytes('{"a":1}'))).toEqual({ kind: 'event', event: { a: 1 } });
  });

  it('answers for any bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array(), (garbage) => {
        expect(['event', 'bad']).toContain(decodeJson(garbage).kind);
      }),
      { seed: 122, numRuns: 500 },
    );
  });

  it('leaves the prototype alone', () => {
    const decoded = decodeJson(bytes('{"__proto__":{"a":1}}'));
    expect(decoded.kind === 'event' && Object.getPrototypeOf(decoded.event)).toBe(Object.prototype);
  });
});
