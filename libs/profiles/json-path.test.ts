import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compileKeys, compilePath, formatPath, parsePath } from './json-path.ts';

const keys = fc.array(
  fc.oneof(
    fc.string({ unit: 'binary', maxLength: 6 }),
    fc.constantFrom('a b', "it's", 'back\\slash', '__proto__', 'a.b', '', '0', '\n', "\\'", '[0]'),
    fc.integer({ min: -3, max: 1e6 }),
  ),
  { minLength: 1, maxLength: 5 },
);

describe('parsePath', () => {
  it.each([
    ['$.a', ['a']],
    ['a', ['a']],
    ['a-b', ['a-b']],
    ['$.a.b-c.$d', ['a', 'b-c', '$d']],
    ["$['a b'].c[0]", ['a b', 'c', 0]],
    ['$["a"]["b\\"c"]', ['a', 'b"c']],
    ["$['it\\'s']", ["it's"]],
    ["$['\\u00e9\\n\\t\\\\\\/']", ['é\n\t\\/']],
    ['$[ 0 ][ "a" ]', [0, 'a']],
    ['$.list[-1]', ['list', -1]],
    ['$[-0]', [0]],
    ['$.größe', ['größe']],
    ["$['']", ['']],
    ["$['0']", ['0']],
  ])('reads %s', (path, expected) => {
    expect(parsePath(path)).toEqual(expected);
  });

  it.each([
    '',
    '$',
    '$.',
    '.a',
    'a.b',
    '$a',
    '$.a..b',
    '$[*]',
    '$.*',
    '$[0:2]',
    '$[?(@.a)]',
    "$['a",
    '$.a b',
    '$.1a',
    '$[1.5]',
    '$[a]',
    '$[99999999999999999999]',
    '$..a',
    '1',
    ' a',
    '$.a ',
  ])('refuses %o and says where', (path) => {
    expect(() => parsePath(path)).toThrow(
      expect.objectContaining({
        code: 'PLB_CONFIG_INVALID',
        message: expect.stringMatching(/at character \d+$/),
      }),
    );
  });

  it('reads back whatever formatPath writes', () => {
    fc.assert(
      fc.property(keys, (path) => {
        const expected = path.map((key) => (typeof key === 'number' ? key + 0 : key));
        expect(parsePath(formatPath(path))).toEqual(expected);
      }),
      { seed: 61, numRuns: 500 },
    );
    expect(formatPath(['a', 'b c', 0, "it's"])).toBe("$.a['b c'][0]['it\\'s']");
  });

  it('refuses long nonsense at once', () => {
    for (const tail of ['a'.repeat(1e5), '\\'.repeat(1e5 + 1), '1'.repeat(1e5)]) {
      expect(() => parsePath(`$['${tail}`)).toThrow('Cannot read the JSON path');
      expect(() => parsePath(`$[${tail}`)).toThrow('Cannot read the JSON path');
    }
  });
});

describe('compilePath', () => {
  const row: unknown = JSON.parse(
    '{"a":{"b":[10,{"c":null}],"0":"zero"},"n":1,"__proto__":{"x":7},"length":3,"text":"abc"}',
  );
  it.each([
    ['$.n', 1],
    ['$.a.b[0]', 10],
    ['$.a.b[-2]', 10],
    ['$.a.b[1].c', null],
    ["$.a['0']", 'zero'],
    ['$.length', 3],
    ['$.__proto__.x', 7],
    ['$.missing', undefined],
    ['$.a.b[2]', undefined],
    ['$.a.b[-3]', undefined],
    ['$.n.x', undefined],
    ['$.a.b[1].c.d', undefined],
    ['$.toString', undefined],
    ['$.a.constructor', undefined],
    ['$.a.b.length', undefined],
    ["$.a.b['0']", undefined],
    ['$.a[0]', undefined],
    ['$.text.length', undefined],
    ['$.text[0]', undefined],
  ])('finds %s to be %o', (path, expected) => {
    expect(compilePath(path)(row)).toEqual(expected);
  });

  it('finds what was put at any path', () => {
    const names = fc.array(fc.oneof(fc.string(), fc.nat(5)), { minLength: 1, maxLength: 5 });
    fc.assert(
      fc.property(names, fc.anything(), (path, value) => {
        const nested = path.reduceRight<unknown>((inner, key) => {
          if (typeof key === 'string') return Object.fromEntries([[key, inner]]);
          return [...Array.from({ length: key }), inner];
        }, value);
        expect(compilePath(formatPath(path))(nested)).toBe(value);
      }),
      { seed: 62 },
    );
  });

  it('without keys reads the row itself', () => {
    expect(compileKeys([])(row)).toBe(row);
  });

  it.each([null, undefined, 1, 'a', true])('finds nothing in %o', (value) => {
    expect(compilePath('$.a')(value)).toBeUndefined();
    expect(compilePath('$.a.b')(value)).toBeUndefined();
  });
});
