import { defineProfile, type ProfileDefinition } from '#libs/profiles/definition.ts';
import type { FieldSpec } from '#libs/profiles/field.ts';
import type { CategoricalLayout, FieldLayout, NumericLayout } from '#libs/profiles/layout.ts';
import { createRandom, drawShape } from './random.ts';
import { KNOTS } from './synthetic-workload.ts';

const HOUR = 3_600_000;
const START = Date.UTC(2025, 0, 1);
const EVENTS_PER_HOUR = 12_500;
const MERCHANTS = 1000;
/** Members beside the monitored ones in a wide event. */
const UNMONITORED = 30;

/** How a scored event is built: all members beside each other, in groups, or among many others. */
export const SCORED_SHAPES = ['flat', 'nested', '10 of 40'] as const;
export type ScoredShape = (typeof SCORED_SHAPES)[number];

/** A scored transaction, as a model's service would write it. */
interface Scored {
  readonly ts: string;
  readonly id: string;
  readonly amount: number;
  readonly score: number;
  readonly age: number;
  readonly balance: number;
  readonly country: string;
  readonly channel: string;
  readonly merchant: string;
  readonly is_new: boolean;
  readonly label: number;
}

type FieldName = Exclude<keyof Scored, 'ts' | 'id'>;

/** Where the nested events have what. */
const GROUPS: Readonly<Record<FieldName, string>> = {
  amount: 'tx',
  merchant: 'tx',
  country: 'tx',
  channel: 'tx',
  age: 'user',
  balance: 'user',
  is_new: 'user',
  score: 'model',
  label: 'model',
};

function merchantName(i: number): string {
  return `merchant-${String(i).padStart(4, '0')}`;
}

function* scoredEvents(seed: number): Generator<Scored> {
  const random = createRandom(seed);
  const oneOf = <T>(values: readonly T[]): T => values[Math.floor(random() * values.length)]!;
  for (let i = 0; ; i++) {
    yield {
      ts: new Date(START + Math.floor((i * HOUR) / EVENTS_PER_HOUR)).toISOString(),
      id: `e-${String(i).padStart(8, '0')}`,
      amount: Math.round(4000 * drawShape('log-normal', random)) / 100,
      score: random(),
      age: 18 + Math.floor(60 * random()),
      balance: Math.round(100_000 * drawShape('normal', random)) / 100,
      country: oneOf(['DE', 'FR', 'GB', 'NL', 'US']),
      channel: oneOf(['web', 'app', 'branch']),
      merchant: merchantName(Math.floor(MERCHANTS * random() ** 2)),
      is_new: random() < 0.1,
      label: Number(random() < 0.02),
    };
  }
}

function shaped(event: Scored, shape: ScoredShape): object {
  if (shape === 'flat') return event;
  if (shape === 'nested') {
    const { ts, id, ...rest } = event;
    const nested: Record<string, Record<string, unknown>> = {};
    for (const [name, value] of Object.entries(rest)) {
      const group = GROUPS[name as FieldName];
      nested[group] = { ...nested[group], [name]: value };
    }
    return { ts, id, ...nested };
  }
  const wide: Record<string, unknown> = { ...event };
  for (let i = 0; i < UNMONITORED; i++) {
    wide[`other_${i}`] =
      i % 2 === 0 ? Math.round(event.score * 1e6 * (i + 1)) / 1e6 : event.merchant;
  }
  return wide;
}

/** Events of about 210 bytes (the wide ones are longer), and a profile of ten of their fields. */
export interface ScoredWorkload {
  readonly shape: ScoredShape;
  readonly definition: ProfileDefinition;
  readonly events: number;
  /** One event a line. */
  readonly ndjson: Buffer;
}

export function createScoredWorkload(shape: ScoredShape, events: number): ScoredWorkload {
  return {
    ...{ shape, events, definition: scoredDefinition(shape) },
    ndjson: Buffer.from(`${[...scoredLines(shape, { from: 0, to: events })].join('\n')}\n`),
  };
}

/** The events in [from, to) as JSON, one after the other: always the same ones. */
export function* scoredLines(
  shape: ScoredShape,
  { from, to }: { readonly from: number; readonly to: number },
): Generator<string> {
  const live = scoredEvents(2);
  for (let i = 0; i < from; i++) live.next();
  for (let i = from; i < to; i++) yield JSON.stringify(shaped(live.next().value, shape));
}

/** Ten fields, with the resolution that a stream has by default. */
function scoredDefinition(shape: ScoredShape): ProfileDefinition {
  const baseline = scoredEvents(1);
  const rows = Array.from({ length: KNOTS }, () => baseline.next().value as Scored);
  const spec = (name: FieldName, type: FieldSpec['type']): FieldSpec => ({
    ...{ name, type, role: 'feature' },
    path: shape === 'nested' ? `$.${GROUPS[name]}.${name}` : `$.${name}`,
  });
  const numeric = (name: FieldName): NumericLayout => {
    const sorted = Float64Array.from(rows, (row) => Number(row[name])).sort();
    const knots = sorted.filter((value, i) => i === 0 || value !== sorted[i - 1]);
    return { kind: 'numeric', spec: spec(name, 'numeric'), knots, center: sorted[KNOTS >> 1]! };
  };
  const categorical = (
    name: FieldName,
    type: FieldSpec['type'],
    values: readonly string[] = rows.map((row) => String(row[name])),
  ): CategoricalLayout => ({
    ...{ kind: 'categorical', spec: spec(name, type) },
    ...{ categories: [...new Set(values)].sort(), folded: [] },
  });
  const fields: FieldLayout[] = [
    {
      kind: 'numeric',
      spec: {
        ...{ name: 'hour', path: '$.ts', type: 'circular', role: 'feature' },
        ...{ derive: 'hour_of_day', period: 24 },
      },
      knots: Float64Array.from({ length: 24 }, (_, hour) => hour),
      center: 12,
    },
    ...(['amount', 'score', 'age', 'balance', 'label'] as const).map(numeric),
    ...(['country', 'channel'] as const).map((name) => categorical(name, 'categorical')),
    // Nearly all of them: the rest is new to the live events.
    categorical(
      'merchant',
      'categorical',
      Array.from({ length: MERCHANTS - 10 }, (_, i) => merchantName(i)),
    ),
    categorical('is_new', 'boolean'),
  ];
  return defineProfile({
    reading: {
      namespace: 'default',
      stream: 'scored',
      topics: ['scored'],
      codec: 'json',
      time: '$.ts',
      maxEventBytes: 1_048_576,
      maxAheadMs: 600_000,
    },
    layout: { baselineHash: '22'.repeat(32), gridHash: '33'.repeat(32), fields },
    paneMs: HOUR,
    blockSize: 8192,
    modelVersion: null,
  });
}
