import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { type ConfigOutcome, parseConfig } from '#libs/config/parse-config.ts';
import type { StreamConfig } from '#libs/config/resolved.ts';
import { ensureBaseline } from '#libs/planning/ensure-baseline.ts';
import { type MonitorPlan, planMonitors } from '#libs/planning/plan-monitors.ts';
import type { Store } from '#libs/store/port.ts';
import { openSqliteStore } from '#libs/store/sqlite/open-sqlite-store.ts';
import { createLifecycle, type Lifecycle, type LifecycleEvent } from '#libs/telemetry/lifecycle.ts';
import { openEmbeddedTransport } from '#libs/transport/embedded/open-embedded-transport.ts';
import { blocksTopic } from '#libs/transport/names.ts';
import type { OutgoingRecord, Transport } from '#libs/transport/port.ts';
import { until } from '#libs/transport/until.ts';
import { type Evaluator, startEvaluator } from '#services/evaluator/app.ts';
import { type Profiler, startProfiler } from '#services/profiler/app.ts';
import { type Supervised, supervise } from '../supervise.ts';
import { endOfInput } from './end-input.ts';
import { type FinalState, readFinalState } from './final-state.ts';
import { generateBaseline, MAX_EVENT_BYTES } from './generated-events.ts';

export const INSTANCE = 'exact';
export const TOPIC = 'orders';
export const BLOCK = 256;
export const BLOCKS_PARTITIONS = 4;
const BUILT_AT = Date.UTC(2024, 0, 15);

/** The log and the store that a plant runs on. */
export interface Engines {
  openTransport(data: string): Promise<Transport>;
  openStore(data: string, options: { readonly maxBytes?: number | undefined }): Promise<Store>;
}

export const EMBEDDED: Engines = {
  openTransport: (data) =>
    openEmbeddedTransport({ directory: join(data, 'log'), durability: 'normal' }),
  openStore: (data, { maxBytes }) =>
    openSqliteStore({
      ...{ directory: data, owner: 'test' },
      ...(maxBytes === undefined ? {} : { maxBytes }),
    }),
};

export interface PlantOptions {
  readonly partitions: number;
  /** The embedded ones unless given. */
  readonly engines?: Engines;
  /** Profiler members in the group; 1 unless given. */
  readonly members?: number;
  /** Evaluators in the group; 1 unless given. */
  readonly evaluators?: number;
  /** Lines of YAML under `monitors`. */
  readonly monitors?: string;
  /** Lines of YAML under the stream. */
  readonly stream?: string;
  readonly baselineRows?: number;
  /** Upper bound of the store's file. */
  readonly maxBytes?: number;
  readonly publishEveryMs?: number;
  /** How often the evaluator stores and publishes; 20 unless given. */
  readonly stepMs?: number;
}

/**
 * Two monitors that share a profile, and one that counts on a coarser grid. Blocks of 256 events
 * make many small profiles, so the grids are small too.
 */
const MONITORS = `
  hopping: { stream: orders, baseline: reference, window: 1h, hop: 30m, pane: 10m, lateness: 5m, resolution: 128 }
  tumbling: { stream: orders, baseline: reference, window: 2h, pane: 10m, evidence: iid, resolution: 128 }
  coarse: { stream: orders, baseline: reference, window: 1h, pane: 10m, resolution: 16 }
`;

/** YAML of the configuration that all these tests share. */
function configText(options: PlantOptions & { readonly directory: string }): string {
  return `
instance: ${INSTANCE}
data: ${JSON.stringify(join(options.directory, 'data'))}
server: { host: 127.0.0.1, port: 0 }
streams:
  orders:
    topics: [${TOPIC}]
    time: $.ts
    partitions: ${options.partitions}
    block_size: ${BLOCK}
    publish_every: 100ms
    max_event_bytes: ${MAX_EVENT_BYTES}
    ${options.stream ?? ''}
baselines:
  reference:
    file: baseline.ndjson
    time: $.ts
    pane: 10m
    fields:
      angle: { type: circular, period: 360 }
      country: { type: categorical }
    derive: { hour: { hour_of_day: $.ts } }
monitors:
${options.monitors ?? MONITORS}
`;
}

/** A configuration in a folder of its own, with its baseline file; gone when the test is. */
export function prepareDirectory(options: PlantOptions): {
  directory: string;
  loaded: Extract<ConfigOutcome, { ok: true }>;
} {
  const directory = mkdtempSync(join(tmpdir(), 'plumbline-exact-'));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  const rows = options.baselineRows ?? 6000;
  writeFileSync(join(directory, 'baseline.ndjson'), generateBaseline({ rows, seed: 7 }));
  const text = configText({ ...options, directory });
  const source = join(directory, 'plumbline.yaml');
  writeFileSync(source, text);
  const loaded = parseConfig(text, { source });
  if (!loaded.ok) throw new Error(JSON.stringify(loaded.problems));
  mkdirSync(loaded.config.dataDirectory, { recursive: true });
  return { directory, loaded };
}

/**
 * Log, store, profilers and evaluator, as `runService` wires them, but with parts that can be
 * stopped and started one by one.
 */
export class Plant {
  readonly #options: PlantOptions;
  readonly #loaded: Extract<ConfigOutcome, { ok: true }>;
  readonly events: LifecycleEvent[] = [];
  readonly lifecycle: Lifecycle = createLifecycle();
  store!: Store;
  transport!: Transport;
  plans!: readonly MonitorPlan[];
  readonly #evaluators: Supervised[] = [];
  readonly #profilers: Supervised[] = [];

  private constructor(options: PlantOptions) {
    this.#options = options;
    this.#loaded = prepareDirectory(options).loaded;
    this.lifecycle.observe((event) => this.events.push(event));
  }

