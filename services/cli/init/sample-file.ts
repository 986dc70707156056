import { PlumblineError } from '#libs/errors/plumbline-error.ts';
import type { LogRecord } from '#libs/transport/port.ts';
import { ndjsonLines } from '#services/feeder/ndjson-lines.ts';
import { reasonOf } from '../system-reason.ts';
import type { SampledPartition } from './sampled-partition.ts';

/**
 * The first lines of a file, as the records that they would become. The beginning rather than the
 * end, so that a trial compares what comes later with what was before.
 *
 * @throws PLB_FILE_NOT_FOUND
 */
export async function sampleFile(
  file: string,
  options: {
    readonly topic: string;
    readonly events: number;
    /** Log timestamp that a record would get now, milliseconds since 1970. */
    readonly now: number;
  },
): Promise<SampledPartition> {
  const { topic, events, now } = options;
  const records: LogRecord[] = [];
  for await (const lines of readable(file)) {
    for (const value of lines) {
      if (records.length >= events) break;
      records.push({ offset: records.length, timestamp: now, key: null, value, headers: {} });
    }
    if (records.length >= events) break;
  }
  const [first] = records;
  return {
    ...{ topic, partition: 0, start: 0, end: records.length, records, fromStart: true },
    ...(first === undefined ? {} : { first }),
  };
}

async function* readable(file: string): AsyncGenerator<readonly Uint8Array[]> {
  try {
    yield* ndjsonLines(file);
  } catch (error) {
    if (!(error instanceof PlumblineError)) throw error;
    throw new PlumblineError(error.code, `Cannot read ${file}: ${reasonOf(error.cause)}`, {
      path: file,
      fix: 'check --file; a relative path starts from the working directory',
      cause: error,
    });
  }
}
