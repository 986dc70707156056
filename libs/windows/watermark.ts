import { PartitionClock } from './partition-clock.ts';

export interface WatermarkOptions {
  /** A partition without records for so long is not waited for, milliseconds of wall time. */
  readonly idleAfterMs: number;
  /** See `PartitionClock`. */
  readonly jumpMs: number;
}

interface PartitionState {
  readonly clock: PartitionClock;
  lastSeen: number;
  ended: boolean;
  /** How far in the log whatever said so stands. */
  said: LogPlace;
}

/** A place in a log that may have begun anew: a higher epoch is later, whatever the offset. */
export interface LogPlace {
  readonly epoch: number;
  readonly offset: number;
}

const BEGINNING: LogPlace = { epoch: 0, offset: 0 };

/** What a watermark looks like at one moment. */
export interface WatermarkReading {
  /** No event earlier than this is waited for; `null` until known; Infinity when all has ended. */
  readonly time: number | null;
  /** Partitions that were not waited for. */
  readonly excused: readonly string[];
  readonly ended: boolean;
}

/**
 * The progress of event time over the partitions of a stream: the lowest of their clocks. Owns no
 * clock itself: wall time is passed in and decides only who is waited for.
 */
export class Watermark {
  readonly #options: WatermarkOptions;
  readonly #partitions = new Map<string, PartitionState>();
  #reached: number | null = null;

  constructor(options: WatermarkOptions) {
    this.#options = options;
  }

  /** Makes a partition known, so that it is waited for until it is idle. */
  expect(partition: string, now: number): void {
    this.#state(partition, now);
  }

  /** Goes on where an earlier watermark stood with a partition. */
  resume(
    partition: string,
    state: { readonly time: number | null; readonly ended: boolean; readonly said?: LogPlace },
    now: number,
  ): void {
    const { time, ended, said = BEGINNING } = state;
    const clock = new PartitionClock(this.#options.jumpMs, time);
    this.#partitions.set(partition, { clock, lastSeen: now, ended, said });
  }

  /** Takes the progress of one block of a partition. */
  observe(
    partition: string,
    block: {
      readonly index: number;
      readonly highest: readonly number[];
      /** Where the block ends. */
      readonly end: LogPlace;
      /**
       * Whether the input is over; `null` leaves it as it was, and so does a block of before the
       * one that said it last: it came late, but its events were written earlier.
       */
      readonly ended: boolean | null;
      /** False when the block brought no event: such a partition is not waited for any longer. */
      readonly alive?: boolean;
    },
    now: number,
  ): void {
    const state = this.#state(partition, now);
    if (block.alive !== false) state.lastSeen = now;
    if (block.ended !== null && !isBefore(block.end, state.said)) {
      state.ended = block.ended;
      state.said = block.end;
    }
    state.clock.observe(block.index, block.highest);
  }

  #state(partition: string, now: number): PartitionState {
    let state = this.#partitions.get(partition);
    if (state === undefined) {
      const clock = new PartitionClock(this.#options.jumpMs);
      state = { clock, lastSeen: now, ended: false, said: BEGINNING };
      this.#partitions.set(partition, state);
    }
    return state;
  }

  /** The watermark never goes back, also when an idle partition wakes up with older events. */
  read(now: number): WatermarkReading {
    const excused: string[] = [];
    let lowest: number | null = null;
    let highest: number | null = null;
    let waiting = false;
    let ended = this.#partitions.size > 0;
    for (const [partition, { clock, lastSeen, ended: over }] of this.#partitions) {
      if (clock.time !== null && (highest === null || clock.time > highest)) highest = clock.time;
      if (over) continue;
      ended = false;
      if (now - lastSeen >= this.#options.idleAfterMs) excused.push(partition);
      else if (clock.time === null) waiting = true;
      else if (lowest === null || clock.time < lowest) lowest = clock.time;
    }
    if (ended) return { time: Number.POSITIVE_INFINITY, excused: [], ended };
    // With every partition idle or ended, time stands where the furthest of them came to.
    const next = waiting ? null : (lowest ?? highest);
    if (next !== null && (this.#reached === null || next > this.#reached)) this.#reached = next;
    return { time: this.#reached, excused: excused.sort(), ended };
  }

  /** State of each partition, for people. */
  describe(
    now: number,
  ): { partition: string; time: number | null; idle: boolean; ended: boolean }[] {
    return [...this.#partitions].map(([partition, state]) => ({
      partition,
      time: state.clock.time,
      idle: !state.ended && now - state.lastSeen >= this.#options.idleAfterMs,
      ended: state.ended,
    }));
  }
}

function isBefore(a: LogPlace, b: LogPlace): boolean {
  return a.epoch === b.epoch ? a.offset < b.offset : a.epoch < b.epoch;
}
