import { cpSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startKafka } from '#deploy/kafka/start-kafka.ts';
import { type BenchConfig, writeBaseline } from './bench-config.ts';
import type { FilledTopic } from './fill-topic.ts';
import { runTask } from './run-task.ts';

const PARTITIONS = 4;
const HEAP_MB = 512;

/** What all measurements share: one broker, a baseline, and a store that holds it. */
export class BenchBed {
  readonly brokers: readonly string[];
  readonly #folder = mkdtempSync(join(tmpdir(), 'plumbline-bench-'));
  readonly #kafka: { stop(): Promise<void> } | undefined;
  readonly #tidyUp = () => rmSync(this.#folder, { recursive: true, force: true });
  #runs = 0;

  private constructor(brokers: readonly string[], kafka: { stop(): Promise<void> } | undefined) {
    this.brokers = brokers;
    this.#kafka = kafka;
    // Also when it is interrupted; Kafka ends with this process anyway.
    process.once('exit', this.#tidyUp);
  }

  /** With a Kafka of its own, which stops with it, unless there is one to use. */
  static async open(kafka?: { readonly bootstrap: readonly string[] }): Promise<BenchBed> {
    const own = kafka === undefined ? await startKafka({ heapMb: HEAP_MB }) : undefined;
    const bed = new BenchBed((own ?? kafka)?.bootstrap ?? [], own);
    try {
      writeBaseline(bed.#folder);
      await runTask('prepareStore', bed.#config({ folder: bed.#folder, topic: 'none' }));
    } catch (error) {
      await bed.close();
      throw error;
    }
    return bed;
  }

  /** A topic with scored events, made once for all runs over it. */
  fill(codec: 'json' | 'arrow', events: number): Promise<FilledTopic> {
    const { brokers } = this;
    const topic = this.nextName(codec);
    return runTask('fillTopic', { brokers, topic, partitions: PARTITIONS, events, codec });
  }

  /** A topic, a group, an instance: none is used twice. */
  nextName(kind: string): string {
    return `bench-${kind}-${++this.#runs}`;
  }

  /** The configuration of a monitor that has seen nothing yet, in a folder of its own. */
  freshConfig(config: Partial<BenchConfig> & Pick<BenchConfig, 'topic'>): BenchConfig {
    const instance = this.nextName('monitor');
    const folder = join(this.#folder, instance);
    mkdirSync(folder);
    for (const name of ['baseline.ndjson', 'data']) {
      cpSync(join(this.#folder, name), join(folder, name), { recursive: true });
    }
    return this.#config({ instance, folder, ...config });
  }

  #config(config: Partial<BenchConfig> & Pick<BenchConfig, 'topic' | 'folder'>): BenchConfig {
    return {
      ...{ instance: 'bench', brokers: this.brokers, codec: 'json', blockSize: 8192 },
      ...{ window: '1h', lateness: '6m', publishEvery: '5s' },
      ...config,
    };
  }

  async close(): Promise<void> {
    await this.#kafka?.stop();
    this.#tidyUp();
    process.off('exit', this.#tidyUp);
  }
}
