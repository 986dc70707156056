import { beforeEach, expect, test } from 'vitest';
import type { MemberHandlers, RecordBatch } from '../port.ts';
import { until } from '../until.ts';
import { ConsumerGroup } from './consumer-group.ts';

/*
 * Which of two things comes first is what matters here, so the log is one whose commits and reads
 * end when the test says so. With the real log embedded.test.ts and the contract test the same.
 */
const topic = {
  topic: 't',
  id: 'i',
  cleanup: 'delete' as const,
  retentionMs: undefined,
  partitions: [{ row: 1, partition: 0, end: 1 }],
};
let committed: number | undefined;
let finishCommit: () => void;
let group: ConsumerGroup;

beforeEach(() => {
  committed = undefined;
  finishCommit = () => {};
  group = new ConsumerGroup({
    group: 'g',
    handlingMs: 10_000,
    log: {
      topic: () => topic,
      describe: async () => [{ start: 0, end: 1 }],
      committed: async () => [
        committed === undefined ? undefined : { offset: committed, metadata: '' },
      ],
      commit: (_, { offset }) =>
        new Promise((resolve) => {
          finishCommit = () => {
            committed = offset;
            resolve();
          };
        }),
      read: async ({ offset }) => batchFrom(offset),
    },
  });
});

function batchFrom(from: number): RecordBatch {
  return { topic: 't', partition: 0, from, next: from + 1, end: 1, records: [] };
}

function join(handlers: Partial<MemberHandlers>) {
  const log: string[] = [];
  const member = group.join({
    group: 'g',
    topics: ['t'],
    handlers: {
      assigned: async (partitions) => {
        const starts = partitions.map((one) => one.committed?.offset ?? 0);
        log.push(`assigned ${starts}`);
        return starts;
      },
      revoked: async () => {
        log.push('revoked');
      },
      batch: async () => {
        log.push('batch');
      },
      failed: (error) => log.push(`failed ${error.message}`),
      ...handlers,
    },
  });
  return { member, log };
}

/** Lets all that can go on without the test go on. */
async function settle(): Promise<void> {
  for (let turn = 0; turn < 20; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}

test('the next owner begins after a commit that was still on its way', async () => {
  const first = join({});
  await until(() => first.log.includes('batch'), { what: 'the batch is handled' });
  const committing = first.member.commit({ topic: 't', partition: 0 }, { offset: 1, metadata: '' });
  await first.member.leave();
  const second = join({});
  await settle();
  expect(second.log).toEqual([]);
  finishCommit();
  await committing;
  await until(() => second.log.length > 0, { what: 'the partition is assigned' });
  expect(second.log).toEqual(['assigned 1']);
});

test('a partition has no second owner while a leaving member finishes its batch', async () => {
  let finishBatch = () => {};
  const first = join({
    batch: () =>
      new Promise((resolve) => {
        first.log.push('batch');
        finishBatch = resolve;
      }),
  });
  await until(() => first.log.includes('batch'), { what: 'the batch is being handled' });
  const leaving = first.member.leave();
  const second = join({});
  await settle();
  expect(second.log).toEqual([]);
  finishBatch();
  await leaving;
  expect(first.log).toEqual(['assigned 0', 'batch', 'revoked']);
  await until(() => second.log.includes('batch'), { what: 'the second one works' });
});

test('no handler runs before the joining turn is over', async () => {
  const { log } = join({});
  for (let step = 0; step < 100; step += 1) await Promise.resolve();
  expect(log).toEqual([]);
  await until(() => log.length > 0, { what: 'it is assigned' });
});

test('a member hears of its end once, and its handlers of nothing after', async () => {
  const { member, log } = join({});
  await until(() => log.includes('batch'), { what: 'the batch is handled' });
  member.fail(new Error('one'));
  member.fail(new Error('two'));
  group.rebalance();
  await member.leave();
  await settle();
  expect(log).toEqual(['assigned 0', 'batch', 'failed one']);
  expect(group.members).toEqual([]);
});
