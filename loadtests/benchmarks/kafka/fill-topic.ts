import { openKafkaTransport } from '#libs/transport/kafka/open-kafka-transport.ts';
import { END_OF_INPUT_HEADER } from '#libs/transport/names.ts';
import type { Transport } from '#libs/transport/port.ts';
import { scoredLines } from '../scored-workload.ts';
import { arrowRecords } from './arrow-records.ts';
import { BASELINE_ROWS } from './bench-config.ts';

/** What one producer's request holds. */
const SEND_BYTES = 128 * 1024;
/** Requests on their way at a time. */
const AT_ONCE = 8;
const YES = new TextEncoder().encode('true');

export interface FillTopicInput {
  readonly brokers: readonly string[];
  readonly topic: string;
  readonly partitions: number;
  readonly events: number;
  readonly codec: 'json' | 'arrow';
}

export interface FilledTopic {
  readonly topic: string;
  readonly events: number;
  readonly records: number;
  /** Of the records' values. */
  readonly bytes: number;
}

/**
 * Creates a topic and fills it with scored events, those that follow the baseline's: a run of them
 * goes to each partition in turn. The last record of every partition says that the input is over.
 */
export async function fillTopic(input: FillTopicInput): Promise<FilledTopic> {
  const { brokers, topic, partitions, events, codec } = input;
  const lines = scoredLines('flat', { from: BASELINE_ROWS, to: BASELINE_ROWS + events });
  const values = codec === 'json' ? bytesOf(lines) : arrowRecords(lines);
  const transport = await openKafkaTransport({ brokers });
  try {
    await transport.ensureTopic({ topic, partitions, cleanup: 'delete' });
    const sent = await sendAll(transport, { topic, partitions, values });
    const ends = Array.from({ length: partitions }, (_, partition) => ({
      ...{ partition, value: null, headers: { [END_OF_INPUT_HEADER]: YES } },
    }));
    await transport.send(topic, ends);
    return { topic, events, ...sent };
  } finally {
    await transport.close();
  }
}

function* bytesOf(lines: Iterable<string>): Generator<Uint8Array> {
  for (const line of lines) yield Buffer.from(line);
}

async function sendAll(
  transport: Transport,
  {
    topic,
    partitions,
    values,
  }: {
    readonly topic: string;
    readonly partitions: number;
    readonly values: Iterable<Uint8Array>;
  },
): Promise<{ records: number; bytes: number }> {
  const running = new Set<Promise<unknown>>();
  let run: { partition: number; value: Uint8Array }[] = [];
  let partition = 0;
  let runBytes = 0;
  let records = 0;
  let bytes = 0;
  const send = async () => {
    const sending = transport.send(topic, run);
    running.add(sending);
    sending.finally(() => running.delete(sending)).catch(() => {});
    run = [];
    runBytes = 0;
    partition = (partition + 1) % partitions;
    if (running.size >= AT_ONCE) await Promise.race(running);
  };
  for (const value of values) {
    run.push({ partition, value });
    runBytes += value.length;
    records++;
    bytes += value.length;
    if (runBytes >= SEND_BYTES) await send();
  }
  if (run.length > 0) await send();
  await Promise.all(running);
  return { records, bytes };
}
