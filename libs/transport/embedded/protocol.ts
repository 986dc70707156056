import type { CommittedOffset, TopicSpec } from '../port.ts';
import type { EncodedRecords } from './record-format.ts';

/** How the log's files are kept; the same for both workers. */
export interface LogOptions {
  readonly directory: string;
  /** `full` survives a power cut, `normal` only the death of the process. */
  readonly durability: 'full' | 'normal';
  /** Upper bound of the log file; beyond it `send` fails as on a full disk. */
  readonly maxBytes: number | undefined;
  /** A compact partition is rewritten when its new part is this long and as long as the rest. */
  readonly compactAfterBytes: number;
  /** How long a compacted-away key's tombstone is kept, in milliseconds. */
  readonly tombstoneMs: number;
}

/** A partition as the main thread knows it; `row` is its number in the database. */
interface PartitionState {
  readonly row: number;
  readonly partition: number;
  end: number;
}

export interface TopicState {
  readonly topic: string;
  readonly id: string;
  readonly cleanup: TopicSpec['cleanup'];
  readonly retentionMs: number | undefined;
  readonly partitions: readonly PartitionState[];
}

export interface AppendRequest {
  readonly topicId: string;
  readonly topic: string;
  readonly compact: boolean;
  readonly retentionMs: number | undefined;
  readonly now: number;
  /** All or none of it is stored; several batches of one partition follow each other. */
  readonly parts: readonly { readonly row: number; readonly batches: readonly EncodedRecords[] }[];
}

interface PositionKey {
  readonly group: string;
  readonly topicId: string;
}

/** What the writing worker answers to. Each promise resolves once the change is durable. */
export interface WriterCalls {
  open(options: LogOptions): Promise<readonly TopicState[]>;
  ensureTopic(request: { readonly spec: TopicSpec; readonly id: string }): Promise<TopicState>;
  deleteTopic(request: { readonly topicId: string }): Promise<void>;
  /** Base offsets in the order of the parts. */
  append(request: AppendRequest): Promise<readonly number[]>;
  commit(request: PositionKey & CommittedOffset & { readonly partition: number }): Promise<void>;
  close(request: undefined): Promise<void>;
}

export interface ReadRequest {
  readonly topic: string;
  readonly partition: number;
  readonly row: number;
  readonly offset: number;
  readonly maxBytes: number;
}

/** Whole stored batches, one after the other in `payload`, verified. */
export interface ReadReply {
  /** The offset asked for, or the log's start if that is later. */
  readonly from: number;
  readonly end: number;
  readonly batches: readonly {
    readonly base: number;
    readonly next: number;
    readonly length: number;
  }[];
  readonly payload: Uint8Array<ArrayBuffer>;
}

/** What the reading worker answers to. */
export interface ReaderCalls {
  open(options: LogOptions): Promise<void>;
  read(request: ReadRequest): Promise<ReadReply>;
  describe(request: {
    readonly topicId: string;
  }): Promise<readonly { readonly start: number; readonly end: number }[]>;
  committed(
    request: PositionKey & { readonly partitions: number },
  ): Promise<readonly (CommittedOffset | undefined)[]>;
  close(request: undefined): Promise<void>;
}
