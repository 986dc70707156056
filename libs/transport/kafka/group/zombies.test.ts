import { type ChildProcess, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { expect, onTestFinished, test } from 'vitest';
import { describeOnKafka } from '#deploy/kafka/test-kafka.ts';
import { numbered } from '../../contract-fixture.ts';
import type { Transport } from '../../port.ts';
import { RecordingMember } from '../../recording-member.ts';
import { until } from '../../until.ts';
import { openKafkaTransport } from '../open-kafka-transport.ts';

const SESSION_MS = 1500;

/**
 * A member in a process of its own that writes down what happens to it. It commits what it handles
 * (unless told not to) a moment after it has begun, and says what came of it.
 */
const MEMBER = `
import { openKafkaTransport } from '${new URL('../open-kafka-transport.ts', import.meta.url).href}';
const [brokers, topic, sessionTimeoutMs, commits] = process.argv.slice(1);
const say = (line) => process.stdout.write(line + '\\n');
const transport = await openKafkaTransport({
  brokers: brokers.split(','), sessionTimeoutMs: Number(sessionTimeoutMs),
});
const member = await transport.join({
  group: topic,
  topics: [topic],
  maxBatchBytes: 1,
  handlers: {
    async assigned(partitions) {
      for (const { partition } of partitions) say('assigned ' + partition);
      return partitions.map(({ committed, start }) => committed?.offset ?? start);
    },
    async revoked(partitions) {
      for (const { partition } of partitions) say('revoked ' + partition);
    },
    async batch({ partition, from, next }) {
      say('batch ' + partition + '/' + from);
      await new Promise((resolve) => setTimeout(resolve, 200));
      if (commits === 'no') return;
      await member.commit({ topic, partition }, { offset: next, metadata: 'child' }).then(
        () => say('committed ' + partition),
        (error) => {
          say(error.code + ' ' + partition);
          throw error;
        },
      );
    },
    failed: (error) => say('failed ' + error.message),
  },
});
`;

interface Child {
  readonly process: ChildProcess;
  readonly lines: string[];
}

describeOnKafka('a member frozen beyond its session', (kafka) => {
  async function openWithTopic(): Promise<{ transport: Transport; topic: string }> {
    const transport = await openKafkaTransport({
      brokers: kafka().bootstrap,
      sessionTimeoutMs: SESSION_MS,
    });
    onTestFinished(() => transport.close());
    const topic = `zombie-${randomUUID()}`;
    await transport.ensureTopic({ topic, partitions: 2, cleanup: 'delete' });
    return { transport, topic };
  }

  function startChild(topic: string, commits: 'yes' | 'no'): Child {
    const child = spawn(
      process.execPath,
      [
        ...['--input-type=module-typescript', '-e', MEMBER],
        ...[kafka().bootstrap.join(), topic, `${SESSION_MS}`, commits],
      ],
      { stdio: ['ignore', 'pipe', 'inherit'] },
    );
    onTestFinished(() => {
      child.kill('SIGKILL');
    });
    const lines: string[] = [];
    let rest = '';
    child.stdout.on('data', (chunk: Buffer) => {
      const parts = (rest + chunk.toString()).split('\n');
      rest = parts.pop() ?? '';
      lines.push(...parts);
    });
    return { process: child, lines };
  }

  /** A child and a member here, with one partition each: the child's is told. */
  async function shared(transport: Transport, topic: string, commits: 'yes' | 'no' = 'yes') {
    const child = startChild(topic, commits);
    await until(() => child.lines.filter((line) => line.startsWith('assigned')).length === 2, {
      what: 'the child has joined',
    });
    const member = await RecordingMember.join(transport, {
      group: topic,
      topics: [topic],
      commit: true,
    });
    await until(
      () => member.owned.size === 1 && child.lines.some((line) => line.startsWith('revoked')),
      { what: 'both have one partition' },
    );
    const mine = Number([...member.owned][0]?.split('/')[1]);
    return { child, member, theirs: 1 - mine };
  }

  test('in the middle of a batch: its commit is fenced, it is told, and it joins anew', async () => {
    const { transport, topic } = await openWithTopic();
    const { child, member, theirs } = await shared(transport, topic);
    await transport.send(topic, numbered(1, theirs));
    await until(() => child.lines.includes(`batch ${theirs}/0`), { what: 'the child handles' });
    child.process.kill('SIGSTOP');
    const before = child.lines.length;
    await until(() => member.owned.size === 2, { what: 'its partition has moved' });
    await until(() => member.seen.includes(`${topic}/${theirs}/0`), { what: 'the record is seen' });
    await transport.send(topic, numbered(3, theirs));
    await until(() => member.seen.includes(`${topic}/${theirs}/3`), { what: 'more are seen' });
    child.process.kill('SIGCONT');
    await until(() => child.lines.slice(before).some((line) => line.startsWith('assigned')), {
      what: 'the child has joined anew',
    });
    expect(child.lines.slice(before, before + 2)).toEqual([
      `PLB_TRANSPORT_FENCED ${theirs}`,
      `revoked ${theirs}`,
    ]);
    expect(child.lines.slice(before + 2).every((line) => line.startsWith('assigned'))).toBe(true);
    await until(async () => (await transport.committed(topic, topic))[theirs]?.offset === 4, {
      what: 'the position is that of the record last seen',
    });
    expect(member.failures).toEqual([]);
  }, 60_000);

  test('between two batches: it is told before it gets what it had at hand', async () => {
    const { transport, topic } = await openWithTopic();
    const { child, member, theirs } = await shared(transport, topic, 'no');
    await transport.send(topic, numbered(5, theirs));
    await until(() => child.lines.includes(`batch ${theirs}/0`), { what: 'the child handles' });
    child.process.kill('SIGSTOP');
    const before = child.lines.length;
    const seenThere = () => member.seen.filter((one) => one.startsWith(`${topic}/${theirs}/`));
    await until(() => seenThere().length === 5, { what: 'the other one has its records' });
    child.process.kill('SIGCONT');
    await until(() => child.lines.slice(before).some((line) => line.startsWith('assigned')), {
      what: 'the child has joined anew',
    });
    expect(child.lines[before]).toBe(`revoked ${theirs}`);
    await transport.send(topic, [...numbered(1, 0), ...numbered(1, 1)]);
    await until(() => child.lines.slice(before).some((line) => line.startsWith('batch')), {
      what: 'the child works again',
    });
    expect(child.lines.filter((line) => line.startsWith('failed'))).toEqual([]);
  }, 60_000);

  test('killed: its partitions move when its session is over', async () => {
    const { transport, topic } = await openWithTopic();
    const { child, member, theirs } = await shared(transport, topic);
    child.process.kill('SIGKILL');
    await transport.send(topic, numbered(2, theirs));
    await until(() => member.seen.includes(`${topic}/${theirs}/1`), { what: 'all is seen' });
    expect(member.owned.size).toBe(2);
    expect(member.revocations).toEqual([]);
  }, 60_000);
});
