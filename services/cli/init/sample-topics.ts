import { formatSuggestion } from '#libs/config/suggest.ts';
import { PlumblineError } from '#libs/errors/plumbline-error.ts';
import type { LogRecord, Transport } from '#libs/transport/port.ts';
import type { SampledPartition } from './sampled-partition.ts';

/** A sample is held in memory, however large its events are. */
const MOST_BYTES = 128 * 1024 * 1024;
const READ_BYTES = 4 * 1024 * 1024;
/** Compacted topics have offsets without records: how often to look further back. */
const MOST_STEPS = 8;

/** What sampling needs of a transport. */
export type SampledTransport = Pick<Transport, 'describe' | 'read'>;

/**
 * The newest records of some topics, from each partition as many as its share of the log, so that
 * the samples of all partitions reach back about equally far.
 *
 * @throws PLB_TRANSPORT_TOPIC for a topic that does not exist, and what the transport throws
 */
export async function sampleTopics(
  transport: SampledTransport,
  options: {
    readonly topics: readonly string[];
    readonly events: number;
    readonly onProgress?: (records: number) => void;
  },
): Promise<readonly SampledPartition[]> {
  const { topics, events, onProgress } = options;
  const logs = (
    await Promise.all(topics.map((topic) => partitionsOf(transport, { topic, topics })))
  ).flat();
  const total = logs.reduce((sum, { start, end }) => sum + end - start, 0);
  const most = MOST_BYTES / Math.max(1, logs.filter(({ start, end }) => end > start).length);
  const sampled: SampledPartition[] = [];
  let records = 0;
  for (const log of logs) {
    const share = total === 0 ? 0 : (log.end - log.start) / total;
    const wanted = Math.ceil(events * share);
    const sample = await sampleNewest(transport, { ...log, wanted, most });
    records += sample.records.length;
    onProgress?.(records);
    sampled.push(sample);
  }
  return sampled;
}

type PartitionLog = Pick<SampledPartition, 'topic' | 'partition' | 'start' | 'end'>;

async function partitionsOf(
  transport: SampledTransport,
  { topic, topics }: { readonly topic: string; readonly topics: readonly string[] },
): Promise<readonly PartitionLog[]> {
  const description = await transport.describe(topic);
  if (description !== undefined) {
    return description.partitions.map((partition) => ({ topic, ...partition }));
  }
  const near: string[] = [];
  for (const name of spellings(topic)) {
    if (!topics.includes(name) && (await transport.describe(name)) !== undefined) near.push(name);
  }
  const [best, ...others] = near;
  throw new PlumblineError(
    'PLB_TRANSPORT_TOPIC',
    `Cannot sample ${topic}: there is no such topic, or this user may not see it`,
    {
      fix:
        best === undefined
          ? 'check --topic, and where it is looked for: --brokers, or --data'
          : formatSuggestion({ best, others }),
    },
  );
}

/** How the name may be spelt where it exists: a transport does not list what it has. */
function spellings(topic: string): readonly string[] {
  const words = topic.split(/[._-]+/).filter((word) => word !== '');
  const cases = [topic, topic.toLowerCase(), topic.toUpperCase()];
  const joined = ['.', '-', '_', ''].flatMap((mark) => [
    words.join(mark),
    words.join(mark).toLowerCase(),
  ]);
  const numbers = [...cases, ...joined].map((name) =>
    name.endsWith('s') ? name.slice(0, -1) : `${name}s`,
  );
  return [...new Set([...cases, ...joined, ...numbers])].filter(
    (name) => name !== topic && name !== '',
  );
}

/** Looks back in steps, each twice as long, until enough records are found. */
async function sampleNewest(
  transport: SampledTransport,
  log: PartitionLog & { readonly wanted: number; readonly most: number },
): Promise<SampledPartition> {
  const { topic, partition, start, end, wanted, most } = log;
  const place = { topic, partition };
  let records: LogRecord[] = [];
  let bytes = 0;
  let from = end;
  for (let step = 0; step < MOST_STEPS && from > start; step++) {
    const missing = wanted - records.length;
    if (missing <= 0 || bytes >= most) break;
    const to = from;
    from = Math.max(start, to - missing * 2 ** step);
    const earlier: LogRecord[] = [];
    for (let offset = from; offset < to; ) {
      const batch = await transport.read({ ...place, offset }, READ_BYTES);
      for (const record of batch.records) {
        if (record.offset >= to) break;
        bytes += (record.value?.length ?? 0) + (record.key?.length ?? 0);
        earlier.push(record);
      }
      if (batch.next <= offset || bytes >= most) break;
      offset = batch.next;
    }
    records = [...earlier, ...records];
  }
  const first = from > start ? await firstOf(transport, { ...place, start }) : records[0];
  return {
    ...{ topic, partition, start, end },
    records: records.length > wanted ? records.slice(-wanted) : records,
    fromStart: from === start && records.length <= wanted,
    ...(first === undefined ? {} : { first }),
  };
}

async function firstOf(
  transport: SampledTransport,
  {
    start,
    ...place
  }: { readonly topic: string; readonly partition: number; readonly start: number },
): Promise<LogRecord | undefined> {
  const { records } = await transport.read({ ...place, offset: start }, 1);
  return records[0];
}
