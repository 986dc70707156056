import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { openKafkaTransport } from '#libs/transport/kafka/open-kafka-transport.ts';
import type { Transport } from '#libs/transport/port.ts';
import { endOfInput } from '../exactness/end-input.ts';
import {
  generateBaseline,
  generateEvents,
  MAX_EVENT_BYTES,
  STREAM_START,
} from '../exactness/generated-events.ts';
import { eventually } from './run-cli.ts';
import type { WatchedService } from './watched-service.ts';

const HOUR = 3_600_000;
const BLOCK = 256;
const SPAN = 10 * HOUR;

export interface ConfigParts {
  readonly folder: string;
  /** Name of the instance, of its topic and of its data folder. */
  readonly name: string;
  /** YAML of the blocks `kafka` and `store`. */
  readonly engines: string;
  readonly partitions?: number;
  /** Data folder, for a second process of the same instance. */
  readonly data?: string;
  /** Line of YAML under the stream. */
  readonly stream?: string;
}

/** Writes a configuration with two monitors and its baseline; answers the file. */
export function writeServiceConfig(parts: ConfigParts): string {
  const { folder, name, engines, partitions = 4, data = name, stream = '' } = parts;
  const baseline = join(folder, 'baseline.ndjson');
  writeFileSync(baseline, generateBaseline({ rows: 2000, seed: 7 }));
  const file = join(folder, `${data}.yaml`);
  writeFileSync(
    file,
    `instance: ${name}
data: ${JSON.stringify(join(folder, data))}
server: { host: 127.0.0.1, port: 0 }
${engines}
streams:
  orders:
    topics: [${name}.orders]
    time: $.ts
    partitions: ${partitions}
    block_size: ${BLOCK}
    publish_every: 200ms
    max_event_bytes: ${MAX_EVENT_BYTES}
    ${stream}
baselines:
  reference:
    file: ${JSON.stringify(baseline)}
    time: $.ts
    pane: 10m
    fields:
      angle: { type: circular, period: 360 }
      country: { type: categorical }
    derive: { hour: { hour_of_day: $.ts } }
monitors:
  hourly: { stream: orders, baseline: reference, window: 1h, pane: 10m, lateness: 5m, resolution: 64 }
  coarse: { stream: orders, baseline: reference, window: 2h, pane: 30m, evidence: iid, resolution: 16 }
`,
  );
  return file;
}

/** The topic of a configuration, filled part by part. */
export class EventSource {
  readonly #topic: string;
  readonly #partitions: number;
  readonly #events: ReturnType<typeof generateEvents>;
  readonly transport: Transport;
  #sent = 0;

  private constructor(transport: Transport, parts: Pick<ConfigParts, 'name' | 'partitions'>) {
    this.transport = transport;
    this.#topic = `${parts.name}.orders`;
    this.#partitions = parts.partitions ?? 4;
    this.#events = generateEvents({ events: 12_000, seed: 3, spanMs: SPAN });
  }

  static async open(
    brokers: readonly string[],
    parts: Pick<ConfigParts, 'name' | 'partitions'>,
  ): Promise<EventSource> {
    return new EventSource(await openKafkaTransport({ brokers }), parts);
  }

  get sent(): number {
    return this.#sent;
  }

  async createTopic(): Promise<void> {
    await this.transport.ensureTopic({
      ...{ topic: this.#topic, partitions: this.#partitions, cleanup: 'delete' },
    });
  }

  /** Sends the next events, up to this share of all. */
  async sendUntil(share: number): Promise<void> {
    const to = Math.floor(this.#events.length * share);
    for (; this.#sent < to; this.#sent = Math.min(this.#sent + 500, to)) {
      const part = this.#events.slice(this.#sent, Math.min(this.#sent + 500, to));
      await this.transport.send(
        this.#topic,
        part.map(({ value, timestamp }, i) => ({
          ...{ value, timestamp, partition: (this.#sent + i) % this.#partitions },
        })),
      );
    }
  }

  /** Sends all that is left and the end of the input. */
  async finish(): Promise<void> {
    await this.sendUntil(1);
    const end = { topic: this.#topic, blockSize: BLOCK, timestamp: STREAM_START + SPAN };
    await this.transport.send(this.#topic, await endOfInput(this.transport, end));
  }
}

interface StreamItem {
  readonly status: {
    readonly condition: string;
    readonly tallies: Readonly<Record<string, number>>;
  } | null;
}

/** Waits until at least so many records are counted, whatever became of them. */
export async function countedAtLeast(service: WatchedService, records: number): Promise<void> {
  await eventually(`${records} records are counted`, async () => {
    const { items } = (await service.get('/api/v1/streams')) as { items: readonly StreamItem[] };
    const tallies = Object.values(items[0]?.status?.tallies ?? {});
    return tallies.reduce((total, count) => total + count, 0) >= records;
  });
}

/** Waits until the end of the input is counted. */
export async function ended(service: WatchedService): Promise<void> {
  await eventually('the stream has ended', async () => {
    const { items } = (await service.get('/api/v1/streams')) as { items: readonly StreamItem[] };
    return items[0]?.status?.condition === 'ended';
  });
}
