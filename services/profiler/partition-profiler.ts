import { BAD_REASONS, type BadReason, blockKey, openBlockKey } from '#libs/profiles/block.ts';
import { BlockBuilder, type Uncounted } from '#libs/profiles/block-builder.ts';
import { ByteTable } from '#libs/profiles/byte-table.ts';
import type { ProfileDefinition } from '#libs/profiles/definition.ts';
import { columnOf, TEXT } from '#libs/profiles/value-column.ts';
import { blocksPartition, TOPIC_ID_HEADER } from '#libs/transport/names.ts';
import type {
  LogRecord,
  OutgoingRecord,
  RecordBatch,
  RecordHeaders,
  TopicPartition,
} from '#libs/transport/port.ts';
import type { EventReader, ReadEvents } from './event-reader.ts';

const encoder = new TextEncoder();

/**
 * Records read at a time: enough to work column by column, few enough that what they hold stays in
 * a processor's cache.
 */
const SLICE_RECORDS = 256;
const SLICE_BYTES = 256 * 1024;

/** A record that could not be counted, or not all of it, with the cause, for the dead-letter topic. */
export interface BadRecord {
  readonly record: LogRecord;
  readonly reason: BadReason;
  /** Events of the record that the reason is about. */
  readonly events: number;
}

/** What came out of one batch. */
export interface BatchOutcome {
  /** Records of the blocks that were finished, in order. */
  readonly blocks: readonly OutgoingRecord[];
  /** End of the last finished block, to be committed once the blocks are acknowledged. */
  readonly committable: number | null;
  readonly bad: readonly BadRecord[];
  readonly synthetic: number;
  /** Events whose time was too far ahead, and events that sampling left out. */
  readonly future: number;
  readonly sampledOut: number;
  /** An end-of-input record was among them. */
  readonly ended: boolean;
}

/** The unfinished blocks of one partition, one for each profile of its stream. */
export class PartitionProfiler {
  readonly #read: EventReader;
  readonly #profiles: readonly {
    readonly definition: ProfileDefinition;
    readonly builder: BlockBuilder;
    readonly blockPartition: number;
    readonly isCounted: ((events: ReadEvents, row: number) => boolean) | null;
  }[];
  readonly #blockSize: number;
  readonly #headers: { readonly headers?: RecordHeaders };
  #position: number;
  /** Offset up to which unfinished blocks were published. */
  #published: number;

  constructor(options: {
    readonly place: TopicPartition & { readonly epoch: number };
    /** The topic's id, where the transport knows one; noted on every block. */
    readonly topicId: string | undefined;
    readonly definitions: readonly ProfileDefinition[];
    readonly blockSize: number;
    readonly read: EventReader;
    readonly position: number;
    /** Partitions of the blocks topic. */
    readonly blockPartitions: number;
  }) {
    this.#read = options.read;
    this.#blockSize = options.blockSize;
    this.#position = options.position;
    this.#published = options.position;
    const { topicId } = options;
    this.#headers =
      topicId === undefined ? {} : { headers: { [TOPIC_ID_HEADER]: encoder.encode(topicId) } };
    this.#profiles = options.definitions.map((definition) => ({
      definition,
      blockPartition: blocksPartition(definition.id, options.blockPartitions),
      builder: new BlockBuilder(definition, options.place),
      isCounted: compileVersionFilter(definition),
    }));
    for (const { builder } of this.#profiles) builder.begin(options.position);
  }

  /** The next offset to count. */
  get position(): number {
    return this.#position;
  }

  /** Counts a batch, which must begin at `position`. */
  add(batch: RecordBatch): BatchOutcome {
    const { records, next } = batch;
    const blocks: OutgoingRecord[] = [];
    const bad: BadRecord[] = [];
    let synthetic = 0;
    let future = 0;
    let sampledOut = 0;
    let ended = false;
    let committable: number | null = null;
    let i = 0;
    while (this.#position < next) {
      const limit = (Math.floor(this.#position / this.#blockSize) + 1) * this.#blockSize;
      const to = Math.min(limit, next);
      while (i < records.length && records[i]!.offset < to) {
        const end = endOfSlice(records, { begin: i, to });
        const read = this.#read(records.slice(i, end));
        for (const { record, what, events } of read.refused) {
          if (what === 'synthetic') synthetic++;
          else if (what === 'future') future += events;
          else if (what === 'sampled_out') sampledOut++;
          else if (what === 'end') ended = true;
          else if (isBad(what)) bad.push({ record, reason: what, events });
        }
        this.#count(read);
        i = end;
      }
      for (const { builder } of this.#profiles) builder.advance(to);
      if (to === limit) {
        blocks.push(...this.#encode(blockKey));
        committable = to;
        for (const { builder } of this.#profiles) builder.begin(to);
        this.#published = to;
      }
      this.#position = to;
    }
    return { blocks, committable, bad, synthetic, future, sampledOut, ended };
  }

  #count(read: ReadEvents): void {
    const { rows, refused, first, last, ended } = read;
    for (const { builder, isCounted } of this.#profiles) {
      for (const { what, events } of refused) builder.addUncounted(what, events);
      if (first <= last) {
        builder.noteTimestamp(first);
        builder.noteTimestamp(last);
      }
      if (isCounted === null) builder.addEvents(read);
      else {
        const counted = rows.filter((row) => isCounted(read, row));
        builder.addUncounted('other_version', rows.length - counted.length);
        builder.addEvents({ ...read, rows: counted });
      }
      if (ended !== null) builder.ended = ended;
    }
  }

  /** Records of the unfinished blocks, where they have grown since they were published last. */
  open(): readonly OutgoingRecord[] {
    return this.#position === this.#published ? [] : this.#encode(openBlockKey);
  }

  /** What `open` gave is published; until then it gives the same again. */
  openPublished(): void {
    this.#published = this.#position;
  }

  #encode(keyOf: typeof blockKey | typeof openBlockKey): OutgoingRecord[] {
    return this.#profiles.map(({ definition, builder, blockPartition }) => ({
      partition: blockPartition,
      key: encoder.encode(keyOf(definition.id, builder.range)),
      value: builder.encode(),
      ...this.#headers,
    }));
  }
}

/** End of the next few records, at most those below the offset `to`; at least one. */
function endOfSlice(
  records: readonly LogRecord[],
  { begin, to }: { readonly begin: number; readonly to: number },
): number {
  const most = Math.min(records.length, begin + SLICE_RECORDS);
  let end = begin;
  for (let bytes = 0; end < most && records[end]!.offset < to && bytes < SLICE_BYTES; end++) {
    bytes += records[end]!.value?.length ?? 0;
  }
  return end;
}

/** Whether an event is of the profile's model version; `null` where all of them are wanted. */
function compileVersionFilter({
  modelVersion,
}: ProfileDefinition): ((events: ReadEvents, row: number) => boolean) | null {
  if (modelVersion === null) return null;
  const { path, value } = modelVersion;
  const wanted = new ByteTable();
  // No bytes of UTF-8 are a text with half a surrogate pair.
  if (value.isWellFormed()) wanted.add(encoder.encode(value));
  return ({ columns }, row) => {
    const column = columnOf(columns, path);
    return column.kinds[row] === TEXT
      ? wanted.find(column.bytes, column.starts[row]!, column.ends[row]!) >= 0
      : String(column.get(row)) === value;
  };
}

function isBad(what: Uncounted): what is BadReason {
  return (BAD_REASONS as readonly string[]).includes(what);
}
