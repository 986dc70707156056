import { openKafkaTransport } from '#libs/transport/kafka/open-kafka-transport.ts';
import type { Membership } from '#libs/transport/port.ts';
import { measureUsage, type Usage } from './usage.ts';

export interface ConsumeInput {
  readonly brokers: readonly string[];
  readonly topic: string;
  readonly group: string;
  /** Records with a value, after which all was consumed. */
  readonly records: number;
  /** Parses each of them, and does nothing with what comes out. */
  readonly parse: boolean;
}

export interface Consumed extends Usage {
  readonly records: number;
  readonly objects: number;
}

/** How often a profiler commits. */
const COMMIT_EVERY = 8192;

/** Reads a topic as a member of a group, through Plumbline's own adapter. */
export async function consumeWithAdapter(input: ConsumeInput): Promise<Consumed> {
  const { brokers, topic, group, parse } = input;
  const transport = await openKafkaTransport({ brokers });
  const over = Promise.withResolvers<void>();
  let records = 0;
  let objects = 0;
  const middle = input.records >> 1;
  let member: Membership | undefined;
  const meter = measureUsage();
  member = await transport.join({
    group,
    topics: [topic],
    handlers: {
      assigned: async (partitions) => partitions.map(({ start }) => start),
      revoked: async () => {},
      async batch(batch) {
        for (const { value } of batch.records) {
          if (value === null) continue;
          if (++records === middle) meter.half();
          if (parse && isObject(parseJson(value))) objects++;
        }
        const { from, next } = batch;
        if (Math.floor(from / COMMIT_EVERY) < Math.floor(next / COMMIT_EVERY)) {
          await member?.commit(batch, { offset: next, metadata: '' });
        }
        if (records >= input.records) over.resolve();
      },
      failed: over.reject,
    },
  });
  await over.promise;
  const usage = meter.end();
  await transport.close();
  return { ...usage, records, objects };
}

/** What any reader of JSON has to do at least: bytes to text, text to objects. */
function parseJson({ buffer, byteOffset, length }: Uint8Array): unknown {
  return JSON.parse(Buffer.from(buffer, byteOffset, length).toString('utf8'));
}

function isObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null;
}
