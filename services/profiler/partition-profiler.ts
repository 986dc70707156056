import { BAD_REASONS, type BadReason, blockKey } from '#libs/profiles/block.ts';
import { BlockBuilder, type Uncounted } from '#libs/profiles/block-builder.ts';
import type { ProfileDefinition } from '#libs/profiles/definition.ts';
import { compilePath } from '#libs/profiles/json-path.ts';
import { blocksPartition, TOPIC_ID_HEADER } from '#libs/transport/names.ts';
import type {
  LogRecord,
  OutgoingRecord,
  RecordBatch,
  RecordHeaders,
  TopicPartition,
} from '#libs/transport/port.ts';
import type { EventReader } from './event-reader.ts';

const encoder = new TextEncoder();

/** Records read at a time: few enough that their objects die young, where freeing them is cheap. */
const SLICE_RECORDS = 256;

/** A record that could not be counted, with its cause, for the dead-letter topic. */
export interface BadRecord {
  readonly record: LogRecord;
  readonly reason: BadReason;
}

/** What came out of one batch. */
export interface BatchOutcome {
  /** Records of the blocks that were finished, in order. */
  readonly blocks: readonly OutgoingRecord[];
  /** End of the last finished block, to be committed once the blocks are acknowledged. */
  readonly committable: number | null;
  readonly bad: readonly BadRecord[];
  readonly synthetic: number;
  /** An end-of-input record was among them. */
  readonly ended: boolean;
}

/** A few consecutive records of a block, read. */
interface Slice {
  readonly rows: readonly object[];
  /** Event time of each row. */
  readonly times: Float64Array;
  readonly uncounted: readonly { readonly record: LogRecord; readonly what: Uncounted }[];
  /** Lowest and highest log timestamp of the real events; `first > last` without any. */
  readonly first: number;
  readonly last: number;
  /** The last of the records says that the input is over; `null` where all are synthetic. */
  readonly ended: boolean | null;
  /** Place of the first record behind it. */
  readonly end: number;
}

/** The unfinished blocks of one partition, one for each profile of its stream. */
export class PartitionProfiler {
  readonly #read: EventReader;
  readonly #profiles: readonly {
    readonly definition: ProfileDefinition;
    readonly builder: BlockBuilder;
    readonly blockPartition: number;
    readonly versionOf: ((row: unknown) => unknown) | null;
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
      versionOf:
        definition.modelVersion === null ? null : compilePath(definition.modelVersion.path),
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
    let ended = false;
    let committable: number | null = null;
    let i = 0;
    while (this.#position < next) {
      const limit = (Math.floor(this.#position / this.#blockSize) + 1) * this.#blockSize;
      const to = Math.min(limit, next);
      while (i < records.length && records[i]!.offset < to) {
        const slice = this.#readSlice(records, { begin: i, to });
        for (const { record, what } of slice.uncounted) {
          if (what === 'synthetic') synthetic++;
          else if (what === 'end') ended = true;
          else if (isBad(what)) bad.push({ record, reason: what });
        }
        this.#count(slice);
        i = slice.end;
      }
      for (const { builder } of this.#profiles) builder.advance(to);
      if (to === limit) {
        blocks.push(...this.#encode());
        committable = to;
        for (const { builder } of this.#profiles) builder.begin(to);
        this.#published = to;
      }
      this.#position = to;
    }
    return { blocks, committable, bad, synthetic, ended };
  }

  /** Reads the next few records, at most up to the offset `to`. */
  #readSlice(
    records: readonly LogRecord[],
    { begin, to }: { readonly begin: number; readonly to: number },
  ): Slice {
    const rows: object[] = [];
    const times = new Float64Array(SLICE_RECORDS);
    const uncounted: Slice['uncounted'][number][] = [];
    let first = Number.POSITIVE_INFINITY;
    let last = Number.NEGATIVE_INFINITY;
    let ended: boolean | null = null;
    let end = Math.min(records.length, begin + SLICE_RECORDS);
    while (records[end - 1]!.offset >= to) end--;
    const sliced = records.slice(begin, end);
    const outcomes = this.#read.many(sliced);
    for (let i = 0; i < sliced.length; i++) {
      const record = sliced[i]!;
      const outcome = outcomes[i]!;
      if (outcome.kind === 'event') {
        times[rows.length] = outcome.time;
        rows.push(outcome.row);
        ended = false;
      } else {
        const { what } = outcome;
        uncounted.push({ record, what });
        // Plumbline's own records are no sign of life of the stream.
        if (what === 'synthetic') continue;
        ended = what === 'end';
        if (ended) continue;
      }
      if (record.timestamp < first) first = record.timestamp;
      if (record.timestamp > last) last = record.timestamp;
    }
    return { rows, times, uncounted, first, last, ended, end };
  }

  #count({ rows, times, uncounted, first, last, ended }: Slice): void {
    for (const { builder, definition, versionOf } of this.#profiles) {
      for (const { what } of uncounted) builder.addUncounted(what);
      if (first <= last) {
        builder.noteTimestamp(first);
        builder.noteTimestamp(last);
      }
      if (versionOf === null) builder.addEvents({ rows, times, begin: 0, end: rows.length });
      else this.#countVersion({ builder, rows, times, versionOf, definition });
      if (ended !== null) builder.ended = ended;
    }
  }

  #countVersion({
    builder,
    rows,
    times,
    versionOf,
    definition,
  }: {
    readonly builder: BlockBuilder;
    readonly rows: readonly object[];
    readonly times: Float64Array;
    readonly versionOf: (row: unknown) => unknown;
    readonly definition: ProfileDefinition;
  }): void {
    const wanted = definition.modelVersion?.value;
    const matching = rows.map((row) => String(versionOf(row)) === wanted);
    const kept = rows.filter((_, i) => matching[i]);
    const keptTimes = times.subarray(0, rows.length).filter((_, i) => matching[i]);
    for (let i = kept.length; i < rows.length; i++) builder.addUncounted('other_version');
    builder.addEvents({ rows: kept, times: keptTimes, begin: 0, end: kept.length });
  }

  /** Records of the unfinished blocks, where they have grown since they were published last. */
  open(): readonly OutgoingRecord[] {
    return this.#position === this.#published ? [] : this.#encode();
  }

  /** What `open` gave is published; until then it gives the same again. */
  openPublished(): void {
    this.#published = this.#position;
  }

  #encode(): OutgoingRecord[] {
    return this.#profiles.map(({ definition, builder, blockPartition }) => ({
      partition: blockPartition,
      key: encoder.encode(blockKey(definition.id, builder.range)),
      value: builder.encode(),
      ...this.#headers,
    }));
  }
}

function isBad(what: Uncounted): what is BadReason {
  return (BAD_REASONS as readonly string[]).includes(what);
}
