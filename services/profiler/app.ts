import type { StreamConfig } from '#libs/config/resolved.ts';
import { PlumblineError } from '#libs/errors/plumbline-error.ts';
import type { ProfileDefinition } from '#libs/profiles/definition.ts';
import type { Lifecycle } from '#libs/telemetry/lifecycle.ts';
import { blocksTopic, profilerGroup } from '#libs/transport/names.ts';
import type {
  AssignedPartition,
  Membership,
  OutgoingRecord,
  RecordBatch,
  TopicPartition,
  Transport,
} from '#libs/transport/port.ts';
import { copyBadRecords } from './dead-letter.ts';
import { createEventReader } from './event-reader.ts';
import { PartitionProfiler } from './partition-profiler.ts';
import { formatPosition, type PositionNote, parsePosition, resumePosition } from './position.ts';
import { readNotes } from './read-notes.ts';

export interface ProfilerOptions {
  readonly transport: Transport;
  readonly instance: string;
  readonly stream: StreamConfig;
  /** The profiles to count from this stream; all have the stream's block size. */
  readonly definitions: readonly ProfileDefinition[];
  readonly lifecycle: Lifecycle;
  /** Told once when this profiler cannot go on. */
  readonly failed: (error: Error) => void;
}

export interface Profiler {
  /** Publishes nothing more, gives the partitions back. Safe to call twice. */
  close(): Promise<void>;
}

interface Held {
  readonly partition: TopicPartition;
  /** Kept beside each committed position. */
  readonly metadata: string;
  readonly profiler: PartitionProfiler;
}

/**
 * Counts the events of one stream into blocks.
 *
 * Blocks go to the blocks topic first, then the position is committed: after a crash at most one
 * block a partition is read again, and gives the very same record.
 */
