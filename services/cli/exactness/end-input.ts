import { END_OF_INPUT_HEADER } from '#libs/transport/names.ts';
import type { OutgoingRecord, Transport } from '#libs/transport/port.ts';
import { syntheticRecord } from './synthetic-record.ts';

const YES = new TextEncoder().encode('true');

/**
 * The records that end the input of every partition. Synthetic ones before the end fill the last
 * block, so that all counts come to be in the stored panes.
 */
export async function endOfInput(
  transport: Transport,
  {
    topic,
    blockSize,
    timestamp,
  }: { readonly topic: string; readonly blockSize: number; readonly timestamp: number },
): Promise<readonly OutgoingRecord[]> {
  const description = await transport.describe(topic);
  const records: OutgoingRecord[] = [];
  for (const { partition, end } of description?.partitions ?? []) {
    const padding = (blockSize - ((end + 1) % blockSize)) % blockSize;
    // A compacted topic takes no record without a key.
    for (let i = 0; i < padding; i++) {
      records.push({ ...syntheticRecord({ partition, timestamp }), key: YES });
    }
    const headers = { [END_OF_INPUT_HEADER]: YES };
    records.push({ partition, key: YES, value: null, timestamp, headers });
  }
  return records;
}
