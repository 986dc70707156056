import type { TopicPartition, Transport } from '#libs/transport/port.ts';
import type { BadRecord } from './partition-profiler.ts';

const encoder = new TextEncoder();

/**
 * Copies bad records to the dead-letter topic with their cause and their place. At least once: a
 * restart may copy those of an unfinished block again, and place tells them apart.
 */
export async function copyBadRecords(
  transport: Transport,
  topic: string,
  { partition, bad }: { partition: TopicPartition; bad: readonly BadRecord[] },
): Promise<void> {
  if (bad.length === 0) return;
  await transport.send(
    topic,
    bad.map(({ record, reason }) => ({
      key: record.key,
      value: record.value,
      timestamp: record.timestamp,
      headers: {
        ...record.headers,
        'plumbline-reason': encoder.encode(reason),
        'plumbline-place': encoder.encode(
          `${partition.topic}/${partition.partition}/${record.offset}`,
        ),
      },
    })),
  );
}
