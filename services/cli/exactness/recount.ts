import type { FieldLayout } from '#libs/profiles/layout.ts';
import type { LogRecord, Transport } from '#libs/transport/port.ts';
import { MAX_EVENT_BYTES } from './generated-events.ts';

/** The recount's own idea of one field in one pane, by cell number or category. */
export interface RecountedField {
  readonly cells: Map<number | string, number>;
  missing: number;
  wrongType: number;
  infinite: number;
}

export interface RecountedPane {
  events: number;
  readonly fields: Map<string, RecountedField>;
}

export interface Recount {
  readonly panes: Map<number, RecountedPane>;
  readonly tallies: Map<string, number>;
}

const MAX_AHEAD_MS = 600_000;

/** All records of a topic, by partition, in order. */
export async function readTopic(transport: Transport, topic: string): Promise<LogRecord[][]> {
  const description = await transport.describe(topic);
  return Promise.all(
    (description?.partitions ?? []).map(async ({ partition, start, end }) => {
      const records: LogRecord[] = [];
      for (let offset = start; offset < end; ) {
        const batch = await transport.read({ topic, partition, offset });
        records.push(...batch.records);
        offset = batch.next;
      }
      return records;
    }),
  );
}

/**
 * Counts the records of a log again, knowing nothing of how Plumbline does it: plain `JSON.parse`,
 * plain maps, every value compared with every knot.
 */
export function recount(
  records: Iterable<LogRecord>,
  { layout, paneMs }: { readonly layout: readonly FieldLayout[]; readonly paneMs: number },
): Recount {
  const panes = new Map<number, RecountedPane>();
  const tallies = new Map<string, number>();
  const tally = (name: string) => tallies.set(name, (tallies.get(name) ?? 0) + 1);
  for (const record of records) {
    const found = classify(record);
    if (found === null) continue;
    if (typeof found === 'string') {
      tally(found);
      continue;
    }
    tally('events');
    const start = found.time - (((found.time % paneMs) + paneMs) % paneMs);
    let pane = panes.get(start);
    if (pane === undefined) {
      pane = { events: 0, fields: new Map() };
      panes.set(start, pane);
    }
    pane.events++;
    for (const field of layout) {
      let counts = pane.fields.get(field.spec.name);
      if (counts === undefined) {
        counts = { cells: new Map(), missing: 0, wrongType: 0, infinite: 0 };
        pane.fields.set(field.spec.name, counts);
      }
      countValue(counts, field, found);
    }
  }
  return { panes, tallies };
}

interface Found {
  readonly event: Readonly<Record<string, unknown>>;
  readonly time: number;
}

/** An event with its time, the name of a tally, or `null` for a mark of the input's end. */
function classify({ value, headers, timestamp }: LogRecord): Found | string | null {
  if (headers['plumbline-end-of-input'] !== undefined) return null;
  if (headers.baggage !== undefined) return 'synthetic';
  if (value === null || value.length === 0) return 'bad_empty';
  if (value.length > MAX_EVENT_BYTES) return 'bad_too_large';
  let event: Record<string, unknown> | null;
  try {
    event = JSON.parse(Buffer.from(value).toString('utf8'));
  } catch {
    return 'bad_malformed';
  }
  if (event === null || Array.isArray(event)) return 'bad_not_an_object';
  if (event.ts === undefined) return 'bad_no_time';
  const time = typeof event.ts === 'number' ? event.ts : Date.parse(String(event.ts));
  if (Number.isNaN(time)) return 'bad_bad_time';
  return time > timestamp + MAX_AHEAD_MS ? 'future' : { event, time };
}

function countValue(counts: RecountedField, field: FieldLayout, { event, time }: Found): void {
  const { name } = field.spec;
  let value: unknown = event[name];
  if (name === 'payment.fee') value = (event.payment as { fee: unknown } | undefined)?.fee;
  if (name === 'hour') value = new Date(time).getUTCHours();
  if (value === undefined || value === null) counts.missing++;
  else if (field.kind === 'categorical') {
    const wanted = field.spec.type === 'boolean' ? 'boolean' : 'string';
    if (typeof value === wanted) count(counts, String(value));
    else counts.wrongType++;
  } else if (field.kind === 'rates') count(counts, 'present');
  else if (typeof value !== 'number') counts.wrongType++;
  else if (value === Number.POSITIVE_INFINITY || value === Number.NEGATIVE_INFINITY) {
    counts.infinite++;
  } else {
    const { period = Number.POSITIVE_INFINITY } = field.spec;
    const rest = value % period;
    const turned = rest < 0 && Number.isFinite(period) ? rest + period : rest;
    count(counts, cellOf(turned, field.knots));
  }
}

function count(counts: RecountedField, cell: number | string): void {
  counts.cells.set(cell, (counts.cells.get(cell) ?? 0) + 1);
}

/** 2i+1 for the value of knot i, the even numbers for what lies before, between and behind. */
function cellOf(value: number, knots: Float64Array): number {
  let below = 0;
  for (const knot of knots) {
    if (knot === value) return 2 * below + 1;
    if (knot < value) below++;
  }
  return 2 * below;
}
