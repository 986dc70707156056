import { decodeBlock } from '#libs/profiles/block.ts';
import { defineProfile, type ProfileDefinition } from '#libs/profiles/definition.ts';
import type { FieldLayout } from '#libs/profiles/layout.ts';
import { ProfileAggregate } from '#services/evaluator/profile-aggregate.ts';
import { createEventReader } from '#services/profiler/event-reader.ts';
import { PartitionProfiler } from '#services/profiler/partition-profiler.ts';
import { drawLayout } from '../kernel.ts';
import { heldBytes, measure, type Summary, summarise } from '../measure.ts';
import { createRandom, drawShape } from '../random.ts';
import { PLACE, recordBatches } from '../record-batches.ts';
import { CATEGORIES, categoricalLayout, KNOTS, SYNTHETIC_START } from '../synthetic-workload.ts';

const HOUR = 3_600_000;
const WARM_UPS = 2;

/** The kinds of field that are told apart: what a field costs depends on its distinct values. */
const KINDS = {
  continuous: `numeric, ${KNOTS} knots, no value twice`,
  integers: 'numeric, some hundred distinct values',
  categories: `categorical, ${CATEGORIES} categories`,
} as const;
type Kind = keyof typeof KINDS;

/** What a profile of so many fields of one kind costs, all events of a block in one pane. */
export interface CostsOfFields {
  readonly fields: number;
  readonly bytesPerEvent: number;
  /** CPU nanoseconds an event from its bytes to the block's record. */
  readonly profileNs: Summary;
  /** CPU nanoseconds a block from its record to the pane's counts. */
  readonly applyNs: Summary;
  readonly blockBytes: number;
  /** Of the pane's record in the store, after all blocks. */
  readonly paneBytes: number;
  /** What one partition's unfinished block holds in the profiler. */
  readonly partitionBytes: number;
}

export interface CostsResult {
  readonly blockSize: number;
  readonly blocks: number;
  readonly kinds: readonly {
    readonly kind: string;
    readonly few: CostsOfFields;
    readonly many: CostsOfFields;
  }[];
}

export interface CostsInput {
  readonly few: number;
  readonly many: number;
  readonly blocks: number;
  readonly repetitions: number;
}

/** Costs of a few fields and of many: the difference is the fields', the rest the event's. */
export async function measureCosts(input: CostsInput): Promise<CostsResult> {
  const kinds = [];
  for (const kind of Object.keys(KINDS) as Kind[]) {
    const few = await measureFields(kind, { ...input, fields: input.few });
    const many = await measureFields(kind, { ...input, fields: input.many });
    kinds.push({ kind: KINDS[kind], few, many });
  }
  return { blockSize: defineFields('categories', 1).blockSize, blocks: input.blocks, kinds };
}

async function measureFields(
  kind: Kind,
  { fields, blocks: count, repetitions }: CostsInput & { readonly fields: number },
): Promise<CostsOfFields> {
  const definition = defineFields(kind, fields);
  const events = count * definition.blockSize;
  const ndjson = drawEvents(kind, { fields, events });
  const profileNs: number[] = [];
  const applyNs: number[] = [];
  let blocks: Uint8Array[] = [];
  let aggregate = emptyAggregate(definition);
  for (let i = -WARM_UPS; i < repetitions; i++) {
    const profiler = profilerOf(definition);
    const batches = [...recordBatches(ndjson)];
    blocks = [];
    const profiled = measure(() => {
      for (const batch of batches) {
        for (const { value } of profiler.add(batch).blocks) if (value !== null) blocks.push(value);
      }
    });
    aggregate = emptyAggregate(definition);
    const cpu = process.cpuUsage();
    for (const block of blocks) await aggregate.apply(decodeBlock(definition, block), block);
    const { user, system } = process.cpuUsage(cpu);
    if (i < 0) continue;
    profileNs.push(profiled.cpuNs / events);
    applyNs.push((1000 * (user + system)) / blocks.length);
  }
  const panes = aggregate.changes().panes;
  return {
    fields,
    bytesPerEvent: ndjson.length / events,
    profileNs: summarise(profileNs),
    applyNs: summarise(applyNs),
    blockBytes: blocks.reduce((total, { length }) => total + length, 0) / blocks.length,
    paneBytes: panes.reduce((total, { payload }) => total + payload.length, 0) / panes.length,
    partitionBytes: heldByProfiler(definition, ndjson),
  };
}

/** Copies of which each stands for a partition: the difference of memory is theirs. */
const COPIES = 8;

function heldByProfiler(definition: ProfileDefinition, ndjson: Buffer): number {
  const [batch] = recordBatches(ndjson);
  const records = batch!.records.slice(0, definition.blockSize - 1);
  const unfinished = { ...batch!, records, next: records.length };
  const read = createEventReader(definition.reading, [definition]);
  const before = heldBytes();
  const kept = Array.from({ length: COPIES }, () => {
    const profiler = profilerOf(definition, read);
    profiler.add(unfinished);
    return profiler;
  });
  const held = heldBytes() - before;
  return held / kept.length;
}

function profilerOf(
  definition: ProfileDefinition,
  read = createEventReader(definition.reading, [definition]),
): PartitionProfiler {
  return new PartitionProfiler({
    ...{ place: { ...PLACE, epoch: 0 }, topicId: undefined, definitions: [definition], read },
    ...{ blockSize: definition.blockSize, position: 0, blockPartitions: 1 },
  });
}

function emptyAggregate(definition: ProfileDefinition): ProfileAggregate {
  return new ProfileAggregate({
    definition,
    state: { version: 0, applied: [], open: [], panes: [] },
    // All panes stay in memory, so none has to be loaded.
    loadPanes: async () => [],
  });
}

function layoutOf(kind: Kind, name: string): FieldLayout {
  if (kind === 'categories') return categoricalLayout(name);
  const shape = kind === 'continuous' ? 'normal' : 'integer';
  return drawLayout({ shape, rows: KNOTS, name });
}

function defineFields(kind: Kind, fields: number): ProfileDefinition {
  const names = Array.from({ length: fields }, (_, i) => `field_${i}`);
  return defineProfile({
    reading: {
      ...{ namespace: 'default', stream: 'synthetic', topics: ['synthetic'], codec: 'json' },
      ...{ time: '$.time', maxEventBytes: 1_048_576, maxAheadMs: 600_000 },
    },
    layout: {
      ...{ baselineHash: '44'.repeat(32), gridHash: '55'.repeat(32) },
      fields: names.map((name) => layoutOf(kind, name)),
    },
    ...{ paneMs: HOUR, blockSize: 8192, modelVersion: null },
  });
}

/** Events within one hour. */
function drawEvents(
  kind: Kind,
  { fields, events }: { readonly fields: number; readonly events: number },
): Buffer {
  const random = createRandom(11);
  const value = () => {
    if (kind === 'integers') return drawShape('integer', random);
    if (kind === 'continuous') return drawShape('normal', random);
    return `category-${String(Math.floor(CATEGORIES * random())).padStart(4, '0')}`;
  };
  const lines = Array.from({ length: events }, (_, i) => {
    const event: Record<string, unknown> = { time: SYNTHETIC_START + i };
    for (let field = 0; field < fields; field++) event[`field_${field}`] = value();
    return JSON.stringify(event);
  });
  return Buffer.from(`${lines.join('\n')}\n`);
}
