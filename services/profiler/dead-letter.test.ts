import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { openEmbeddedTransport } from '#libs/transport/embedded/open-embedded-transport.ts';
import type { Transport } from '#libs/transport/port.ts';
import { copyBadRecords } from './dead-letter.ts';
import { logRecord } from './testing/log.ts';

async function openLog(): Promise<Transport> {
  const directory = mkdtempSync(join(tmpdir(), 'plumbline-dead-letter-'));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  const log = await openEmbeddedTransport({ directory, durability: 'normal' });
  onTestFinished(() => log.close());
  await log.ensureTopic({ topic: 'bad', partitions: 1, cleanup: 'delete' });
  return log;
}

test('a bad record is copied as it was, with its cause and its place', async () => {
  const log = await openLog();
  const key = new TextEncoder().encode('customer-1');
  const record = logRecord('{"t":', {
    offset: 42,
    timestamp: 7000,
    key,
    headers: { trace: 'abc' },
  });
  await copyBadRecords(log, 'bad', {
    partition: { topic: 'orders', partition: 3 },
    bad: [
      { record, reason: 'malformed', events: 1 },
      { record: logRecord(null, { offset: 43 }), reason: 'empty', events: 1 },
    ],
  });
  const { records } = await log.read({ topic: 'bad', partition: 0, offset: 0 });
  expect(
    records.map(({ headers, ...rest }) => ({
      ...rest,
      headers: Object.fromEntries(
        Object.entries(headers).map(([name, bytes]) => [name, Buffer.from(bytes).toString()]),
      ),
    })),
  ).toEqual([
    {
      ...{ offset: 0, timestamp: 7000, key, value: record.value },
      headers: {
        trace: 'abc',
        'plumbline-reason': 'malformed',
        'plumbline-place': 'orders/3/42',
      },
    },
    {
      ...{ offset: 1, timestamp: 0, key: null, value: null },
      headers: { 'plumbline-reason': 'empty', 'plumbline-place': 'orders/3/43' },
    },
  ]);
});

test('without bad records nothing is sent', async () => {
  const log = await openLog();
  await copyBadRecords(log, 'no-such-topic', {
    ...{ partition: { topic: 'orders', partition: 0 }, bad: [] },
  });
  const description = await log.describe('bad');
  expect(description?.partitions[0]?.end).toBe(0);
});
