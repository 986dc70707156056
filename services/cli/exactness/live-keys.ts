import { blocksTopic } from '#libs/transport/names.ts';
import type { LogRecord, Transport } from '#libs/transport/port.ts';
import { INSTANCE } from './plant.ts';
import { readTopic } from './recount.ts';

/**
 * Keys of the blocks topic whose last value is one, as compaction leaves them in the end: those of
 * unfinished blocks, and all others.
 */
export async function liveKeys(
  transport: Transport,
): Promise<{ readonly finished: readonly string[]; readonly open: readonly string[] }> {
  const last = new Map<string, LogRecord>();
  for (const record of (await readTopic(transport, blocksTopic(INSTANCE))).flat()) {
    last.set(Buffer.from(record.key!).toString(), record);
  }
  const live = [...last].flatMap(([key, { value }]) => (value === null ? [] : [key])).sort();
  const isOpen = (key: string) => key.endsWith('/open');
  return { finished: live.filter((key) => !isOpen(key)), open: live.filter(isOpen) };
}
