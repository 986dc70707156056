import { createBaseline } from '#libs/baselines/create-baseline.ts';
import { projectBaseline } from '#libs/baselines/project.ts';
import { defineProfile, type ProfileDefinition } from '#libs/profiles/definition.ts';
import { BASELINE_END, FLIGHTS_START, flightEvents, flightsFile } from '#services/demo/flights.ts';

const DAY = 86_400_000;
const NEWLINE = Buffer.from('\n');

/** Real flights as NDJSON, and the profile that the demo would count from them. */
export interface FlightsWorkload {
  /** Delay, destination, distance, hour of day, origin. */
  readonly definition: ProfileDefinition;
  readonly events: number;
  /** One event a line. */
  readonly ndjson: Buffer;
}

/**
 * Reads the baseline of the demo (January 2001) and the first flights after it, so that live
 * values are not those that the baseline was made of.
 */
export async function loadFlights(events: number): Promise<FlightsWorkload> {
  const { baseline } = await createBaseline(flightsFile(), {
    name: 'january',
    now: 0,
    time: '$.date',
    from: FLIGHTS_START,
    to: BASELINE_END,
    derive: { hour: { hour_of_day: '$.date' } },
  });
  const definition = defineProfile({
    reading: {
      namespace: 'default',
      stream: 'flights',
      topics: ['flights'],
      codec: 'json',
      time: '$.date',
      maxEventBytes: 1_048_576,
      maxAheadMs: 600_000,
    },
    layout: projectBaseline(baseline).layout,
    paneMs: DAY,
    blockSize: 8192,
    modelVersion: null,
  });
  const lines: Uint8Array[] = [];
  let toSkip = baseline.rows;
  for await (const batch of flightEvents({
    daysPerSecond: 0,
    signal: new AbortController().signal,
  })) {
    const skipped = Math.min(toSkip, batch.length);
    toSkip -= skipped;
    for (const event of batch.slice(skipped, skipped + events - lines.length / 2)) {
      lines.push(event, NEWLINE);
    }
    if (lines.length === 2 * events) break;
  }
  return { definition, events: lines.length / 2, ndjson: Buffer.concat(lines) };
}
