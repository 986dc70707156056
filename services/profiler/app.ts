import { loadCodec } from '#libs/codecs/codec.ts';
import type { StreamConfig } from '#libs/config/resolved.ts';
import { PlumblineError } from '#libs/errors/plumbline-error.ts';
import type { ProfileDefinition } from '#libs/profiles/definition.ts';
import { encodeLostOffsets, type LostOffsets, lostKey } from '#libs/profiles/lost-offsets.ts';
import type { Lifecycle } from '#libs/telemetry/lifecycle.ts';
import {
  blocksPartition,
  blocksTopic,
  profilerGroup,
  TOPIC_ID_HEADER,
} from '#libs/transport/names.ts';
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

const encoder = new TextEncoder();

export interface ProfilerOptions {
  readonly transport: Transport;
  readonly instance: string;
  readonly stream: StreamConfig;
  /** The profiles to count from this stream; all have the stream's block size. */
  readonly definitions: readonly ProfileDefinition[];
  readonly lifecycle: Lifecycle;
  /** Told once when this profiler cannot go on. */
  readonly failed: (error: Error) => void;
  /** Told when it cannot work at the moment but keeps trying, and with `null` when it can again. */
  readonly trouble?: (reason: Error | null) => void;
  /** Milliseconds since 1970; tells how far behind it is, never what is counted. */
  readonly now?: () => number;
}

export interface Profiler {
  /** Publishes nothing more, gives the partitions back. Safe to call twice. */
  close(): Promise<void>;
}

interface Held {
  readonly partition: TopicPartition;
  /** Kept beside each committed position. */
  readonly log: Omit<PositionNote, 'open'>;
  readonly profiler: PartitionProfiler;
  /** Where the unfinished block begins, and how far it was published. */
  committed: number;
  open: number;
  /** Records that were not read yet when the last batch was, and the timestamp of its last record. */
  waiting: number;
  lastTimestamp: number | null;
}

/**
 * Counts the events of one stream into blocks.
 *
 * Blocks go to the blocks topic first, then the position is committed: after a crash at most one
 * block a partition is read again, and gives the very same record.
 */
