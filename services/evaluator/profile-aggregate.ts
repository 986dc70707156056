import { BAD_REASONS, type Block, decodeBlock } from '#libs/profiles/block.ts';
import type { Profile } from '#libs/profiles/counts.ts';
import type { ProfileDefinition } from '#libs/profiles/definition.ts';
import { decodePane, encodePane } from '#libs/profiles/pane.ts';
import { createProfile, mergeProfile } from '#libs/profiles/profile.ts';
import type {
  AppliedRanges,
  OpenBlockRecord,
  PaneRecord,
  ProfileCommit,
  ProfileState,
} from '#libs/store/port.ts';
import { OffsetRanges } from '#libs/windows/offset-ranges.ts';

interface PartitionCounts {
  readonly topic: string;
  readonly partition: number;
  readonly epoch: number;
  readonly applied: OffsetRanges;
  readonly tallies: Record<string, number>;
  /** Unfinished blocks by index: counts that are shown, but not yet in the panes. */
  readonly open: Map<number, { readonly block: Block; readonly payload: Uint8Array }>;
  dirty: boolean;
  dirtyOpen: boolean;
}

export type Applied =
  /** `closed`: the counts are in the panes now; `open`: an unfinished block, kept apart. */
  | {
      readonly kind: 'closed' | 'open';
      /** Events that were not in an unfinished block before. */
      readonly events: number;
      /** The same for all records that are not Plumbline's own, countable or not. */
      readonly records: number;
    }
  /** Its range was in before: redelivered, or from a profiler that had lost its partition. */
  | { readonly kind: 'ignored' };

const IGNORED: Applied = { kind: 'ignored' };

/** The changes since the last commit, as the store wants them. */
export type AggregateChanges = Pick<
  ProfileCommit,
  'panes' | 'applied' | 'open' | 'dropPanesBefore'
>;

/**
 * The panes of one profile, built from blocks: each finished range of offsets is added exactly
 * once, an unfinished block is replaced by a wider one.
 */
export class ProfileAggregate {
  readonly #definition: ProfileDefinition;
  readonly #loadPanes: (range: { start: number; end: number }) => Promise<readonly PaneRecord[]>;
  readonly #partitions = new Map<string, PartitionCounts>();
  /** Panes in memory; a pane of the index that is not here is in the store. */
  readonly #panes = new Map<number, Profile>();
  readonly #index = new Map<number, number>();
  readonly #dirty = new Set<number>();
  #retainedFrom = Number.NEGATIVE_INFINITY;
  #dropBefore: number | undefined;

  constructor(options: {
    readonly definition: ProfileDefinition;
    readonly state: ProfileState;
    readonly loadPanes: (range: { start: number; end: number }) => Promise<readonly PaneRecord[]>;
  }) {
    this.#definition = options.definition;
    this.#loadPanes = options.loadPanes;
    for (const { start, events } of options.state.panes) this.#index.set(start, events);
    for (const { topic, partition, epoch, ranges, tallies } of options.state.applied) {
      const counts = this.#partition({ topic, partition, epoch });
      for (const range of ranges) counts.applied.add(range);
      Object.assign(counts.tallies, tallies);
    }
    for (const record of options.state.open) {
      const block = decodeBlock(options.definition, record.payload);
      this.#partition(record).open.set(block.index, { block, payload: record.payload });
    }
  }

