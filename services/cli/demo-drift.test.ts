import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { asyncBufferFromFile, parquetReadObjects } from 'hyparquet';
import { compressors } from 'hyparquet-compressors';
import { expect, onTestFinished, test } from 'vitest';
import { parseConfig } from '#libs/config/parse-config.ts';
import type { Evaluation } from '#libs/detectors/evaluation.ts';
import type { Store } from '#libs/store/port.ts';
import { createLogger } from '#libs/telemetry/logger.ts';
import { demoConfig, FLIGHTS_TOPIC } from '#services/demo/demo-config.ts';
import { BASELINE_END, flightEvents, flightsFile } from '#services/demo/flights.ts';
import { feed } from '#services/feeder/app.ts';
import { countFindings } from './count-findings.ts';
import { runService } from './run-service.ts';

const DAY = 86_400_000;
/** A day is unusual when its median delay is this far from January's, in minutes. */
const UNUSUAL_MINUTES = 4;
/** Every so many-th flight is kept for the run that only looks for false alarms. */
const THINNING = 4;

interface Flight {
  readonly date: Date;
  readonly delay: bigint;
  readonly distance: bigint;
  readonly origin: string;
  readonly destination: string;
}

async function readFlights(): Promise<readonly Flight[]> {
  const file = await asyncBufferFromFile(flightsFile());
  const rows = await parquetReadObjects({ file, compressors });
  return rows as unknown as Flight[];
}

function median(values: number[]): number {
  values.sort((a, b) => a - b);
  const middle = values.length >> 1;
  return values.length % 2 === 1 ? values[middle]! : (values[middle - 1]! + values[middle]!) / 2;
}

/** The unusual days, from the data alone: nothing of Plumbline's statistics is used. */
function unusualDays(flights: readonly Flight[]): Set<string> {
  const byDay = new Map<string, number[]>();
  const january: number[] = [];
  for (const { date, delay } of flights) {
    const day = date.toISOString().slice(0, 10);
    const delays = byDay.get(day) ?? [];
    byDay.set(day, delays);
    delays.push(Number(delay));
    if (date.getTime() < BASELINE_END) january.push(Number(delay));
  }
  const usual = median(january);
  return new Set(
    [...byDay]
      .filter(([, delays]) => delays.length >= 100)
      .filter(([, delays]) => Math.abs(median(delays) - usual) >= UNUSUAL_MINUTES)
      .map(([day]) => day),
  );
}

/** All newest evaluations of the demo's monitors over a source of events. */
async function evaluate(
  source: () => AsyncIterable<readonly Uint8Array[]>,
): Promise<readonly Evaluation[]> {
  const dataDirectory = mkdtempSync(join(tmpdir(), 'plumbline-drift-'));
  onTestFinished(() => rmSync(dataDirectory, { recursive: true, force: true }));
  const text = demoConfig({ dataDirectory, host: '127.0.0.1', port: 0, partitions: 4 });
  const loaded = parseConfig(text, { source: join(dataDirectory, 'demo.yaml') });
  if (!loaded.ok) throw new Error(JSON.stringify(loaded.problems));
  const service = await runService({
    loaded,
    logger: createLogger({ level: 'error', format: 'json' }),
  });
  try {
    const findings = countFindings(service.store, service.lifecycle);
    const { transport, lifecycle } = service;
    const { signal } = new AbortController();
    await feed({ transport, lifecycle, signal, topic: FLIGHTS_TOPIC, source });
    await findings.streamEnded;
    return [...(await all(service.store, 'daily')), ...(await all(service.store, 'weekly'))];
  } finally {
    await service.stop();
  }
}

async function all(store: Store, monitor: string): Promise<Evaluation[]> {
  const found: Evaluation[] = [];
  let cursor: string | undefined;
  do {
    const query = { namespace: 'default', monitor, limit: 1000 };
    const page = await store.evaluations(cursor === undefined ? query : { ...query, cursor });
    found.push(...page.items);
    cursor = page.nextCursor ?? undefined;
  } while (cursor !== undefined);
  return found;
}

const alarmed = ({ verdict }: Evaluation) => verdict === 'warning' || verdict === 'critical';

test('the default thresholds find the days whose delays were unusual', {
  timeout: 300_000,
}, async () => {
  const unusual = unusualDays(await readFlights());
  const { signal } = new AbortController();
  const evaluations = await evaluate(() => flightEvents({ daysPerSecond: 0, signal }));
  const daily = evaluations.filter(
    ({ monitor, field }) => monitor === 'daily' && field === 'delay',
  );
  const found = new Set(
    daily.filter(alarmed).map(({ window }) => new Date(window.start).toISOString().slice(0, 10)),
  );
  const both = [...found].filter((day) => unusual.has(day)).length;
  process.stdout.write(
    `${unusual.size} unusual days, ${found.size} found, ${both} both: precision ${(both / found.size).toFixed(2)}, recall ${(both / unusual.size).toFixed(2)}\n`,
  );
  expect(daily).toHaveLength(182);
  expect(both / found.size).toBeGreaterThan(0.75);
  expect(both / unusual.size).toBeGreaterThan(0.9);
  // The blizzard that closed Boston and New York is in the destinations, not in the delays.
  const blizzard = evaluations.find(
    ({ monitor, field, window }) =>
      monitor === 'daily' && field === 'destination' && window.start === Date.UTC(2001, 2, 5),
  );
  expect(blizzard?.verdict).toBe('warning');
  expect(blizzard?.reason).toContain('BOS');
});

test('with the flights shuffled over time there is nothing to find', {
  timeout: 300_000,
}, async () => {
  const flights = (await readFlights()).filter((_, i) => i % THINNING === 0);
  const order = shuffled(flights.length);
  async function* source(): AsyncGenerator<readonly Uint8Array[]> {
    const encoder = new TextEncoder();
    for (let begin = 0; begin < flights.length; begin += 4000) {
      yield flights.slice(begin, begin + 4000).map(({ date }, i) => {
        const { delay, distance, origin, destination } = flights[order[begin + i]!]!;
        const event = {
          date,
          delay: Number(delay),
          distance: Number(distance),
          origin,
          destination,
        };
        return encoder.encode(JSON.stringify(event));
      });
    }
  }
  const evaluations = (await evaluate(source)).filter(({ field }) => field !== null);
  const judged = evaluations.filter(({ verdict }) => verdict !== 'insufficient_data');
  // The promise is at most one in a hundred; an effect threshold on top makes it none.
  expect(judged.length).toBeGreaterThan(1500);
  expect(judged.filter(alarmed).length).toBeLessThanOrEqual(judged.length * 0.01);
  expect(Math.max(...evaluations.map(({ window }) => window.start))).toBeGreaterThan(
    BASELINE_END + 140 * DAY,
  );
});

/** A permutation from a fixed seed (Fisher–Yates with a 32-bit xorshift). */
function shuffled(length: number): Uint32Array {
  const order = Uint32Array.from({ length }, (_, i) => i);
  let state = 20010101;
  for (let i = length - 1; i > 0; i--) {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    const j = (state >>> 0) % (i + 1);
    [order[i], order[j]] = [order[j]!, order[i]!];
  }
  return order;
}
