import fc from 'fast-check';

/** Names and values that meet each other often, so that documents have what is looked for. */
const NAMES = ['t', 'n', 's', 'b', 'o', 'list', 'a', 'é', '', '__proto__', 'constructor', 'a b'];
const PATHS = [
  ...['$.t', '$.n', '$.s', '$.b', "$['é']", "$['']", '$.__proto__', '$.constructor', "$['a b']"],
  ...['$.o', '$.o.n', '$.o.s', "$['o']['s']", '$.o.o.n', '$.list', '$.list[0]', '$.list[1].n'],
  ...['$.list[-1]', '$.a[2]', '$.__proto__.n', '$.missing', '$.n.n', '$.s.length'],
];

/** The paths that are read out of the documents. */
export const WANTED = PATHS.filter((path) => !path.includes('[-1]'));
export const WANTED_FROM_END = PATHS;

const number = fc.oneof(
  fc.double({ noNaN: true, noDefaultInfinity: true }).map(String),
  fc.integer().map(String),
  fc.nat(100).map(String),
  // Of all shapes, right and wrong.
  fc.stringMatching(/^-?[0-9]{0,21}(\.[0-9]{0,21})?([eE][+-]?[0-9]{0,3})?$/),
  fc.bigInt({ min: 0n, max: 10n ** 22n }).map(String),
  // Near the middle of two doubles.
  fc
    .tuple(fc.integer({ min: 2 ** 30, max: 2 ** 31 }), fc.nat(2 ** 22), fc.nat(20))
    .map(
      ([high, low, digits]) =>
        `${BigInt(high) * 2n ** 22n + BigInt(low)}.${'5'.padEnd(digits, '0')}`,
    ),
  fc.constantFrom(
    '-0',
    '0',
    '1e5',
    '1E-7',
    '-0.0',
    '1e999',
    '-1e999',
    '5e-324',
    '00',
    '01',
    '1.',
    '.5',
    '+1',
    '-',
    '1e',
    '1e+',
    '0x1',
    '9007199254740993',
    '0.1',
    '123456789012345678',
  ),
);
const character = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom(...'abc 0{}[],:/') },
  fc.constantFrom(
    '\\n',
    '\\"',
    '\\\\',
    '\\/',
    '\\u0041',
    '\\ud83d\\ude00',
    '\\ud800',
    '\\u00',
    '\\x',
    'é',
    '😀',
    '\u0000',
    '\u001f',
    '\u007f',
    '\t',
    '\ufeff',
    '\u2028',
    '"',
    '\\',
  ),
);
const text = fc.oneof(
  fc.array(character, { maxLength: 12 }).map((parts) => `"${parts.join('')}"`),
  fc.constantFrom(
    '"a"',
    '"b"',
    '"é"',
    '"rare"',
    '"new"',
    '"true"',
    '"2024-01-15T11:00:00Z"',
    '"2024-01-15 11:00:00.123+02:00"',
    '"1.5"',
    `"${'x'.repeat(300)}"`,
  ),
  fc.string().map((value) => JSON.stringify(value)),
);
const blank = fc.oneof(
  { weight: 12, arbitrary: fc.constant('') },
  fc.constantFrom(' ', '  ', '\n', '\t', '\r\n', '\u00a0', '\u000b', '\u0000'),
);
const literal = fc.oneof(
  { weight: 8, arbitrary: fc.constantFrom('true', 'false', 'null') },
  fc.constantFrom('True', 'nul', 'nulll', 'tru e', 'NaN', 'Infinity', 'undefined', '-Infinity'),
);

/** Mostly right JSON of values as they stand in text; the same names meet again and again. */
const { value, object } = fc.letrec<{ value: string; object: string; array: string }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    { weight: 4, arbitrary: number },
    { weight: 4, arbitrary: text },
    { weight: 2, arbitrary: literal },
    { weight: 3, arbitrary: tie('object') },
    { weight: 2, arbitrary: tie('array') },
  ),
  object: fc
    .array(
      fc.tuple(
        fc.oneof(
          { weight: 8, arbitrary: fc.constantFrom(...NAMES).map((name) => JSON.stringify(name)) },
          {
            weight: 1,
            arbitrary: fc.constantFrom('"\\u006e"', '"\\u0073"', '"o\\u0000"', "'n'", 'n', '"n'),
          },
          { weight: 1, arbitrary: text },
        ),
        blank,
        blank,
        tie('value'),
        blank,
      ),
      { maxLength: 8 },
    )
    .map(
      (members) =>
        `{${members.map(([name, a, b, inner, c]) => `${name}${a}:${b}${inner}${c}`).join(',')}}`,
    ),
  array: fc
    .array(fc.tuple(blank, tie('value'), blank), { maxLength: 5 })
    .map((elements) => `[${elements.map((parts) => parts.join('')).join(',')}]`),
}));

const document = fc.oneof(
  {
    weight: 10,
    arbitrary: fc.tuple(blank, object, blank).map((parts) => parts.join('')),
  },
  { weight: 1, arbitrary: value },
  { weight: 1, arbitrary: fc.json() },
  {
    weight: 1,
    arbitrary: fc
      .tuple(fc.nat(400), fc.constantFrom('[', '{"o":', '{"x":', '[{"a":'))
      .map(([depth, open]) => {
        const close = open === '[' ? ']' : open.startsWith('[') ? '}]' : '}';
        return `{"list":${open.repeat(depth)}1${close.repeat(depth)}}`;
      }),
  },
);

/** What may have happened to bytes on their way: nothing, a cut, or a few wrong ones. */
const damage = fc.oneof(
  { weight: 6, arbitrary: fc.constant((bytes: Uint8Array) => bytes) },
  {
    weight: 1,
    arbitrary: fc
      .nat()
      .map((cut) => (bytes: Uint8Array) => bytes.subarray(0, cut % (bytes.length + 1))),
  },
  {
    weight: 1,
    arbitrary: fc
      .tuple(
        fc.nat(),
        fc.oneof(
          fc.nat(255),
          fc.constantFrom(
            0x22,
            0x5c,
            0x7b,
            0x7d,
            0x5b,
            0x5d,
            0x2c,
            0x3a,
            0,
            0x80,
            0xc3,
            0xed,
            0xf4,
            0xff,
          ),
        ),
      )
      .map(([place, byte]) => (bytes: Uint8Array) => {
        const damaged = Uint8Array.from(bytes);
        if (bytes.length > 0) damaged[place % bytes.length] = byte;
        return damaged;
      }),
  },
  {
    weight: 1,
    arbitrary: fc
      .tuple(fc.nat(), fc.uint8Array({ maxLength: 4 }))
      .map(([place, more]) => (bytes: Uint8Array) => {
        const at = place % (bytes.length + 1);
        return Uint8Array.from([...bytes.subarray(0, at), ...more, ...bytes.subarray(at)]);
      }),
  },
  {
    weight: 1,
    arbitrary: fc.constant((bytes: Uint8Array) => Uint8Array.from([0xef, 0xbb, 0xbf, ...bytes])),
  },
);

const encoder = new TextEncoder();

/** The bytes of a value that a record may have. */
export const documentArbitrary: fc.Arbitrary<Uint8Array> = fc.oneof(
  {
    weight: 20,
    arbitrary: fc.tuple(document, damage).map(([found, hurt]) => hurt(encoder.encode(found))),
  },
  { weight: 1, arbitrary: fc.uint8Array({ maxLength: 12 }) },
);
