import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { lockDirectory } from '#libs/sqlite/directory-lock.ts';
import { transportContract } from '../contract.ts';
import type { LogRecord, Transport } from '../port.ts';
import { RecordingMember } from '../recording-member.ts';
import { until } from '../until.ts';
import { type EmbeddedTransportOptions, openEmbeddedTransport } from './open-embedded-transport.ts';

transportContract('embedded transport', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'plumbline-log-'));
  const open = () => openEmbeddedTransport({ directory, compactAfterBytes: 1, tombstoneMs: 0 });
  const transport = await open();
  let current = transport;
  return {
    transport,
    async reopen() {
      await current.close();
      current = await open();
      return current;
    },
    async dispose() {
      await current.close();
      rmSync(directory, { recursive: true, force: true });
    },
  };
});

describe('embedded transport on one machine', () => {
  let directory: string;
  let transport: Transport | undefined;
  let child: ChildProcess | undefined;

  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'plumbline-log-'));
  });
  afterEach(async () => {
    child?.kill('SIGKILL');
    child = undefined;
    await transport?.close();
    transport = undefined;
    rmSync(directory, { recursive: true, force: true });
  });

  async function open(options: Partial<EmbeddedTransportOptions> = {}): Promise<Transport> {
    await transport?.close();
    transport = await openEmbeddedTransport({ directory, ...options });
    return transport;
  }

  /** Runs a module with `open` imported and the directory in `directory`; answers its lines. */
  function inChild(source: string): { readonly process: ChildProcess; readonly lines: string[] } {
    const module = new URL('./open-embedded-transport.ts', import.meta.url).href;
    const lines: string[] = [];
    const started = spawn(
      process.execPath,
      [
        '--input-type=module-typescript',
        '-e',
        `import { openEmbeddedTransport as open } from '${module}';
         const directory = process.argv[1];
         ${source}`,
        directory,
      ],
      { stdio: ['ignore', 'pipe', 'inherit'] },
    );
    child = started;
    started.once('exit', (code) => {
      if (code !== null) lines.push(`the child ended by itself with ${code}`);
    });
    let rest = '';
    started.stdout?.on('data', (chunk: Buffer) => {
      const parts = (rest + chunk.toString()).split('\n');
      rest = parts.pop() ?? '';
      lines.push(...parts);
    });
    return { process: started, lines };
  }

  async function kill(victim: ChildProcess): Promise<void> {
    const ended = new Promise((resolve) => victim.once('exit', resolve));
    victim.kill('SIGKILL');
    await ended;
  }

  async function readAll(log: Transport, topic: string, partition = 0): Promise<LogRecord[]> {
    const records: LogRecord[] = [];
    for (let offset = 0; ; ) {
      const batch = await log.read({ topic, partition, offset });
      records.push(...batch.records);
      offset = batch.next;
      if (offset >= batch.end) return records;
    }
  }

  const stringOf = (value: Uint8Array | null) => Buffer.from(value ?? []).toString();
  const coded = (code: string) => expect.objectContaining({ code });

  test('kill -9 amid sends: all that was resolved is there, and no send in part', async () => {
    const log = await open();
    await log.ensureTopic({ topic: 't', partitions: 3, cleanup: 'delete' });
    await log.close();
    const resolved: string[] = [];
    for (const round of [1, 2, 3]) {
      const sender = inChild(`
        const log = await open({ directory });
        const send = async (id) => {
          const records = [0, 1, 2, 0, 1, 2, 0].map((partition) => ({ partition, value: Buffer.from(id) }));
          await log.send('t', records);
          process.stdout.write(id + '\\n');
        };
        for (let i = 0; ; i += 8) {
          await Promise.all([0, 1, 2, 3, 4, 5, 6, 7].map((n) => send('${round}:' + (i + n))));
        }`);
      await until(() => sender.lines.length >= 40 * round, { what: 'sends are resolved' });
      await kill(sender.process);
      resolved.push(...sender.lines);
    }
    const after = await open();
    const counts = new Map<string, number[]>();
    for (const partition of [0, 1, 2]) {
      for (const { value } of await readAll(after, 't', partition)) {
        const id = stringOf(value);
        const count = counts.get(id) ?? [0, 0, 0];
        count[partition] = (count[partition] ?? 0) + 1;
        counts.set(id, count);
      }
    }
    expect([...counts.values()].filter((count) => count.join() !== '3,2,2')).toEqual([]);
    expect(resolved.filter((id) => !counts.has(id))).toEqual([]);
    expect(resolved.length).toBeGreaterThanOrEqual(240);
  }, 60_000);

  test('close waits for what was sent before it', async () => {
    const log = await open({ compactAfterBytes: 1 });
    await log.ensureTopic({ topic: 't', partitions: 1, cleanup: 'compact' });
    const sends = Array.from({ length: 20 }, () =>
      log.send('t', [{ key: Buffer.from('k'), value: Buffer.from('v') }]),
    );
    await log.close();
    const bases = (await Promise.all(sends)).map(([result]) => result?.baseOffset);
    expect(bases).toEqual(Array.from({ length: 20 }, (_, i) => i));
    expect((await (await open()).describe('t'))?.partitions[0]?.end).toBe(20);
  });

  test('a directory owned by a live process is refused with its pid', async () => {
    const owner = inChild(`await open({ directory }); process.stdout.write('open\\n');`);
    await until(() => owner.lines.length > 0, { what: 'the child has opened the log' });
    const refused = expect.objectContaining({
      code: 'PLB_STORE_LOCKED',
      message: expect.stringContaining(`process ${owner.process.pid} (log)`),
    });
    await expect(open()).rejects.toEqual(refused);
    await kill(owner.process);
    expect((await open()).kind).toBe('embedded');
  });

  test('a lock that the caller holds is used, and left to the caller', async () => {
    const lock = lockDirectory(directory, { owner: 'the caller' });
    await expect(open()).rejects.toEqual(coded('PLB_STORE_LOCKED'));
    await (await open({ lock })).close();
    expect(() => lockDirectory(directory, { owner: 'another' })).toThrow('the caller');
    lock.release();
    await open();
  });

  test('without space send fails as full, in whole; with space again it goes on', async () => {
    const log = await open({ maxBytes: 1_000_000 });
    await log.ensureTopic({ topic: 'ballast', partitions: 1, cleanup: 'delete' });
    await log.ensureTopic({ topic: 't', partitions: 2, cleanup: 'delete' });
    await log.send('ballast', [{ value: new Uint8Array(600_000) }]);
    const both = (size: number) =>
      log.send('t', [
        { partition: 0, value: Buffer.from('small') },
        { partition: 1, value: new Uint8Array(size) },
      ]);
    await both(1000);
    // Sent together, they share a transaction: the one that finds no room must not fail the other.
    const [large, small] = await Promise.allSettled([both(500_000), both(2000)]);
    expect(large).toMatchObject({ status: 'rejected', reason: { code: 'PLB_STORE_FULL' } });
    expect(small).toMatchObject({ status: 'fulfilled' });
    const ends = async () => (await log.describe('t'))?.partitions.map(({ end }) => end);
    expect(await ends()).toEqual([2, 2]);
    expect((await readAll(log, 't', 1)).length).toBe(2);

    await log.deleteTopic('ballast');
    const retried = () =>
      both(500_000).then(
        () => true,
        () => false,
      );
    await until(retried, { what: 'the deleted topic has made room' });
    expect(await ends()).toEqual([3, 3]);
    expect((await readAll(log, 't', 1)).map(({ value }) => value?.length)).toEqual([
      1000, 2000, 500_000,
    ]);
  });

  test('a damaged batch is named; the rest can be read', async () => {
    let log = await open();
    await log.ensureTopic({ topic: 'orders', partitions: 2, cleanup: 'delete' });
    const records = Array.from({ length: 20 }, (_, i) => ({
      partition: i % 2,
      value: Buffer.from(`${i}`),
    }));
    for (let i = 0; i < 3; i += 1) await log.send('orders', records);
    await log.close();
    const database = new DatabaseSync(join(directory, 'log.sqlite'));
    const where = 'base_offset = 10 AND partition_id = (SELECT min(id) FROM partitions)';
    const row = database.prepare(`SELECT rowid, payload FROM batches WHERE ${where}`).get();
    const payload = row?.payload as Uint8Array;
    payload[30] = (payload[30] ?? 0) ^ 1;
    database
      .prepare('UPDATE batches SET payload = ? WHERE rowid = ?')
      .run(payload, Number(row?.rowid));
    database.close();

    log = await open();
    const damaged = expect.objectContaining({
      code: 'PLB_WIRE_MALFORMED',
      message: expect.stringContaining('orders/0 at offset 10'),
    });
    await expect(readAll(log, 'orders', 0)).rejects.toEqual(damaged);
    expect((await readAll(log, 'orders', 1)).length).toBe(30);
    const member = await RecordingMember.join(log, { group: 'g', topics: ['orders'] });
    await until(() => member.failures.length > 0, { what: 'the member is told' });
    expect(member.failures).toEqual([damaged]);
    const after = await log.read({ topic: 'orders', partition: 0, offset: 20 });
    expect(after.records.length).toBe(10);
  });

  test('a batch missing from the log is reported, never skipped', async () => {
    let log = await open();
    await log.ensureTopic({ topic: 't', partitions: 1, cleanup: 'delete' });
    for (let i = 0; i < 3; i += 1) await log.send('t', [{ value: Buffer.from('x') }]);
    await log.close();
    const database = new DatabaseSync(join(directory, 'log.sqlite'));
    database.exec('DELETE FROM batches WHERE base_offset = 1');
    database.close();
    log = await open();
    await expect(readAll(log, 't')).rejects.toThrow('t/0 at offset 1');
  });

  test('a log of a newer version, or no log at all, is refused with its path', async () => {
    await (await open()).close();
    const file = join(directory, 'log.sqlite');
    const database = new DatabaseSync(file);
    database.exec('PRAGMA user_version = 99');
    database.close();
    await expect(open()).rejects.toEqual(coded('PLB_STORE_VERSION'));
    rmSync(file);
    writeFileSync(
      file,
      'no database, only text that is long enough to be read as a header'.repeat(9),
    );
    await expect(open()).rejects.toEqual(coded('PLB_WIRE_MALFORMED'));
  });

  test('batches older than the retention go when more is appended, and the start moves', async () => {
    let now = 1_000_000;
    const log = await open({ now: () => now });
    await log.ensureTopic({ topic: 't', partitions: 1, cleanup: 'delete', retentionMs: 1000 });
    // The age counts from the append: an old event time is no reason to lose a record.
    const send = () => log.send('t', [{ value: Buffer.from('x'), timestamp: 5 }]);
    await send();
    await send();
    now += 600;
    await send();
    const bounds = async () => (await log.describe('t'))?.partitions[0];
    expect(await bounds()).toEqual({ partition: 0, start: 0, end: 3 });
    now += 600;
    await send();
    expect(await bounds()).toEqual({ partition: 0, start: 2, end: 4 });
    const batch = await log.read({ topic: 't', partition: 0, offset: 0 });
    expect(batch).toMatchObject({ from: 2, next: 4, records: [{ offset: 2 }, { offset: 3 }] });
  });

  test('a compact topic stays small under updates, and shows the last value of each key', async () => {
    const log = await open({ compactAfterBytes: 200_000, durability: 'normal' });
    await log.ensureTopic({ topic: 't', partitions: 1, cleanup: 'compact' });
    const unkeyed = log.send('t', [{ value: Buffer.from('no key') }]);
    await expect(unkeyed).rejects.toEqual(coded('PLB_TRANSPORT_RECORD'));
    const member = await RecordingMember.join(log, { group: 'g', topics: ['t'], commit: true });
    const value = (key: number, round: number) => Buffer.from(`${key}:${round}`.padEnd(1000));
    for (let round = 0; round < 100; round += 1) {
      const keys = Array.from({ length: 50 }, (_, key) => key);
      await log.send(
        't',
        keys.map((key) => ({ key: Buffer.from(`${key}`), value: value(key, round) })),
      );
    }
    const small = async () => (await readAll(log, 't')).length <= 500;
    await until(small, { what: 'most of the 5,000 records are compacted away' });
    const last = new Map<string, string>();
    for (const { key, value } of await readAll(log, 't')) {
      last.set(stringOf(key), stringOf(value).trim());
    }
    expect(last.size).toBe(50);
    for (const [key, found] of last) expect(found).toBe(`${key}:99`);

    // A member that reads along sees each record that stays, and ranges without a gap.
    await until(() => (member.batches.at(-1)?.next ?? 0) === 5000, {
      what: 'the member is through',
    });
    let next = 0;
    for (const batch of member.batches) {
      expect(batch.from).toBe(next);
      next = batch.next;
    }
    expect((await log.describe('t'))?.partitions[0]).toMatchObject({ start: 0, end: 5000 });
  });
});