export async function startProfiler(options: ProfilerOptions): Promise<Profiler> {
  const { transport, instance, stream, definitions, lifecycle, now = Date.now } = options;
  const reading = definitions[0]?.reading;
  if (reading === undefined) {
    throw new PlumblineError(
      'PLB_INTERNAL',
      `Cannot profile stream ${stream.name}: no monitor counts anything of it`,
    );
  }
  const blocks = blocksTopic(instance);
  const blockPartitions = await countPartitions(transport, blocks);
  await loadCodec(reading.codec);
  const read = createEventReader(reading, definitions);
  const held = new Map<string, Held>();
  const ofStream = { namespace: stream.namespace, stream: stream.name };
  if (reading.sampling !== undefined) {
    lifecycle.emit({ type: 'sampling', ...ofStream, share: reading.sampling.share });
  }
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
    const { epoch, offset, lost, anew } = resumePosition(assigned, note);
    if (anew !== undefined) {
      lifecycle.emit({
        ...{ type: 'log_began_anew', ...ofStream, topic, partition, epoch, reason: anew },
      });
    }
    const log = { epoch, ...(topicId === undefined ? {} : { topicId }) };
    if (lost !== undefined) await tellLost({ topic, partition, epoch, ...lost }, log);
    const isSame = note.epoch === epoch && note.topicId === topicId;
    const goesOn = committed?.offset === offset && isSame;
    if (!goesOn) {
      // Before anything of this log is counted: a restart must know that it has begun anew.
      await member?.commit({ topic, partition }, { offset, metadata: formatPosition(log) });
    }
    held.set(`${topic}/${partition}`, {
      partition: { topic, partition },
      log,
      committed: offset,
      open: goesOn ? (note.open ?? offset) : offset,
      ...{ waiting: 0, lastTimestamp: null },
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

  /** The evaluators must know too, and before any block behind it. */
  async function tellLost(
    range: LostOffsets & { readonly counted: number },
    { topicId }: PositionNote,
  ): Promise<void> {
    const { counted, ...lost } = range;
    const headers =
      topicId === undefined ? {} : { headers: { [TOPIC_ID_HEADER]: encoder.encode(topicId) } };
    await transport.send(
      blocks,
      definitions.map((definition) => ({
        partition: blocksPartition(definition.id, blockPartitions),
        key: encoder.encode(lostKey(definition.id, lost)),
        value: encodeLostOffsets(definition, lost),
        ...headers,
      })),
    );
    if (counted >= lost.to) return;
    const { topic, partition, to } = lost;
    lifecycle.emit({
      ...{ type: 'gap', ...ofStream, topic, partition, from: counted, to, outcome: 'lost' },
      reason: 'the log let go of them before they were counted',
    });
  }

  let member: Membership | null = null;

  async function count(batch: RecordBatch): Promise<void> {
    const holding = held.get(`${batch.topic}/${batch.partition}`);
    if (holding === undefined) {
      throw new PlumblineError(
        'PLB_INTERNAL',
        `Cannot count ${batch.topic}/${batch.partition}: it is none of this profiler's partitions`,
      );
    }
    const { profiler, partition } = holding;
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
      const to = stream.deadLetterTopic;
      const refused = await copyBadRecords(transport, to, { partition, bad: outcome.bad });
      const { cut, dropped, reason } = refused;
      if (reason !== null) {
        lifecycle.emit({
          ...{ type: 'dead_letter_refused', ...ofStream, ...partition, to, cut, dropped, reason },
        });
      }
    }
    await publish(outcome.blocks, 'closed', partition);
    if (outcome.committable !== null) {
      const metadata = formatPosition(holding.log);
      await member?.commit(partition, { offset: outcome.committable, metadata });
      holding.committed = outcome.committable;
      holding.open = outcome.committable;
    }
    if (outcome.ended) await publishUnfinished(holding);
    const bad: Record<string, number> = {};
    for (const { reason, events } of outcome.bad) bad[reason] = (bad[reason] ?? 0) + events;
    lifecycle.emit({
      type: 'batch_profiled',
      ...ofStream,
      ...partition,
      events: batch.records.length,
      bad,
      synthetic: outcome.synthetic,
      future: outcome.future,
      sampledOut: outcome.sampledOut,
      seconds,
    });
    holding.waiting = batch.end - batch.next;
    holding.lastTimestamp = batch.records.at(-1)?.timestamp ?? holding.lastTimestamp;
    tellLag(holding);
  }

  function tellLag({ partition, waiting, lastTimestamp }: Held): void {
    const isBehind = waiting > 0 && lastTimestamp !== null;
    const seconds = isBehind ? Math.max(0, now() - lastTimestamp) / 1000 : 0;
    lifecycle.emit({ type: 'transport_lag', ...ofStream, ...partition, records: waiting, seconds });
  }

  async function publishUnfinished(holding: Held): Promise<void> {
    const { profiler, partition, log, committed } = holding;
    const records = profiler.open();
    await publish(records, 'open', partition);
    profiler.openPublished();
    if (records.length === 0 || profiler.position <= holding.open) return;
    // Where the log lets go of this block before it is finished, this much of it is not lost.
    holding.open = profiler.position;
    const metadata = formatPosition({ ...log, open: holding.open });
    await member?.commit(partition, { offset: committed, metadata }).catch(unlessFenced);
  }

  async function onTime(): Promise<void> {
    for (const holding of held.values()) {
      await publishUnfinished(holding);
      // While nothing is read, time passes all the same.
      if (holding.waiting > 0) tellLag(holding);
    }
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
            // Nothing may be published from behind blocks that were not. One partition that was given
            // away does not end a member: the others go on.
            if (isFenced(error)) held.delete(`${batch.topic}/${batch.partition}`);
            else held.clear();
            throw error;
          }
        }),
      failed: options.failed,
      trouble: (reason) => options.trouble?.(reason),
      rebalanced: (rebalance) =>
        lifecycle.emit({ type: 'rebalanced', role: 'profiler', ...rebalance }),
    },
  });

  const timer = setInterval(() => {
    inTurn(onTime).catch((error: unknown) =>
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

/** A partition that is being given away is its next owner's to publish. */
function unlessFenced(error: unknown): void {
  if (!isFenced(error)) throw error;
}

function isFenced(error: unknown): boolean {
  return error instanceof PlumblineError && error.code === 'PLB_TRANSPORT_FENCED';
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