  #partition(place: { topic: string; partition: number; epoch: number }): PartitionCounts {
    const { topic, partition, epoch } = place;
    const key = `${topic}/${partition}/${epoch}`;
    let counts = this.#partitions.get(key);
    if (counts === undefined) {
      counts = {
        ...{ topic, partition, epoch },
        applied: new OffsetRanges(),
        tallies: {},
        open: new Map(),
        dirty: false,
        dirtyOpen: false,
      };
      this.#partitions.set(key, counts);
    }
    return counts;
  }

  /** Takes a block in. Calls must not overlap. */
  async apply(block: Block, payload: Uint8Array): Promise<Applied> {
    const counts = this.#partition(block);
    const range = [block.from, block.to] as const;
    if (counts.applied.overlaps(range)) return IGNORED;
    for (const { block: left } of [...counts.open.values()]) {
      // The log has lost what lay between: this unfinished block will never be finished.
      if (left.to <= block.from) await this.#include(counts, left);
    }
    const known = counts.open.get(block.index)?.block;
    const news = {
      events: block.progress.events - (known?.progress.events ?? 0),
      records: recordsOf(block) - (known === undefined ? 0 : recordsOf(known)),
    };
    if (block.to < (block.index + 1) * this.#definition.blockSize) {
      if (known !== undefined && known.from <= block.from && known.to >= block.to) return IGNORED;
      counts.open.set(block.index, { block, payload });
      counts.dirtyOpen = true;
      return { kind: 'open', ...news };
    }
    await this.#include(counts, block);
    return { kind: 'closed', ...news };
  }

  /** Adds a block's counts to the panes, for good. */
  async #include(counts: PartitionCounts, block: Block): Promise<void> {
    for (const pane of block.panes) {
      const { start, events } = pane;
      if (start < this.#retainedFrom) {
        counts.tallies.expired = (counts.tallies.expired ?? 0) + events;
        continue;
      }
      mergeProfile(await this.#pane(start), pane.profile);
      this.#index.set(start, (this.#index.get(start) ?? 0) + events);
      this.#dirty.add(start);
    }
    counts.applied.add([block.from, block.to]);
    addTallies(counts.tallies, block);
    counts.dirty = true;
    if (counts.open.delete(block.index)) counts.dirtyOpen = true;
  }

  async #pane(start: number): Promise<Profile> {
    const cached = this.#panes.get(start);
    if (cached !== undefined) return cached;
    let profile = createProfile(this.#definition.layout);
    if (this.#index.has(start)) {
      const [record] = await this.#loadPanes({ start, end: start + this.#definition.paneMs });
      if (record !== undefined) profile = decodePane(this.#definition.layout, record.payload);
    }
    this.#panes.set(start, profile);
    return profile;
  }

  /** Events by pane start, unfinished blocks included. */
  paneEvents(): Map<number, number> {
    const events = new Map(this.#index);
    for (const { block } of this.#openBlocks()) {
      for (const pane of block.panes) {
        events.set(pane.start, (events.get(pane.start) ?? 0) + pane.events);
      }
    }
    return events;
  }

  *#openBlocks(): Iterable<{ block: Block; payload: Uint8Array }> {
    for (const { open } of this.#partitions.values()) yield* open.values();
  }

  /** The counts of the panes that start in a range of time, unfinished blocks included. */
  async window({ start, end }: { start: number; end: number }): Promise<Profile> {
    const total = createProfile(this.#definition.layout);
    for (let pane = start; pane < end; pane += this.#definition.paneMs) {
      if (this.#index.has(pane)) mergeProfile(total, await this.#pane(pane));
    }
    for (const { block } of this.#openBlocks()) {
      for (const pane of block.panes) {
        if (pane.start >= start && pane.start < end) mergeProfile(total, pane.profile);
      }
    }
    return total;
  }

  /** Next offset per `topic/partition`: all below is counted, but for reported gaps. */
  offsets(): Record<string, number> {
    const offsets: [string, number][] = [];
    for (const { topic, partition, applied, open } of this.#newestEpochs()) {
      const ends = [applied.end, ...[...open.values()].map(({ block }) => block.to)];
      offsets.push([`${topic}/${partition}`, Math.max(...ends)]);
    }
    return Object.fromEntries(offsets.sort(([a], [b]) => (a < b ? -1 : 1)));
  }

  #newestEpochs(): PartitionCounts[] {
    const newest = new Map<string, PartitionCounts>();
    for (const counts of this.#partitions.values()) {
      const key = `${counts.topic}/${counts.partition}`;
      const known = newest.get(key);
      if (known === undefined || known.epoch < counts.epoch) newest.set(key, counts);
    }
    return [...newest.values()];
  }

  /** Holes between the ranges that are in, by partition. */
  gaps(): { topic: string; partition: number; from: number; to: number }[] {
    return [...this.#partitions.values()].flatMap(({ topic, partition, applied }) =>
      applied.gaps().map(([from, to]) => ({ topic, partition, from, to })),
    );
  }

  /** Counters over all partitions, unfinished blocks included. */
  tallies(): Record<string, number> {
    const total: Record<string, number> = {};
    for (const { tallies, open } of this.#partitions.values()) {
      for (const [name, count] of Object.entries(tallies)) {
        if (!isClock(name)) total[name] = (total[name] ?? 0) + count;
      }
      for (const { block } of open.values()) addCounters(total, block);
    }
    return total;
  }

  /** What the last known block of each partition says of time, to go on after a restart. */
  clocks(): { key: string; time: number | null; ended: boolean; lastTimestamp: number | null }[] {
    return this.#newestEpochs().map(({ topic, partition, tallies, open }) => {
      const clocks: Record<string, number> = { ...tallies };
      const last = [...open.values()].sort((a, b) => a.block.index - b.block.index);
      for (const { block } of last) addClock(clocks, block);
      return {
        key: `${topic}/${partition}`,
        time: clocks.clock_highest ?? null,
        ended: clocks.clock_ended === 1,
        lastTimestamp: clocks.clock_last_timestamp ?? null,
      };
    });
  }

  /** Panes that start before the time are gone for good; their events count as `expired`. */
  retainFrom(time: number): void {
    if (time <= this.#retainedFrom) return;
    this.#retainedFrom = time;
    for (const start of [...this.#index.keys()]) {
      if (start >= time) continue;
      this.#index.delete(start);
      this.#panes.delete(start);
      this.#dirty.delete(start);
      this.#dropBefore = time;
    }
  }

  /** Forgets the panes before the time that are safe in the store. */
  evictBefore(time: number): void {
    for (const start of this.#panes.keys()) {
      if (start < time && !this.#dirty.has(start)) this.#panes.delete(start);
    }
  }

  /** What the next commit has to store. */
  changes(): AggregateChanges {
    const panes = [...this.#dirty].map((start) => ({
      start,
      events: this.#index.get(start) ?? 0,
      payload: encodePane(this.#definition.layout, this.#panes.get(start)!),
    }));
    const applied: AppliedRanges[] = [];
    const open: (OpenBlockRecord | (Omit<OpenBlockRecord, 'payload'> & { payload: null }))[] = [];
    for (const counts of this.#partitions.values()) {
      const { topic, partition, epoch } = counts;
      if (counts.dirty) {
        const ranges = counts.applied.list();
        applied.push({ topic, partition, epoch, ranges, tallies: { ...counts.tallies } });
      }
      if (!counts.dirtyOpen) continue;
      const newest = [...counts.open.values()].sort((a, b) => b.block.to - a.block.to)[0];
      open.push(
        newest === undefined
          ? { topic, partition, epoch, from: 0, to: 0, payload: null }
          : {
              ...{ topic, partition, epoch, from: newest.block.from, to: newest.block.to },
              payload: newest.payload,
            },
      );
    }
    return {
      panes,
      applied,
      open,
      ...(this.#dropBefore === undefined ? {} : { dropPanesBefore: this.#dropBefore }),
    };
  }

  /** The changes that were asked for last are stored. */
  committed(): void {
    this.#dirty.clear();
    this.#dropBefore = undefined;
    for (const counts of this.#partitions.values()) {
      counts.dirty = false;
      counts.dirtyOpen = false;
    }
  }
}

/** Records of a block that are neither Plumbline's probes nor marks of the input's end. */
function recordsOf({ progress }: Block): number {
  const { events, otherVersion, future, bad } = progress;
  return BAD_REASONS.reduce((total, reason) => total + bad[reason], events + otherVersion + future);
}

/** Tallies that say where a clock stands instead of counting something. */
function isClock(name: string): boolean {
  return name.startsWith('clock_');
}

function addTallies(tallies: Record<string, number>, block: Block): void {
  addCounters(tallies, block);
  addClock(tallies, block);
}

function addCounters(tallies: Record<string, number>, { progress }: Block): void {
  const add = (name: string, count: number) => {
    if (count > 0) tallies[name] = (tallies[name] ?? 0) + count;
  };
  add('events', progress.events);
  add('synthetic', progress.synthetic);
  add('other_version', progress.otherVersion);
  add('future', progress.future);
  for (const reason of BAD_REASONS) add(`bad_${reason}`, progress.bad[reason]);
}

function addClock(tallies: Record<string, number>, block: Block): void {
  const { progress, to } = block;
  // Blocks may arrive out of order; the one furthest on in the log speaks for its end.
  if (to < (tallies.clock_offset ?? 0)) return;
  tallies.clock_offset = to;
  if (progress.ended || recordsOf(block) > 0) tallies.clock_ended = progress.ended ? 1 : 0;
  // The confirmed height: a lone outlier at the top must not survive a restart as the time.
  const highest = progress.highest.at(-1);
  if (highest !== undefined) {
    tallies.clock_highest = Math.max(highest, tallies.clock_highest ?? Number.NEGATIVE_INFINITY);
  }
  if (!Number.isNaN(progress.lastTimestamp)) tallies.clock_last_timestamp = progress.lastTimestamp;
}