  /** Opens log and store; nothing runs yet. */
  static async open(options: PlantOptions): Promise<Plant> {
    const plant = new Plant(options);
    onTestFinished(() => plant.stop());
    await plant.reopen();
    return plant;
  }

  get stream(): StreamConfig {
    const { publishEveryMs = 25 } = this.#options;
    return { ...this.#loaded.config.streams[0]!, publishEveryMs };
  }

  /** Opens log and store again, after `stop`. */
  async reopen(options: Pick<PlantOptions, 'maxBytes'> = this.#options): Promise<void> {
    const { config } = this.#loaded;
    const { engines = EMBEDDED } = this.#options;
    this.store = await engines.openStore(config.dataDirectory, options);
    this.transport = await engines.openTransport(config.dataDirectory);
    for (const baseline of config.baselines) {
      await ensureBaseline(baseline, {
        store: this.store,
        demands: {
          ...{ overrides: [], derive: [] },
          segments: config.monitors.flatMap(({ segments }) => segments ?? []),
        },
        now: () => BUILT_AT,
      });
    }
    this.plans = await planMonitors(config, this.store);
    const blocks = blocksTopic(INSTANCE);
    await this.transport.ensureTopic({
      ...{ topic: blocks, partitions: BLOCKS_PARTITIONS, cleanup: 'compact' },
    });
    await this.ensureTopic();
  }

  async ensureTopic(): Promise<void> {
    const { partitions } = this.#options;
    await this.transport.ensureTopic({ topic: TOPIC, partitions, cleanup: 'delete' });
  }

  async start(): Promise<void> {
    for (let i = 0; i < (this.#options.evaluators ?? 1); i++) await this.startEvaluator();
    for (let i = 0; i < (this.#options.members ?? 1); i++) await this.startProfiler();
  }

  async startEvaluator(): Promise<void> {
    this.#evaluators.push(
      await supervise({
        ...{ name: 'evaluator', role: 'evaluator', lifecycle: this.lifecycle },
        start: ({ failed }) => this.newEvaluator(failed),
      }),
    );
  }

  /** Why an evaluator does not run at the moment. */
  trouble(): string | null {
    return this.#evaluators.find((one) => one.trouble() !== null)?.trouble() ?? null;
  }

  /** An evaluator that nobody supervises. */
  newEvaluator(failed: (error: Error) => void, transport = this.transport): Promise<Evaluator> {
    return startEvaluator({
      ...{ transport, store: this.store, instance: INSTANCE, plans: this.plans, failed },
      ...{ lifecycle: this.lifecycle, now: Date.now, stepMs: this.#options.stepMs ?? 20 },
    });
  }

  async startProfiler(transport = this.transport): Promise<void> {
    this.#profilers.push(
      await supervise({
        ...{ name: 'profiler', role: 'profiler', lifecycle: this.lifecycle },
        start: ({ failed }) => this.newProfiler(failed, transport),
      }),
    );
  }

  newProfiler(failed: (error: Error) => void, transport = this.transport): Promise<Profiler> {
    const definitions = [
      ...new Map(this.plans.map(({ profile }) => [profile.id, profile])).values(),
    ];
    return startProfiler({
      ...{ transport, instance: INSTANCE, stream: this.stream, definitions },
      ...{ lifecycle: this.lifecycle, failed },
    });
  }

  async stopProfilers(): Promise<void> {
    for (const part of this.#profilers.splice(0)) await part.stop();
  }

  async stopEvaluators(): Promise<void> {
    for (const part of this.#evaluators.splice(0)) await part.stop();
  }

  /** Stops all as a process that is asked to does. */
  async stop(): Promise<void> {
    await this.stopProfilers();
    await this.stopEvaluators();
    await this.transport.close();
    await this.store.close();
  }

  /** Takes log and store away from under the running parts. */
  async wreck(): Promise<void> {
    await this.transport.close();
    await this.store.close();
    await this.stop();
  }

  async send(records: readonly OutgoingRecord[]): Promise<void> {
    if (records.length > 0) await this.transport.send(TOPIC, records);
  }

  /** Ends the input of every partition, with whole blocks. */
  async endInput(timestamp: number): Promise<void> {
    await this.send(
      await endOfInput(this.transport, { topic: TOPIC, blockSize: BLOCK, timestamp }),
    );
  }

  /** Ends the input, waits until all is published, and answers what is stored. */
  async finish(timestamp: number): Promise<FinalState> {
    await this.endInput(timestamp);
    await this.counted();
    await until(
      async () => (await this.store.listStreamStatus('default'))[0]?.condition === 'ended',
      { what: 'the stream has ended', deadlineMs: 25_000 },
    );
    await this.stopProfilers();
    await this.stopEvaluators();
    return readFinalState(this.store, this.plans);
  }

  /** Waits until all that stands in the log is counted, in finished blocks or unfinished ones. */
  async counted(): Promise<void> {
    const description = await this.transport.describe(TOPIC);
    await until(
      async () => {
        const states = await Promise.all(
          this.plans.map(({ profile }) => this.store.profileState(profile.id)),
        );
        return states.every(({ applied, open }) =>
          (description?.partitions ?? []).every(({ partition, end }) => {
            const ends = [
              0,
              ...applied
                .filter((one) => one.partition === partition)
                .flatMap(({ ranges }) => ranges.map(([, to]) => to)),
              ...open.filter((one) => one.partition === partition).map(({ to }) => to),
            ];
            return Math.max(...ends) >= end;
          }),
        );
      },
      { what: 'all is counted', deadlineMs: 25_000 },
    );
  }
}
