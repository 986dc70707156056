import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readCommitted, stampNote } from './commit-note.ts';

const ONE = 'AbCdEfGhIjKlMnOpQrSt-_';
const OTHER = 'AbCdEfGhIjKlMnOpQrSt__';

test('a note comes back as it was, for the topic that it was committed in and no other', () => {
  fc.assert(
    fc.property(fc.nat(), fc.string({ unit: 'grapheme' }), (offset, note) => {
      const answered = { offset: `${offset}`, metadata: stampNote(ONE, note) };
      expect(readCommitted(answered, ONE)).toEqual({ offset, metadata: note });
      expect(readCommitted(answered, OTHER)).toBeUndefined();
      // A broker without topic ids.
      expect(readCommitted(answered, '')).toEqual({ offset, metadata: note });
      const bare = { offset: `${offset}`, metadata: stampNote('', note) };
      expect(readCommitted(bare, '')).toEqual({ offset, metadata: note });
    }),
    { seed: 1 },
  );
});

test('what others have committed is read; what nobody has is nothing', () => {
  expect(readCommitted({ offset: '7', metadata: null }, ONE)).toEqual({ offset: 7, metadata: '' });
  expect(readCommitted({ offset: '7', metadata: 'x\ny' }, ONE)?.metadata).toBe('x\ny');
  expect(readCommitted({ offset: '-1', metadata: '' }, ONE)).toBeUndefined();
});
