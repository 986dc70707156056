import { findPackageJSON } from 'node:module';
import { dirname, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { openParquet } from '#libs/baselines/readers/parquet.ts';
import { PlumblineError } from '#libs/errors/plumbline-error.ts';

const DAY = 86_400_000;
const TICK_MS = 50;
/** Events in one append, so that a fast run does not hold the loop for long. */
const MOST_EVENTS = 4000;
const encoder = new TextEncoder();

/** Three million flights within the United States, January to June 2001, in order of time. */
export function flightsFile(): string {
  // The package exports no data files, so its folder has to be found first.
  const manifest = findPackageJSON('vega-datasets', import.meta.url);
  if (manifest === undefined) {
    throw new PlumblineError(
      'PLB_FILE_NOT_FOUND',
      'Cannot find the flights: the package vega-datasets is not installed',
      { fix: 'run `npm ci`' },
    );
  }
  return join(dirname(manifest), 'data', 'flights-3m.parquet');
}

/** First flight of the data, and the end of the four weeks that the baseline is made of. */
export const FLIGHTS_START = Date.UTC(2001, 0, 1);
export const BASELINE_END = FLIGHTS_START + 28 * DAY;

/** Event time of the newest event that was given out; shared with the progress display. */
export interface FlightClock {
  time: number | null;
}

/**
 * The flights as JSON events.
 *
 * @param options.daysPerSecond Days of event time in a second of wall time; 0 is as fast as it goes.
 */
export async function* flightEvents(options: {
  readonly daysPerSecond: number;
  readonly signal: AbortSignal;
  readonly clock?: FlightClock;
}): AsyncGenerator<readonly Uint8Array[]> {
  const { daysPerSecond, signal, clock } = options;
  const table = await openParquet(flightsFile());
  const begun = performance.now();
  const horizon = () =>
    daysPerSecond === 0
      ? Number.POSITIVE_INFINITY
      : FLIGHTS_START + ((performance.now() - begun) / 1000) * daysPerSecond * DAY;
  for await (const batch of table.batches()) {
    const [date, delay, distance, origin, destination] = [
      'date',
      'delay',
      'distance',
      'origin',
      'destination',
    ].map((name) => batch.column(name)!);
    for (let row = 0; row < batch.rows; ) {
      const limit = horizon();
      const events: Uint8Array[] = [];
      for (; row < batch.rows && events.length < MOST_EVENTS; row++) {
        const time = Number(date![row]);
        if (time > limit) break;
        const event = {
          date: new Date(time).toISOString().slice(0, 19),
          delay: delay![row],
          distance: distance![row],
          origin: origin![row],
          destination: destination![row],
        };
        events.push(encoder.encode(JSON.stringify(event)));
        if (clock !== undefined) clock.time = time;
      }
      if (events.length > 0) yield events;
      if (signal.aborted) return;
      if (events.length < MOST_EVENTS && row < batch.rows) {
        await pause(TICK_MS, undefined, { signal }).catch(() => undefined);
      }
    }
  }
}
