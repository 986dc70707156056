import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const MINUTE = 60_000;
export const FIRST_EVENT = Date.UTC(2024, 0, 15);

/** A folder with data and configurations, for one test file. */
export interface Lab {
  readonly folder: string;
  /** Path of a file in the folder. */
  at(name: string): string;
  write(name: string, content: string | Uint8Array): string;
  remove(): void;
}

export function createLab(): Lab {
  const folder = mkdtempSync(join(tmpdir(), 'plumbline-lab-'));
  const at = (name: string) => join(folder, name);
  return {
    folder,
    at,
    write(name, content) {
      writeFileSync(at(name), content);
      return at(name);
    },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

export interface Order {
  readonly ts: string;
  readonly amount: number;
  readonly country: string;
}

/** Orders a minute apart unless said otherwise; the same ones each time. */
export function orders(
  count: number,
  { from, every = MINUTE }: { readonly from: number; readonly every?: number },
): readonly Order[] {
  return Array.from({ length: count }, (_, i) => ({
    ts: new Date(from + i * every).toISOString(),
    amount: ((i * 7919) % 1009) / 10,
    country: ['de', 'fr', 'us'][((i * 31) % 7) % 3]!,
  }));
}

export function toLines(rows: readonly unknown[]): string {
  return rows.map((row) => `${JSON.stringify(row)}\n`).join('');
}

/** Rows for a baseline: the fortnight before the first event. */
export function trainingRows(): readonly Order[] {
  return orders(14 * 24 * 60, { from: FIRST_EVENT - 14 * 24 * 60 * MINUTE });
}

/** A configuration of one stream and one monitor; `stream` and `monitor` add keys to theirs. */
export function configText(options: {
  readonly data: string;
  readonly port?: number;
  readonly source?: string;
  readonly baseline?: string;
  readonly time?: string;
  readonly fields?: string;
}): string {
  const {
    data,
    port = 0,
    source,
    baseline = 'train.ndjson',
    time = '$.ts',
    fields = 'auto',
  } = options;
  const from = source === undefined ? '' : `, source: { file: ${source} }`;
  return `data: ${data}
server: { port: ${port} }
streams:
  orders: { topics: [orders], time: ${time}, dead_letter: orders.bad${from} }
baselines:
  train: { file: ${baseline}, time: $.ts }
monitors:
  hourly: { stream: orders, baseline: train, window: 1h, fields: ${fields} }
`;
}
