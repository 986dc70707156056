import type { Block } from '#libs/profiles/block.ts';
import type { Lifecycle } from '#libs/telemetry/lifecycle.ts';
import { type LostRange, mayTouch } from '#libs/windows/lost-ranges.ts';
import { type OffsetRange, OffsetRanges } from '#libs/windows/offset-ranges.ts';

/** A range of offsets with its partition. */
export interface PartitionRange {
  readonly topic: string;
  readonly partition: number;
  readonly epoch: number;
  readonly from: number;
  readonly to: number;
}

/** Ranges that one evaluation names; of more it says how many. */
const MOST_NAMED = 10;

const CAUSES: Readonly<Record<LostRange['cause'], string>> = {
  log: 'the log let go of them before they were counted',
  overlap: 'they came in a block of which a part had been counted already',
};

/** What an evaluation says of offsets that have not arrived. */
export function waitingWarnings(gaps: readonly PartitionRange[]): string[] {
  return named(gaps, (gap) => `${offsetsOf(gap)} have not been counted.`);
}

/** What the evaluation of a window says of offsets that are lost, where they may belong to it. */
export function lostWarnings(
  lost: readonly (PartitionRange & LostRange)[],
  window: { readonly start: number; readonly end: number; readonly latenessMs: number },
): string[] {
  const touching = lost.filter((range) => mayTouch(range, window));
  return named(touching, (range) => `${offsetsOf(range)} are lost: ${CAUSES[range.cause]}.`);
}

function offsetsOf({ topic, partition, from, to }: PartitionRange): string {
  return to - from === 1
    ? `Offset ${from} of ${topic}/${partition}`
    : `Offsets ${from}–${to - 1} of ${topic}/${partition}`;
}

function named<T extends PartitionRange>(
  ranges: readonly T[],
  describe: (range: T) => string,
): string[] {
  const lines = ranges.slice(0, MOST_NAMED).map(describe);
  const rest = ranges.slice(MOST_NAMED);
  if (rest.length === 0) return lines;
  const offsets = rest.reduce((total, { from, to }) => total + to - from, 0);
  return [...lines, `The same holds for ${offsets} offsets in ${rest.length} more ranges.`];
}

/** Tells which offsets are waited for, and what becomes of them. */
export class GapWatch {
  readonly #stream: { readonly namespace: string; readonly stream: string };
  readonly #lifecycle: Lifecycle;
  #waiting: readonly PartitionRange[] = [];

  constructor(
    { namespace, stream }: { readonly namespace: string; readonly stream: string },
    lifecycle: Lifecycle,
  ) {
    this.#stream = { namespace, stream };
    this.#lifecycle = lifecycle;
  }

  /** Takes the gaps as they are now. Who says that offsets are lost announces it: not this. */
  note(waiting: readonly PartitionRange[], lost: readonly PartitionRange[]): void {
    const before = byPlace(this.#waiting);
    const now = byPlace(waiting);
    const gone = byPlace(lost);
    for (const gap of waiting) {
      const known = before.get(placeOf(gap)) ?? new OffsetRanges();
      this.#emit(gap, known.missing([gap.from, gap.to]), 'waiting');
    }
    for (const gap of this.#waiting) {
      const place = placeOf(gap);
      const left = (now.get(place) ?? new OffsetRanges()).missing([gap.from, gap.to]);
      const filled = left.flatMap((part) => (gone.get(place) ?? new OffsetRanges()).missing(part));
      this.#emit(gap, filled, 'filled');
    }
    this.#waiting = waiting;
  }

  /** A finished block was refused, and with it these offsets. */
  refused({ topic, partition }: Block, lost: readonly OffsetRange[]): void {
    for (const [from, to] of lost) {
      this.#lifecycle.emit({
        ...{ type: 'gap', ...this.#stream, topic, partition, from, to },
        ...{ outcome: 'lost', reason: CAUSES.overlap },
      });
    }
  }

  #emit(
    { topic, partition }: PartitionRange,
    ranges: readonly OffsetRange[],
    outcome: 'waiting' | 'filled',
  ): void {
    for (const [from, to] of ranges) {
      this.#lifecycle.emit({ type: 'gap', ...this.#stream, topic, partition, from, to, outcome });
    }
  }
}

function placeOf({ topic, partition, epoch }: PartitionRange): string {
  return `${topic}/${partition}/${epoch}`;
}

function byPlace(ranges: readonly PartitionRange[]): ReadonlyMap<string, OffsetRanges> {
  const places = new Map<string, OffsetRanges>();
  for (const range of ranges) {
    const place = placeOf(range);
    const known = places.get(place) ?? new OffsetRanges();
    known.add([range.from, range.to]);
    places.set(place, known);
  }
  return places;
}
