import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { blockKey, openBlockKey } from '#libs/profiles/block.ts';
import { lostKey } from '#libs/profiles/lost-offsets.ts';
import { openEmbeddedTransport } from '#libs/transport/embedded/open-embedded-transport.ts';
import { TOPIC_ID_HEADER } from '#libs/transport/names.ts';
import { readNotes } from './read-notes.ts';

const PLACE = { topic: 'flights', partition: 3, index: 7, from: 56, to: 64 };

test('of each partition the newest epoch is noted, with the id of its topic', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'plumbline-notes-'));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  const transport = await openEmbeddedTransport({ directory, durability: 'normal' });
  onTestFinished(() => transport.close());
  await transport.ensureTopic({ topic: 'blocks', partitions: 2, cleanup: 'compact' });
  expect(await readNotes(transport, 'blocks')).toEqual(new Map());
  const send = (key: string, topicId?: string) =>
    transport.send('blocks', [
      {
        ...{ partition: 1, key: Buffer.from(key), value: Buffer.from('x') },
        headers: topicId === undefined ? {} : { [TOPIC_ID_HEADER]: Buffer.from(topicId) },
      },
    ]);
  await send(blockKey('a', { ...PLACE, epoch: 1 }), 'second');
  await send(openBlockKey('a', { ...PLACE, epoch: 2 }), 'third');
  await send(blockKey('b', { ...PLACE, epoch: 0 }), 'first');
  await send(openBlockKey('a', { ...PLACE, partition: 0, epoch: 0 }));
  // A record that does not say which topic it is of does not unsay what another one said.
  await send(lostKey('a', { ...PLACE, epoch: 2 }));
  // Nor does the tombstone of one whose counts are stored.
  await transport.send('blocks', [
    { partition: 1, key: Buffer.from(blockKey('a', { ...PLACE, epoch: 3 })), value: null },
  ]);
  expect(await readNotes(transport, 'blocks')).toEqual(
    new Map([
      ['flights/3', { epoch: 2, topicId: 'third' }],
      ['flights/0', { epoch: 0 }],
    ]),
  );
});
