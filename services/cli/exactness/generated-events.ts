import { seededRandom } from '#libs/statistics/reference/random.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const encoder = new TextEncoder();

/** Event time of the first generated event: a Monday, 00:00 UTC. */
export const STREAM_START = Date.UTC(2024, 0, 15);
/** Events longer than this are bad. */
export const MAX_EVENT_BYTES = 1024;

/** One record for the log. */
export interface GeneratedEvent {
  readonly value: Uint8Array | null;
  readonly timestamp: number;
}

export interface StreamShape {
  readonly events: number;
  readonly seed: number;
  /** Event time that all events together cover. */
  readonly spanMs: number;
}

/**
 * Everything that a stream can hold, in the order of the log timestamps: usable events, events with
 * nulls, wrong types, infinities and new categories, late ones, and records that are no events.
 */
export function generateEvents({ events, seed, spanMs }: StreamShape): GeneratedEvent[] {
  const random = seededRandom(seed);
  return Array.from({ length: events }, (_, i) => {
    const timestamp = STREAM_START + Math.floor((i * spanMs) / events);
    const text = recordText(timestamp, random);
    return { value: text === null ? null : encoder.encode(text), timestamp };
  });
}

function recordText(timestamp: number, random: () => number): string | null {
  const kind = random();
  if (kind < 0.002) return '{"ts": 17, "amount":';
  if (kind < 0.004) return '[1, 2, 3]';
  if (kind < 0.006) return `{"amount": ${random()}}`;
  if (kind < 0.008) return '{"ts": "yesterday", "amount": 3}';
  if (kind < 0.009) return null;
  if (kind < 0.01) return JSON.stringify({ ts: timestamp, pad: 'x'.repeat(MAX_EVENT_BYTES) });
  if (kind < 0.015) return eventText(timestamp + 11 * MINUTE + random() * HOUR, random);
  // Up to nine minutes early is not yet `future`; some come hours late.
  if (kind < 0.03) return eventText(timestamp + random() * 9 * MINUTE, random);
  if (kind < 0.08) return eventText(timestamp - random() * 3 * HOUR, random);
  return eventText(timestamp - random() * 2 * MINUTE, random);
}

/** A usable event. Drifts with time, so that windows get different verdicts. */
function eventText(time: number, random: () => number): string {
  const hours = (time - STREAM_START) / HOUR;
  const ts = Math.floor(time);
  const members = [
    `"ts": ${random() < 0.5 ? ts : JSON.stringify(new Date(ts).toISOString())}`,
    ...member('amount', random, () => (Math.exp(2 + normal(random)) * (1 + hours / 40)).toFixed(2)),
    ...member('ratio', random, () => String(normal(random) * 10 ** Math.floor(random() * 3 - 1))),
    ...member('items', random, () => String(Math.floor(random() * random() * 12))),
    ...member('angle', random, () => (random() * 720 - 90).toFixed(1)),
    ...member('country', random, () => JSON.stringify(country(random, hours))),
    ...member('paid', random, () => String(random() < 0.7)),
    `"payment": {"fee": ${(random() * 4).toFixed(3)}}`,
  ];
  return `{${members.join(', ')}}`;
}

/** Mostly the value, now and then null, absent, of a wrong type, or beyond a double's range. */
function member(name: string, random: () => number, value: () => string): string[] {
  const kind = random();
  if (kind < 0.01) return [`"${name}": null`];
  if (kind < 0.02) return [];
  if (kind < 0.025) return [`"${name}": {"nested": true}`];
  if (kind < 0.028) return [`"${name}": "text of another kind"`];
  if (kind < 0.03) return [`"${name}": 17`];
  if (kind < 0.033) return [`"${name}": ${random() < 0.5 ? '1e999' : '-1e999'}`];
  if (kind < 0.035) return [`"${name}": ${random() < 0.5 ? '-0' : '1e300'}`];
  return [`"${name}": ${value()}`];
}

function country(random: () => number, hours: number): string {
  const codes = ['DE', 'FR', 'US', 'GB', 'NL', 'Österreich', ''];
  const place = Math.floor(random() ** (1 + hours / 12) * codes.length);
  return random() < 0.01 ? `X${Math.floor(random() * 20)}` : codes[place]!;
}

/** Box and Muller. */
function normal(random: () => number): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}

/** Rows of a baseline: two undrifted days before the stream, as NDJSON. */
export function generateBaseline({ rows, seed }: { rows: number; seed: number }): string {
  const random = seededRandom(seed);
  const span = 48 * HOUR;
  const begin = STREAM_START - span;
  return Array.from({ length: rows }, (_, i) => {
    const time = begin + Math.floor((i * span) / rows);
    return `${JSON.stringify({
      ts: new Date(time).toISOString(),
      amount: random() < 0.01 ? null : Number(Math.exp(2 + normal(random)).toFixed(2)),
      ratio: normal(random),
      items: Math.floor(random() * random() * 12),
      angle: Number((random() * 360).toFixed(1)),
      country: ['DE', 'FR', 'US', 'GB', 'NL'][Math.floor(random() * 5)],
      paid: random() < 0.7,
      payment: { fee: Number((random() * 4).toFixed(3)) },
    })}\n`;
  }).join('');
}
