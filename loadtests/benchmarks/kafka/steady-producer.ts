import { setTimeout as pause } from 'node:timers/promises';
import { openKafkaTransport } from '#libs/transport/kafka/open-kafka-transport.ts';
import { scoredLines } from '../scored-workload.ts';

const EVERY_MS = 20;
const SAMPLE = 5000;

/** What was appended to a partition, and when that was acknowledged, by this machine's clock. */
interface Acknowledged {
  readonly eventTime: number;
  readonly at: number;
}

export interface ProducerOptions {
  readonly brokers: readonly string[];
  readonly topic: string;
  readonly partitions: number;
  readonly perSecond: number;
  readonly signal: AbortSignal;
}

/**
 * Appends events that happen now, at a steady rate, until it is told to stop; answers what each
 * partition acknowledged, in order.
 */
export async function produceSteadily(
  options: ProducerOptions,
): Promise<readonly (readonly Acknowledged[])[]> {
  const { brokers, topic, partitions, perSecond, signal } = options;
  const events = Array.from(scoredLines('flat', { from: 0, to: SAMPLE }), (line): object =>
    JSON.parse(line),
  );
  const transport = await openKafkaTransport({ brokers });
  await transport.ensureTopic({ topic, partitions, cleanup: 'delete' });
  const acknowledged = Array.from({ length: partitions }, (): Acknowledged[] => []);
  const running = new Set<Promise<void>>();
  const begun = performance.now();
  let sent = 0;
  try {
    while (!signal.aborted) {
      const due = Math.floor(((performance.now() - begun) / 1000) * perSecond);
      const eventTime = Date.now();
      const ts = new Date(eventTime).toISOString();
      const records = [];
      for (; sent < due; sent++) {
        const value = Buffer.from(JSON.stringify({ ...events[sent % SAMPLE], ts }));
        records.push({ partition: sent % partitions, value });
      }
      const sending = transport.send(topic, records).then((results) => {
        const at = Date.now();
        for (const { partition } of results) acknowledged[partition]!.push({ eventTime, at });
      });
      running.add(sending);
      // What fails is thrown at the end.
      sending.then(() => running.delete(sending)).catch(() => {});
      await pause(EVERY_MS);
    }
    await Promise.all(running);
  } finally {
    await transport.close();
  }
  return acknowledged;
}
