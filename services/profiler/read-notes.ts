import { TOPIC_ID_HEADER } from '#libs/transport/names.ts';
import type { Transport } from '#libs/transport/port.ts';
import type { PositionNote } from './position.ts';

const decoder = new TextDecoder();

/**
 * Which logs were counted already, by `topic/partition`, as the blocks topic tells: the newest epoch
 * of each and the topic's id at that time. Reads the whole blocks topic, so it is for partitions
 * without a committed position only: new ones, and those of a topic that was created anew, with
 * which the group's positions went.
 */
export async function readNotes(
  transport: Transport,
  blocks: string,
): Promise<ReadonlyMap<string, PositionNote>> {
  const notes = new Map<string, PositionNote>();
  const description = await transport.describe(blocks);
  for (const { partition, start, end } of description?.partitions ?? []) {
    for (let offset = start; offset < end; ) {
      const batch = await transport.read({ topic: blocks, partition, offset });
      for (const { key, value, headers } of batch.records) {
        // Of each log the newest block is never deleted; tombstones of others say nothing of it.
        if (key === null || value === null) continue;
        const [, topic, epoch, number] = decoder.decode(key).split('/');
        const place = `${topic}/${number}`;
        const known = notes.get(place);
        if (known !== undefined && known.epoch > Number(epoch)) continue;
        const header = headers[TOPIC_ID_HEADER];
        const before = known?.epoch === Number(epoch) ? known.topicId : undefined;
        const topicId = header === undefined ? before : decoder.decode(header);
        notes.set(place, { epoch: Number(epoch), ...(topicId === undefined ? {} : { topicId }) });
      }
      offset = batch.next;
    }
  }
  return notes;
}
