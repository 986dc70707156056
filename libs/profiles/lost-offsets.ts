import { PlumblineError } from '#libs/errors/plumbline-error.ts';
import type { BlockRange } from './block.ts';
import { malformed } from './byte-reader.ts';
import type { ProfileDefinition } from './definition.ts';
import { openEnvelope, sealEnvelope } from './envelope.ts';

/**
 * Offsets [from, to) of a log that can no longer be read. Whatever of them was not counted before
 * never will be; unfinished blocks below `to` stay as they are.
 */
export type LostOffsets = Omit<BlockRange, 'index'>;

/**
 * Key of such a record. The same loss, told again and further, has another one: a tombstone for what
 * was read must not take what was not.
 */
export function lostKey(profileId: string, lost: LostOffsets): string {
  const { topic, partition, epoch, from, to } = lost;
  return `${profileId}/${topic}/${epoch}/${partition}/lost/${from}-${to}`;
}

export function encodeLostOffsets(definition: ProfileDefinition, lost: LostOffsets): Uint8Array {
  return sealEnvelope('lost', definition.layout, (writer) => {
    writer.text(definition.id);
    writer.text(lost.topic);
    writer.varint(lost.partition);
    writer.varint(lost.epoch);
    writer.varint(lost.from);
    writer.varint(lost.to);
  });
}

/** @throws PLB_WIRE_MALFORMED, PLB_WIRE_VERSION, PLB_WIRE_MISMATCH */
export function decodeLostOffsets(definition: ProfileDefinition, bytes: Uint8Array): LostOffsets {
  return openEnvelope(bytes, { kind: 'lost', ...definition.layout }, (reader) => {
    const id = reader.text();
    if (id !== definition.id) {
      throw new PlumblineError(
        'PLB_WIRE_MISMATCH',
        `Cannot use lost offsets: they belong to profile ${id}, expected ${definition.id}`,
      );
    }
    const lost = {
      topic: reader.text(),
      partition: reader.varint(),
      epoch: reader.varint(),
      from: reader.varint(),
      to: reader.varint(),
    };
    if (lost.from < lost.to) return lost;
    throw malformed(reader.position, `the range ${lost.from}–${lost.to} is empty`);
  });
}
