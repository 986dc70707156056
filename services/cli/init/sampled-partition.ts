import type { LogRecord } from '#libs/transport/port.ts';

/** Records of one partition in the order of its log. */
export interface SampledPartition {
  readonly topic: string;
  readonly partition: number;
  /** Offsets of the log; equal when it is empty. */
  readonly start: number;
  readonly end: number;
  readonly records: readonly LogRecord[];
  /** The sample holds everything from the log's start on. */
  readonly fromStart: boolean;
  /** The first record of the log, which tells how long it has been filling. */
  readonly first?: LogRecord;
}
