import { setTimeout as sleep } from 'node:timers/promises';
import { PlumblineError } from '#libs/errors/plumbline-error.ts';
import { OFFSETS_PARTITIONS } from './broker-settings.ts';
import type { TestBroker } from './kafka-broker.ts';
import { withAdmin } from './with-admin.ts';

const POLL_MS = 50;

export interface AwaitReadyOptions {
  /** Address of the broker's internal listener. */
  readonly address: string;
  /** How many brokers it must know as alive. */
  readonly brokers: number;
  readonly deadlineMs: number;
}

/**
 * Waits until a broker answers, knows the others, and every group finds its coordinator.
 *
 * @throws PlumblineError PLB_KAFKA_START with the end of the broker's log
 */
export async function awaitReady(
  broker: TestBroker,
  { address, brokers, deadlineMs }: AwaitReadyOptions,
): Promise<void> {
  const end = performance.now() + deadlineMs;
  let last: unknown;
  while (performance.now() < end) {
    if (!broker.running) throw startError(broker, 'it ended', last);
    try {
      await probe(address, brokers);
      return;
    } catch (error) {
      last = error;
    }
    await sleep(POLL_MS);
  }
  throw startError(broker, `it did not answer within ${deadlineMs} ms`, last);
}

function startError(broker: TestBroker, why: string, last: unknown): PlumblineError {
  const said = last instanceof Error ? ` (${last.message})` : '';
  return new PlumblineError(
    'PLB_KAFKA_START',
    `Cannot start Kafka broker ${broker.node}: ${why}${said}; the end of its log:\n${broker.tail()}`,
    { cause: last },
  );
}

async function probe(address: string, brokers: number): Promise<void> {
  await withAdmin([address], async (admin) => {
    const { brokers: alive, controller } = await admin.describeCluster();
    if (alive.length < brokers) throw new Error(`${alive.length} of ${brokers} brokers are up`);
    if (controller === null || controller < 0) throw new Error('there is no controller');
    // Looking for a coordinator creates the topic of committed offsets, and an answer about a group
    // says that its partition is led. One group after the other: they share the first creation.
    for (const group of PROBES) await admin.describeGroups([group]);
  });
}

/** A group name for every partition of the topic of committed offsets. */
const PROBES: readonly string[] = (() => {
  const names = new Map<number, string>();
  for (let index = 0; names.size < OFFSETS_PARTITIONS; index += 1) {
    const name = `await-ready-${index}`;
    const partition = Math.abs(javaHash(name)) % OFFSETS_PARTITIONS;
    if (!names.has(partition)) names.set(partition, name);
  }
  return [...names.values()];
})();

/** `String.hashCode` of Java, by which a group finds its partition. */
function javaHash(text: string): number {
  let hash = 0;
  for (const character of text) hash = (31 * hash + character.charCodeAt(0)) | 0;
  return hash;
}
