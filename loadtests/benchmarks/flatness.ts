import { decodeBlock } from '#libs/profiles/block.ts';
import { ProfileAggregate } from '#services/evaluator/profile-aggregate.ts';
import { createEventReader } from '#services/profiler/event-reader.ts';
import { PartitionProfiler } from '#services/profiler/partition-profiler.ts';
import { collectGarbage } from './measure.ts';
import { PLACE, recordBatches } from './record-batches.ts';
import { SYNTHETIC_START, syntheticDefinition, syntheticEvents } from './synthetic-workload.ts';

const HOUR = 3_600_000;
const EVENTS_PER_PANE = 12_500;
const RETAINED_PANES = 24;
const WINDOW_PANES = 6;
const EVENTS_PER_STEP = 12_500;
const MEGABYTE = 1e6;

/** What one process held after so many events, garbage collected. */
interface MemoryReading {
  readonly events: number;
  readonly rssMegabytes: number;
  /** Objects on the heap and memory of typed arrays. */
  readonly heldMegabytes: number;
}

export interface FlatnessResult {
  readonly events: number;
  readonly fields: number;
  readonly retainedPanes: number;
  readonly readings: readonly MemoryReading[];
  /** Growth from a third of the events to all of them. */
  readonly growth: {
    readonly fromEvents: number;
    readonly rssMegabytes: number;
    readonly heldMegabytes: number;
  };
  /** Events that the evaluator's counters say it has taken in. */
  readonly counted: number;
  /** Panes that were in memory at the end. */
  readonly panes: number;
}

/**
 * Runs events through profiler and evaluator in one process, without a transport or a store: event
 * time goes on, old panes are dropped, windows are added up, and new categories turn up all along.
 */
export async function measureFlatness(size: {
  readonly events: number;
  readonly readEvery: number;
}): Promise<FlatnessResult> {
  const definition = syntheticDefinition(HOUR);
  const aggregate = new ProfileAggregate({
    definition,
    state: { version: 0, applied: [], open: [], panes: [] },
    // All retained panes stay in memory, so none has to be loaded.
    loadPanes: async () => [],
  });
  const profiler = new PartitionProfiler({
    place: { ...PLACE, epoch: 0 },
    topicId: undefined,
    definitions: [definition],
    blockSize: definition.blockSize,
    read: createEventReader(definition.reading, [definition]),
    position: 0,
    blockPartitions: 1,
  });
  const events = syntheticEvents(HOUR / EVENTS_PER_PANE);
  const readings: MemoryReading[] = [];
  for (let done = 0; done < size.events; ) {
    const ndjson = nextLines(events, Math.min(EVENTS_PER_STEP, size.events - done));
    for (const batch of recordBatches(ndjson, profiler.position)) {
      const { blocks } = profiler.add(batch);
      for (const { value } of [...blocks, ...profiler.open()]) {
        if (value !== null) await aggregate.apply(decodeBlock(definition, value), value);
      }
      done += batch.records.length;
    }
    const now = SYNTHETIC_START + Math.floor(done / EVENTS_PER_PANE) * HOUR;
    await aggregate.window({ start: now - WINDOW_PANES * HOUR, end: now });
    aggregate.retainFrom(now - RETAINED_PANES * HOUR);
    aggregate.changes();
    aggregate.committed();
    if (done % size.readEvery === 0) readings.push(readMemory(done));
  }
  const last = readings.at(-1)!;
  const first = readings.find((reading) => reading.events >= size.events / 3) ?? last;
  return {
    events: size.events,
    fields: definition.layout.fields.length,
    retainedPanes: RETAINED_PANES,
    readings,
    growth: {
      fromEvents: first.events,
      rssMegabytes: round(last.rssMegabytes - first.rssMegabytes),
      heldMegabytes: round(last.heldMegabytes - first.heldMegabytes),
    },
    counted: aggregate.tallies().events ?? 0,
    panes: aggregate.paneEvents().size,
  };
}

function nextLines(events: Generator<object>, count: number): Buffer {
  let lines = '';
  for (let i = 0; i < count; i++) lines += `${JSON.stringify(events.next().value)}\n`;
  return Buffer.from(lines);
}

function readMemory(events: number): MemoryReading {
  collectGarbage();
  const { rss, heapUsed, arrayBuffers } = process.memoryUsage();
  return {
    events,
    rssMegabytes: round(rss / MEGABYTE),
    heldMegabytes: round((heapUsed + arrayBuffers) / MEGABYTE),
  };
}

function round(megabytes: number): number {
  return Math.round(megabytes * 10) / 10;
}
