import { expect, test } from 'vitest';
import { decodeBlock } from './block.ts';
import { envelopeKind } from './envelope.ts';
import { decodeLostOffsets, encodeLostOffsets, lostKey } from './lost-offsets.ts';
import { definitionOf, EVERY_KIND } from './testing/layouts.ts';

const DEFINITION = definitionOf(EVERY_KIND);
const LOST = { topic: 'flights', partition: 3, epoch: 1, from: 64, to: 1_000_000 };
const coded = (code: string) => expect.objectContaining({ code });

test('lost offsets are read back as they were written', () => {
  const bytes = encodeLostOffsets(DEFINITION, LOST);
  expect(envelopeKind(bytes)).toBe('lost');
  expect(decodeLostOffsets(DEFINITION, bytes)).toEqual(LOST);
});

test('those of another profile, an empty range, or anything else is refused', () => {
  const bytes = encodeLostOffsets(DEFINITION, LOST);
  const other = definitionOf(EVERY_KIND, { paneMs: 1000 });
  expect(() => decodeLostOffsets(other, bytes)).toThrow(coded('PLB_WIRE_MISMATCH'));
  const empty = encodeLostOffsets(DEFINITION, { ...LOST, to: 64 });
  expect(() => decodeLostOffsets(DEFINITION, empty)).toThrow(coded('PLB_WIRE_MALFORMED'));
  expect(() => decodeBlock(DEFINITION, bytes)).toThrow(coded('PLB_WIRE_MALFORMED'));
});

test('a loss told again and further has a key of its own', () => {
  expect(lostKey('id', { ...LOST, to: 7000 })).not.toBe(lostKey('id', LOST));
  expect(lostKey('id', { ...LOST, from: 7 })).not.toBe(lostKey('id', LOST));
});
