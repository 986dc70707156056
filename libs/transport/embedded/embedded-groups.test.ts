import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Transport } from '../port.ts';
import { RecordingMember } from '../recording-member.ts';
import { until } from '../until.ts';
import { type EmbeddedTransportOptions, openEmbeddedTransport } from './open-embedded-transport.ts';

let directory: string;
let transport: Transport | undefined;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'plumbline-groups-'));
});
afterEach(async () => {
  await transport?.close();
  transport = undefined;
  rmSync(directory, { recursive: true, force: true });
});

async function open(options: Partial<EmbeddedTransportOptions> = {}): Promise<Transport> {
  transport = await openEmbeddedTransport({ directory, ...options });
  return transport;
}

const coded = (code: string) => expect.objectContaining({ code });

test('a handler that never ends loses its partitions to another member', async () => {
  const log = await open({ handlingMs: 100 });
  await log.ensureTopic({ topic: 't', partitions: 1, cleanup: 'delete' });
  await log.send('t', [{ value: Buffer.from('x') }]);
  let wakeUp = () => {};
  const stuck = await RecordingMember.join(log, {
    group: 'g',
    topics: ['t'],
    handle: () =>
      new Promise<void>((resolve) => {
        wakeUp = resolve;
      }),
  });
  await until(() => stuck.failures.length > 0, { what: 'the stuck member is thrown out' });
  expect(stuck.failures).toEqual([coded('PLB_TRANSPORT_FENCED')]);
  const other = await RecordingMember.join(log, { group: 'g', topics: ['t'], commit: true });
  await until(() => other.seen.length === 1, { what: 'the other member gets the record' });
  wakeUp();
  const stale = stuck.membership.commit({ topic: 't', partition: 0 }, { offset: 0, metadata: '' });
  await expect(stale).rejects.toEqual(coded('PLB_TRANSPORT_FENCED'));
  await other.membership.leave();
  expect((await log.committed('g', 't'))[0]?.offset).toBe(1);
});

test('rebalances deliver nothing twice and leave nothing out', async () => {
  const log = await open({ durability: 'normal' });
  for (const topic of ['a', 'b']) {
    await log.ensureTopic({ topic, partitions: 5, cleanup: 'delete' });
  }
  const options = { group: 'g', topics: ['a', 'b'], commit: true, maxBatchBytes: 30 };
  const all: RecordingMember[] = [];
  const here: RecordingMember[] = [];
  let sent = 0;
  for (let step = 0; step < 30; step += 1) {
    for (const topic of ['a', 'b']) {
      const records = Array.from({ length: 25 }, (_, i) => ({ value: Buffer.from(`${i}`) }));
      await log.send(topic, records);
      sent += records.length;
    }
    // Joins and leaves overlap with each other and with the batches, which nothing waits for.
    if (step % 3 !== 2 && here.length < 5) {
      const member = await RecordingMember.join(log, options);
      all.push(member);
      here.push(member);
    } else {
      void here.splice(step % here.length, 1)[0]?.membership.leave();
    }
  }
  const seen = () => all.flatMap((member) => member.seen);
  await until(() => new Set(seen()).size === sent, { what: 'all are seen' });
  expect(seen().length).toBe(sent);
  expect(all.flatMap(({ failures }) => failures)).toEqual([]);
});

test('members follow a topic through deletion and creation', async () => {
  const log = await open();
  const first = await log.ensureTopic({ topic: 't', partitions: 2, cleanup: 'delete' });
  const member = await RecordingMember.join(log, { group: 'g', topics: ['t'], commit: true });
  await until(() => member.owned.size === 2, { what: 'both partitions are assigned' });
  await log.send('t', [{ partition: 0, value: Buffer.from('old') }]);
  await until(() => member.seen.length === 1, { what: 'the old record is seen' });
  await log.deleteTopic('t');
  await until(() => member.owned.size === 0, { what: 'both partitions are revoked' });
  const second = await log.ensureTopic({ topic: 't', partitions: 1, cleanup: 'delete' });
  await log.send('t', [{ value: Buffer.from('new') }]);
  await until(() => member.seen.length === 2, { what: 'the new record is seen' });
  expect(member.failures).toEqual([]);
  const [before, after] = [member.assignments[0]?.[0], member.assignments.at(-1)?.[0]];
  expect([before?.topicId, after?.topicId]).toEqual([first.id, second.id]);
  expect(after?.committed).toBeUndefined();
});

test('a partition whose retention overtakes its member is handed out anew', async () => {
  let now = 1_000_000;
  const log = await open({ now: () => now });
  await log.ensureTopic({ topic: 't', partitions: 1, cleanup: 'delete', retentionMs: 1000 });
  const send = () => log.send('t', [{ value: Buffer.from('x') }]);
  const place = { topic: 't', partition: 0 };
  await send();
  await send();
  let goOn = () => {};
  const held = new Promise<void>((resolve) => {
    goOn = resolve;
  });
  const member = await RecordingMember.join(log, {
    group: 'g',
    topics: ['t'],
    maxBatchBytes: 1,
    // The first batch is committed; what follows it is gone before it can be read.
    handle: async ({ next }) => {
      if (next !== 1) return;
      await member.membership.commit(place, { offset: 1, metadata: '' });
      await held;
    },
  });
  await until(async () => (await log.committed('g', 't'))[0] !== undefined, { what: 'a commit' });
  // One further record was read ahead of the handler.
  for (let i = 0; i < 3; i += 1) {
    now += 1100;
    await send();
  }
  goOn();
  await until(() => member.batches.at(-1)?.next === 5, { what: 'the end is seen' });
  expect(member.events.filter((event) => !event.startsWith('batch'))).toEqual([
    'assigned t/0',
    'revoked t/0',
    'assigned t/0',
  ]);
  expect(member.assignments[1]).toMatchObject([{ committed: { offset: 1 }, start: 4, end: 5 }]);
  expect(member.failures).toEqual([]);
  await member.membership.commit(place, { offset: 5, metadata: '' });
});

test('assigned() that answers an offset beyond the end fails its member', async () => {
  const log = await open();
  await log.ensureTopic({ topic: 't', partitions: 1, cleanup: 'delete' });
  const member = await RecordingMember.join(log, { group: 'g', topics: ['t'], start: () => 1 });
  await until(() => member.failures.length > 0, { what: 'the member fails' });
  expect(member.failures).toEqual([coded('PLB_TRANSPORT_OFFSET')]);
});
