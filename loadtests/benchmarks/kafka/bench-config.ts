import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type ConfigOutcome, parseConfig } from '#libs/config/parse-config.ts';
import { scoredLines } from '../scored-workload.ts';

/** The first events are the baseline; those behind them are watched. */
export const BASELINE_ROWS = 20_000;

/** The ten fields of an event that are watched; the hour is made of its time. */
export const WATCHED_FIELDS = 10;

export interface BenchConfig {
  /** Where baseline file and store are. */
  readonly folder: string;
  readonly instance: string;
  readonly brokers: readonly string[];
  readonly topic: string;
  readonly codec: 'json' | 'arrow';
  readonly window: string;
  readonly lateness: string;
  readonly blockSize: number;
  readonly publishEvery: string;
  /** Name of the variable with the address of PostgreSQL; SQLite without. */
  readonly postgresVariable?: string;
}

/** Writes the file that `parseBenchConfig` names as baseline. */
export function writeBaseline(folder: string): void {
  const lines = [...scoredLines('flat', { from: 0, to: BASELINE_ROWS })];
  writeFileSync(join(folder, 'baseline.ndjson'), `${lines.join('\n')}\n`);
}

/** The configuration of a monitor, as a user would write it. */
export function parseBenchConfig(config: BenchConfig): Extract<ConfigOutcome, { ok: true }> {
  const { folder, instance, brokers, topic, codec, window, lateness } = config;
  const store =
    config.postgresVariable === undefined
      ? ''
      : `store: { postgres: { url: { env: ${config.postgresVariable} } } }`;
  const text = `
instance: ${instance}
data: data
server: { host: 127.0.0.1, port: 0 }
kafka: { brokers: [${brokers.join(', ')}] }
${store}
streams:
  scored:
    topics: [${topic}]
    time: $.ts
    codec: ${codec}
    block_size: ${config.blockSize}
    publish_every: ${config.publishEvery}
baselines:
  reference:
    file: baseline.ndjson
    time: $.ts
    fields:
      score: { type: numeric, role: prediction }
      age: { type: numeric }
      label: { type: numeric, role: label }
      merchant: { type: categorical }
    derive: { hour: { hour_of_day: $.ts } }
monitors:
  scored:
    stream: scored
    baseline: reference
    window: ${window}
    lateness: ${lateness}
    fields: [amount, score, age, balance, label, country, channel, merchant, is_new]
`;
  const loaded = parseConfig(text, { source: join(folder, 'plumbline.yaml') });
  if (!loaded.ok) throw new Error(`Cannot configure: ${JSON.stringify(loaded.problems)}`);
  return loaded;
}
