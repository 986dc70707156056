import { startPostgres } from '#deploy/postgres/start-postgres.ts';
import type { BenchBed } from './bench-bed.ts';
import { runTask } from './run-task.ts';
import { produceSteadily } from './steady-producer.ts';
import type { WindowSeen } from './watch-windows.ts';

const PARTITIONS = 4;
const PER_SECOND = 1000;
const WINDOW_MS = 1000;
const LATENESS_MS = 500;
/** Windows that were open while the monitor started. */
const SETTLING = 3;
const DATABASE_VARIABLE = 'PLUMBLINE_BENCH_DATABASE';

/** How fresh a monitor is told to be. */
export interface LatencySetting {
  readonly name: string;
  readonly store: 'sqlite' | 'postgres';
  readonly publishEvery: string;
  /** The evaluator's own default, a second, unless given. */
  readonly stepMs?: number;
}

export const LATENCY_SETTINGS: readonly LatencySetting[] = [
  { name: 'defaults', store: 'sqlite', publishEvery: '5s' },
  { name: 'defaults', store: 'postgres', publishEvery: '5s' },
  { name: 'fastest', store: 'sqlite', publishEvery: '100ms', stepMs: 20 },
  { name: 'fastest', store: 'postgres', publishEvery: '100ms', stepMs: 20 },
];

export interface LatencyResult extends LatencySetting {
  readonly windowMs: number;
  readonly latenessMs: number;
  readonly perSecond: number;
  /** Milliseconds by window, in the order of the windows. */
  readonly milliseconds: readonly number[];
}

/**
 * From the acknowledgement of the event that moved the watermark past a window's end by its
 * lateness (the last partition's first such event) until the window's evaluation was stored.
 */
export async function measureLatency(
  bed: BenchBed,
  { windows, settings }: { readonly windows: number; readonly settings: readonly LatencySetting[] },
): Promise<LatencyResult[]> {
  const results: LatencyResult[] = [];
  for (const setting of settings) results.push(await measureSetting(bed, { windows, setting }));
  return results;
}

async function measureSetting(
  bed: BenchBed,
  { windows, setting }: { readonly windows: number; readonly setting: LatencySetting },
): Promise<LatencyResult> {
  const topic = bed.nextName('live');
  const stop = new AbortController();
  // Durable as in production: the tests' servers leave that out.
  const settings = { fsync: 'on', full_page_writes: 'on' };
  const postgres = setting.store === 'postgres' ? await startPostgres({ settings }) : undefined;
  try {
    const producing = produceSteadily({
      ...{ brokers: bed.brokers, topic, partitions: PARTITIONS, perSecond: PER_SECOND },
      signal: stop.signal,
    });
    const { publishEvery, stepMs } = setting;
    const config = bed.freshConfig({
      ...{ topic, publishEvery, window: `${WINDOW_MS}ms`, lateness: `${LATENESS_MS}ms` },
      ...(postgres === undefined ? {} : { postgresVariable: DATABASE_VARIABLE }),
    });
    const env =
      postgres === undefined ? {} : { [DATABASE_VARIABLE]: await postgres.createDatabase() };
    const watching = runTask(
      'watchWindows',
      { ...config, windows: windows + SETTLING, ...(stepMs === undefined ? {} : { stepMs }) },
      { env },
    );
    const seen = await Promise.race([watching, producing.then(() => watching)]).finally(() =>
      stop.abort(),
    );
    const acknowledged = await producing;
    return {
      ...{ ...setting, windowMs: WINDOW_MS, latenessMs: LATENESS_MS, perSecond: PER_SECOND },
      milliseconds: seen.slice(SETTLING).map((window) => delayOf(window, acknowledged)),
    };
  } finally {
    stop.abort();
    await postgres?.stop();
  }
}

function delayOf(
  { end, storedAt }: WindowSeen,
  acknowledged: Awaited<ReturnType<typeof produceSteadily>>,
): number {
  const passed = acknowledged.map(
    (events) => events.find(({ eventTime }) => eventTime >= end + LATENESS_MS)?.at ?? Number.NaN,
  );
  return storedAt - Math.max(...passed);
}
