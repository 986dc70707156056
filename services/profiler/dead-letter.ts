import { PlumblineError } from '#libs/errors/plumbline-error.ts';
import type { OutgoingRecord, TopicPartition, Transport } from '#libs/transport/port.ts';
import type { BadRecord } from './partition-profiler.ts';

const encoder = new TextEncoder();

/** What became of the records that the dead-letter topic did not take as they are. */
export interface RefusedCopies {
  /** Copied without their values. */
  readonly cut: number;
  /** Not copied at all. */
  readonly dropped: number;
  /** Why the first of them was refused; `null` when none was. */
  readonly reason: string | null;
}

/**
 * Copies bad records to the dead-letter topic with their cause and their place. At least once: a
 * restart may copy those of an unfinished block again, and place tells them apart.
 *
 * A record that the topic refuses (too large, or with a timestamp or key that it does not allow) is
 * copied without its value, headers and timestamp, and dropped where that is refused, too: a bad
 * event stops nothing. Any other failure of the transport is thrown.
 */
export async function copyBadRecords(
  transport: Transport,
  topic: string,
  { partition, bad }: { partition: TopicPartition; bad: readonly BadRecord[] },
): Promise<RefusedCopies> {
  let cut = 0;
  let dropped = 0;
  let reason: string | null = null;
  const copies = bad.map((one) => copyOf(one, partition));
  if (copies.length === 0 || (await refusalOf(transport, topic, copies)) === null) {
    return { cut, dropped, reason };
  }
  // One by one: those that the topic takes may be in it twice now.
  await Promise.all(
    copies.map(async (copy, i) => {
      const refusal = await refusalOf(transport, topic, [copy]);
      if (refusal === null) return;
      reason ??= refusal;
      const isTaken = (await refusalOf(transport, topic, [cutOf(bad[i]!, partition)])) === null;
      if (isTaken) cut++;
      else dropped++;
    }),
  );
  return { cut, dropped, reason };
}

/** Why the topic does not take the records; `null` when they are in it. */
async function refusalOf(
  transport: Transport,
  topic: string,
  records: readonly OutgoingRecord[],
): Promise<string | null> {
  try {
    await transport.send(topic, records);
    return null;
  } catch (error) {
    if (!(error instanceof PlumblineError) || error.code !== 'PLB_TRANSPORT_RECORD') throw error;
    return error.message;
  }
}

function copyOf({ record, reason }: BadRecord, partition: TopicPartition): OutgoingRecord {
  const { key, value, timestamp } = record;
  const headers = { ...record.headers, ...causeOf({ record, reason }, partition) };
  return { key, value, timestamp, headers };
}

/** What is small and has the time of the copy, so that few topics refuse it. */
function cutOf({ record, reason }: BadRecord, partition: TopicPartition): OutgoingRecord {
  const bytes = record.value?.length ?? 0;
  return {
    ...{ key: record.key, value: null },
    headers: {
      ...causeOf({ record, reason }, partition),
      'plumbline-value-left-out': encoder.encode(`${bytes} bytes`),
    },
  };
}

function causeOf(
  { record, reason }: Pick<BadRecord, 'record' | 'reason'>,
  { topic, partition }: TopicPartition,
) {
  return {
    'plumbline-reason': encoder.encode(reason),
    'plumbline-place': encoder.encode(`${topic}/${partition}/${record.offset}`),
  };
}
