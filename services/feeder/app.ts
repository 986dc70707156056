import { setTimeout as pause } from 'node:timers/promises';
import { PlumblineError } from '#libs/errors/plumbline-error.ts';
import type { Lifecycle } from '#libs/telemetry/lifecycle.ts';
import { END_OF_INPUT_HEADER, FEED_POSITION_HEADER } from '#libs/transport/names.ts';
import type { OutgoingRecord, Transport } from '#libs/transport/port.ts';

const encoder = new TextEncoder();
const decoder = new TextDecoder();
const YES = encoder.encode('true');
const LONGEST_PAUSE_MS = 10_000;

export interface FeedOptions {
  readonly transport: Transport;
  readonly topic: string;
  /** Opens the source from its beginning: batches of events, always the same ones in order. */
  readonly source: () => AsyncIterable<readonly Uint8Array[]>;
  readonly lifecycle: Lifecycle;
  readonly signal: AbortSignal;
  /** Told after each batch how many events of the source are in the log. */
  readonly onProgress?: (events: number) => void;
}

/**
 * Copies a finite source into a topic, exactly once: event number i goes to partition i mod P, and
 * the last record of every append tells its number, so that a feeder that was killed goes on where
 * the log ends. At the end each partition gets a record that says so.
 */
export async function feed(options: FeedOptions): Promise<void> {
  const { lifecycle, signal } = options;
  for (let wait = 100; ; wait = Math.min(wait * 2, LONGEST_PAUSE_MS)) {
    try {
      return await feedOnce(options);
    } catch (error) {
      if (signal.aborted) return;
      if (!(error instanceof PlumblineError && error.retry)) throw error;
      const { code, message } = error;
      lifecycle.emit({ type: 'failure', role: 'transport', code, message, outcome: 'retries' });
      await pause(wait, undefined, { signal }).catch(() => undefined);
    }
  }
}

async function feedOnce(options: FeedOptions): Promise<void> {
  const { transport, topic, source, signal, onProgress } = options;
  const tails = await readTails(transport, topic);
  const partitions = tails.length;
  let next = 0;
  for await (const events of source()) {
    if (signal.aborted) return;
    const records: OutgoingRecord[] = [];
    const lastOf = new Map<number, number>();
    for (const value of events) {
      const position = next++;
      const partition = position % partitions;
      if (position <= tails[partition]!.position) continue;
      lastOf.set(partition, records.length);
      records.push({ partition, value });
    }
    for (const [partition, place] of lastOf) {
      const position = next - 1 - ((next - 1 - partition) % partitions);
      records[place] = { ...records[place]!, headers: at(position) };
    }
    if (records.length > 0) await transport.send(topic, records);
    onProgress?.(next);
  }
  const unfinished = tails.flatMap(({ position, ended }, partition) => {
    const last = next - 1 - ((((next - 1 - partition) % partitions) + partitions) % partitions);
    return ended && position >= last ? [] : [{ partition, last }];
  });
  if (unfinished.length === 0) return;
  await transport.send(
    topic,
    unfinished.map(({ partition, last }) => ({
      partition,
      value: null,
      headers: { ...at(last), [END_OF_INPUT_HEADER]: YES },
    })),
  );
}

function at(position: number): Record<string, Uint8Array> {
  return { [FEED_POSITION_HEADER]: encoder.encode(String(position)) };
}

/** How far each partition has been fed: the number of its last event, −1 before the first. */
async function readTails(
  transport: Transport,
  topic: string,
): Promise<{ position: number; ended: boolean }[]> {
  const description = await transport.describe(topic);
  if (description === undefined) {
    throw new PlumblineError('PLB_TRANSPORT_TOPIC', `Cannot feed ${topic}: there is no such topic`);
  }
  return Promise.all(
    description.partitions.map(async ({ partition, start, end }) => {
      if (start === end) return { position: -1, ended: false };
      const { records } = await transport.read({ topic, partition, offset: end - 1 });
      const headers = records.at(-1)?.headers ?? {};
      const position = headers[FEED_POSITION_HEADER];
      if (position === undefined) {
        throw new PlumblineError(
          'PLB_FEED_TOPIC',
          `Cannot feed ${topic}: the last record of partition ${partition} was not written by a feeder`,
          { fix: 'feed a topic of its own, or stop the other producer' },
        );
      }
      return {
        position: Number(decoder.decode(position)),
        ended: END_OF_INPUT_HEADER in headers,
      };
    }),
  );
}
