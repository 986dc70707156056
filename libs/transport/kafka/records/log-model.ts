import fc from 'fast-check';
import type { AbortedTransaction } from './aborted-transactions.ts';
import {
  encodeRecordBatch,
  markerKey,
  TEST_CODECS,
  type TestRecord,
} from './encode-record-batch.ts';

/** What a reader of committed records should see. */
export interface ModelRecord {
  readonly offset: number;
  readonly timestamp: number;
  readonly key: Uint8Array | null;
  readonly value: Uint8Array | null;
  readonly headers: readonly (readonly [string, Uint8Array])[];
}

interface StoredBatch {
  readonly lastOffset: number;
  readonly bytes: Buffer;
}

/** A partition's log for tests: what a broker would answer, and what a reader should see of it. */
export interface ModelLog {
  readonly base: number;
  readonly end: number;
  readonly batches: readonly StoredBatch[];
  readonly aborted: readonly (AbortedTransaction & { readonly lastOffset: number })[];
  readonly visible: readonly ModelRecord[];
}

/** The answer to a Fetch at an offset; by default all batches from there on. */
export function fetchFrom(log: ModelLog, offset: number, maxBytes = Number.POSITIVE_INFINITY) {
  const found = log.batches.filter(({ lastOffset }) => lastOffset >= offset);
  const whole = Buffer.concat(found.map(({ bytes }) => bytes));
  // A broker cuts at a byte, but gives the first batch whole.
  const bytes = whole.subarray(0, Math.max(maxBytes, found[0]?.bytes.length ?? 0));
  const abortedTransactions = log.aborted
    .filter((transaction) => transaction.lastOffset >= offset)
    .map(({ producerId, firstOffset }) => ({ producerId, firstOffset }));
  return { bytes, abortedTransactions };
}

const bytes = fc.uint8Array({ maxLength: 150 });
// A data record with this key looks like an abort marker to those who look at keys alone.
const markerLike = fc.constantFrom(markerKey('abort'), markerKey('commit'));
const header = fc.tuple(
  fc.oneof(
    fc.constantFrom('traceparent', '__proto__', 'é', 'é', ''),
    fc.string({ unit: 'binary' }),
  ),
  fc.option(bytes),
);
const record = fc.record({
  hole: fc.oneof({ weight: 4, arbitrary: fc.constant(0) }, fc.nat(200)),
  timestampDelta: fc.oneof(
    fc.integer({ min: -70, max: 5000 }),
    fc.integer({ min: -(2 ** 31), max: 2 ** 40 }),
  ),
  key: fc.oneof(fc.option(bytes), markerLike),
  value: fc.option(bytes),
  headers: fc.oneof({ weight: 3, arbitrary: fc.constant([]) }, fc.array(header, { maxLength: 3 })),
});
const data = fc.record({
  kind: fc.constant('data' as const),
  producer: fc.nat(3),
  transactional: fc.boolean(),
  gap: fc.oneof({ weight: 4, arbitrary: fc.constant(0) }, fc.nat(1000)),
  trailing: fc.oneof({ weight: 4, arbitrary: fc.constant(0) }, fc.nat(1000)),
  records: fc.array(record, { maxLength: 12 }),
  codec: fc.constantFrom(...TEST_CODECS),
  baseTimestamp: fc.oneof(fc.nat(2 ** 41), fc.constant(-1)),
  appendTimestamp: fc.oneof({ weight: 4, arbitrary: fc.constant(undefined) }, fc.nat(2 ** 41)),
});
const marker = fc.record({
  kind: fc.constant('marker' as const),
  producer: fc.nat(3),
  commit: fc.boolean(),
});

type Made<A> = A extends fc.Arbitrary<infer T> ? T : never;
type Step = Made<typeof data> | Made<typeof marker>;

/** Logs of several producers with transactions that overlap, all of them ended. */
export const modelLog: fc.Arbitrary<ModelLog> = fc
  .tuple(
    fc.oneof(fc.nat(100), fc.nat(2 ** 45)),
    fc.array(fc.oneof({ weight: 2, arbitrary: data }, marker), { maxLength: 25 }),
    fc.array(fc.boolean(), { minLength: 4, maxLength: 4 }),
  )
  .map(([base, steps, ends]) =>
    build(base, [
      ...steps,
      ...ends.map((commit, producer) => ({ kind: 'marker' as const, producer, commit })),
    ]),
  );

function build(base: number, steps: readonly Step[]): ModelLog {
  const batches: StoredBatch[] = [];
  const aborted: (AbortedTransaction & { readonly lastOffset: number })[] = [];
  const visible: ModelRecord[] = [];
  const open = new Map<number, { firstOffset: number; records: ModelRecord[] }>();
  let next = base;
  for (const step of steps) {
    const producerId = BigInt(step.producer) * 2n ** 61n + 7n;
    if (step.kind === 'marker') {
      const transaction = open.get(step.producer);
      if (transaction === undefined) continue;
      open.delete(step.producer);
      if (step.commit) visible.push(...transaction.records);
      else aborted.push({ producerId, firstOffset: transaction.firstOffset, lastOffset: next });
      const key = markerKey(step.commit ? 'commit' : 'abort');
      const encoded = encodeRecordBatch({
        baseOffset: next,
        records: [{ delta: 0, key, value: Buffer.alloc(6) }],
        transactional: true,
        control: true,
        producerId,
      });
      batches.push({ lastOffset: next, bytes: encoded });
      next += 1;
      continue;
    }
    const baseOffset = next + step.gap;
    let delta = -1;
    const records: TestRecord[] = step.records.map(({ hole, ...rest }) => {
      delta += 1 + hole;
      return { delta, ...rest };
    });
    const lastOffsetDelta = Math.max(delta, 0) + step.trailing;
    const { codec, baseTimestamp, appendTimestamp, transactional } = step;
    const encoded = encodeRecordBatch({
      baseOffset,
      records,
      lastOffsetDelta,
      codec,
      baseTimestamp,
      transactional,
      producerId,
      ...(appendTimestamp === undefined ? {} : { appendTimestamp }),
    });
    const shown = records.map((one) => ({
      offset: baseOffset + one.delta,
      timestamp: appendTimestamp ?? baseTimestamp + (one.timestampDelta ?? 0),
      key: one.key ?? null,
      value: one.value ?? null,
      headers: [
        ...new Map(
          (one.headers ?? []).map(([name, value]) => [name, value ?? new Uint8Array()] as const),
        ),
      ],
    }));
    if (transactional) {
      const transaction = open.get(step.producer) ?? { firstOffset: baseOffset, records: [] };
      transaction.records.push(...shown);
      open.set(step.producer, transaction);
    } else visible.push(...shown);
    batches.push({ lastOffset: baseOffset + lastOffsetDelta, bytes: encoded });
    next = baseOffset + lastOffsetDelta + 1;
  }
  visible.sort((a, b) => a.offset - b.offset);
  return { base, end: next, batches, aborted, visible };
}
