import type { StreamStatus } from '#libs/store/port.ts';
import type { Transport } from '#libs/transport/port.ts';

/** First readable and next offset of each `topic/partition`. */
export type LogBounds = ReadonlyMap<string, { readonly start: number; readonly end: number }>;

/** Asks where the logs of these topics begin and end. */
export async function readLogBounds(
  transport: Transport,
  topics: Iterable<string>,
): Promise<LogBounds> {
  const bounds = new Map<string, { readonly start: number; readonly end: number }>();
  for (const topic of topics) {
    const description = await transport.describe(topic);
    for (const { partition, start, end } of description?.partitions ?? []) {
      bounds.set(`${topic}/${partition}`, { start, end });
    }
  }
  return bounds;
}

/** What of a partition is in no counts yet, at a moment; nothing where its end is not known. */
export function lagBehind(
  bounds: { readonly start: number; readonly end: number } | undefined,
  counted: {
    /** All offsets below are counted. */
    readonly applied: number;
    /** When the last counted record was written, where there is one. */
    readonly lastTimestamp: number | null | undefined;
    readonly at: number;
  },
): Pick<StreamStatus['partitions'][number], 'lagRecords' | 'lagMs'> {
  if (bounds === undefined) return {};
  const { applied, lastTimestamp, at } = counted;
  const lagRecords = Math.max(0, bounds.end - Math.max(bounds.start, applied));
  if (lagRecords === 0) return { lagRecords, lagMs: 0 };
  if (lastTimestamp === null || lastTimestamp === undefined) return { lagRecords };
  return { lagRecords, lagMs: Math.max(0, at - lastTimestamp) };
}