export async function startProfiler(options: ProfilerOptions): Promise<Profiler> {
  const { transport, instance, stream, definitions, lifecycle } = options;
  const reading = definitions[0]?.reading;
  if (reading === undefined) {
    throw new PlumblineError(
      'PLB_INTERNAL',
      `Cannot profile stream ${stream.name}: no monitor counts anything of it`,
    );
  }
  const blocks = blocksTopic(instance);
  const blockPartitions = await countPartitions(transport, blocks);
  const read = createEventReader(reading);
  const held = new Map<string, Held>();
  const ofStream = { namespace: stream.namespace, stream: stream.name };
  /** Batches, assignments and the timer take turns: each sees whole blocks only. */
  let turn: Promise<unknown> = Promise.resolve();
  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const result = turn.then(work);
    turn = result.catch(() => undefined);
    return result;
  };

  async function publish(
    records: readonly OutgoingRecord[],
    state: 'open' | 'closed',
    partition: TopicPartition,
  ): Promise<void> {
    if (records.length === 0) return;
    const begun = performance.now();
    await transport.send(blocks, records);
    const bytes = records.reduce((total, { value }) => total + (value?.length ?? 0), 0);
    const seconds = (performance.now() - begun) / 1000;
    lifecycle.emit({ type: 'block_published', ...ofStream, ...partition, state, bytes, seconds });
  }

  async function take(
    assigned: AssignedPartition,
    notes: ReadonlyMap<string, PositionNote>,
  ): Promise<number> {
    const { topic, partition, committed, topicId } = assigned;
    const note =
      committed === undefined
        ? (notes.get(`${topic}/${partition}`) ?? { epoch: 0 })
        : parsePosition(committed.metadata);
    const resumed = resumePosition(assigned, note);
    for (const [from, to] of resumed.lost) {
      lifecycle.emit({ type: 'gap', ...ofStream, topic, partition, from, to, outcome: 'lost' });
    }
    const { epoch, offset } = resumed;
    const metadata = formatPosition({ epoch, ...(topicId === undefined ? {} : { topicId }) });
    if (committed?.offset !== offset || committed.metadata !== metadata) {
      // Before anything of this log is counted: a restart must know that it has begun anew.
      await member?.commit({ topic, partition }, { offset, metadata });
    }
    held.set(`${topic}/${partition}`, {
      partition: { topic, partition },
      metadata,
      profiler: new PartitionProfiler({
        place: { topic, partition, epoch },
        topicId,
        definitions,
        blockSize: stream.blockSize,
        read,
        position: offset,
        blockPartitions,
      }),
    });
    return offset;
  }

  let member: Membership | null = null;

  async function count(batch: RecordBatch): Promise<void> {
    const holding = held.get(`${batch.topic}/${batch.partition}`);
    if (holding === undefined) return;
    const { profiler, partition, metadata } = holding;
    if (batch.from !== profiler.position) {
      throw new PlumblineError(
        'PLB_INTERNAL',
        `Cannot count ${batch.topic}/${batch.partition} from offset ${batch.from}: ${profiler.position} is next`,
      );
    }
    const begun = performance.now();
    const outcome = profiler.add(batch);
    const seconds = (performance.now() - begun) / 1000;
    if (stream.deadLetterTopic !== undefined) {
      await copyBadRecords(transport, stream.deadLetterTopic, { partition, bad: outcome.bad });
    }
    await publish(outcome.blocks, 'closed', partition);
    if (outcome.ended) await publishUnfinished(holding);
    if (outcome.committable !== null) {
      await member?.commit(partition, { offset: outcome.committable, metadata });
    }
    const bad: Record<string, number> = {};
    for (const { reason } of outcome.bad) bad[reason] = (bad[reason] ?? 0) + 1;
    lifecycle.emit({
      type: 'batch_profiled',
      ...ofStream,
      ...partition,
      events: batch.records.length,
      bad,
      synthetic: outcome.synthetic,
      seconds,
    });
    const records = batch.end - batch.next;
    lifecycle.emit({ type: 'transport_lag', ...ofStream, ...partition, records });
  }

  async function publishUnfinished({ profiler, partition }: Held): Promise<void> {
    await publish(profiler.open(), 'open', partition);
    profiler.openPublished();
  }

  async function publishOpen(): Promise<void> {
    for (const holding of held.values()) await publishUnfinished(holding);
  }

  const announce = () =>
    lifecycle.emit({
      type: 'partitions_assigned',
      ...ofStream,
      role: 'profiler',
      partitions: held.size,
    });

  member = await transport.join({
    group: profilerGroup(instance, stream),
    topics: stream.topics,
    handlers: {
      assigned: (partitions) =>
        inTurn(async () => {
          const isNew = partitions.some(({ committed }) => committed === undefined);
          const notes = isNew ? await readNotes(transport, blocks) : new Map();
          const positions: number[] = [];
          for (const assigned of partitions) positions.push(await take(assigned, notes));
          announce();
          return positions;
        }),
      revoked: (partitions) =>
        inTurn(async () => {
          for (const { topic, partition } of partitions) held.delete(`${topic}/${partition}`);
          announce();
        }),
      batch: (batch) =>
        inTurn(async () => {
          try {
            await count(batch);
          } catch (error) {
            // Nothing may be published from behind blocks that were not.
            held.clear();
            throw error;
          }
        }),
      failed: options.failed,
    },
  });

  const timer = setInterval(() => {
    inTurn(publishOpen).catch((error: unknown) =>
      lifecycle.emit({
        type: 'failure',
        role: 'profiler',
        code: error instanceof PlumblineError ? error.code : 'PLB_INTERNAL',
        message: error instanceof Error ? error.message : String(error),
        outcome: 'retries',
      }),
    );
  }, stream.publishEveryMs);

  return {
    async close() {
      clearInterval(timer);
      await member?.leave();
      await turn;
    },
  };
}

async function countPartitions(transport: Transport, topic: string): Promise<number> {
  const description = await transport.describe(topic);
  if (description !== undefined) return description.partitions.length;
  throw new PlumblineError(
    'PLB_TRANSPORT_TOPIC',
    `Cannot publish blocks: there is no topic ${topic}`,
    { fix: 'create it, compacted, or let Plumbline create topics' },
  );
}
