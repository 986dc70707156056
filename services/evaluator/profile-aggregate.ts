import type { TimeRange } from '#libs/detectors/evaluation.ts';
import { type Block, decodeBlock, isFinished } from '#libs/profiles/block.ts';
import type { Profile } from '#libs/profiles/counts.ts';
import type { ProfileDefinition } from '#libs/profiles/definition.ts';
import type { LostOffsets } from '#libs/profiles/lost-offsets.ts';
import { decodePane, encodePane } from '#libs/profiles/pane.ts';
import { createProfile, mergeProfile } from '#libs/profiles/profile.ts';
import type {
  AppliedRanges,
  OpenBlockRecord,
  PaneRecord,
  ProfileCommit,
  ProfileState,
} from '#libs/store/port.ts';
import { type LostRange, LostRanges } from '#libs/windows/lost-ranges.ts';
import { type OffsetRange, OffsetRanges } from '#libs/windows/offset-ranges.ts';
import type { LogPlace } from '#libs/windows/watermark.ts';
import type { PartitionRange } from './gap-warnings.ts';
import { addClock, addCounters, isClock, recordsOf } from './partition-tallies.ts';
import type { LogPartition } from './spent-records.ts';

interface PartitionCounts {
  readonly topic: string;
  readonly partition: number;
  readonly epoch: number;
  readonly applied: OffsetRanges;
  readonly lost: LostRanges;
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
  | { readonly kind: 'ignored' }
  /**
   * A finished block of which a part was in before. A block cannot be taken apart, so the rest of it
   * is lost: the ranges that were not known to be.
   */
  | { readonly kind: 'refused'; readonly lost: readonly OffsetRange[] };

const IGNORED: Applied = { kind: 'ignored' };
type LoadPanes = (range: TimeRange) => Promise<readonly PaneRecord[]>;

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
  readonly #loadPanes: LoadPanes;
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
    readonly loadPanes: LoadPanes;
  }) {
    this.#definition = options.definition;
    this.#loadPanes = options.loadPanes;
    for (const { start, events } of options.state.panes) this.#index.set(start, events);
    for (const { topic, partition, epoch, ranges, tallies, lost } of options.state.applied) {
      const counts = this.#partition({ topic, partition, epoch }, lost);
      for (const range of ranges) counts.applied.add(range);
      Object.assign(counts.tallies, tallies);
    }
    for (const record of options.state.open) {
      const block = decodeBlock(options.definition, record.payload);
      this.#partition(record).open.set(block.index, { block, payload: record.payload });
    }
  }

  #partition(
    place: { topic: string; partition: number; epoch: number },
    lost: readonly LostRange[] = [],
  ): PartitionCounts {
    const { topic, partition, epoch } = place;
    const key = `${topic}/${partition}/${epoch}`;
    let counts = this.#partitions.get(key);
    if (counts === undefined) {
      counts = {
        ...{ topic, partition, epoch },
        applied: new OffsetRanges(),
        lost: new LostRanges(lost),
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
    const isWhole = isFinished(block, this.#definition.blockSize);
    if (counts.applied.overlaps(range)) {
      if (!isWhole || counts.applied.covers(range)) return IGNORED;
      return { kind: 'refused', lost: await this.#refuse(counts, block) };
    }
    const known = counts.open.get(block.index)?.block;
    const news = {
      events: block.progress.events - (known?.progress.events ?? 0),
      records: recordsOf(block) - (known === undefined ? 0 : recordsOf(known)),
    };
    if (!isWhole) {
      if (known !== undefined && known.from <= block.from && known.to >= block.to) return IGNORED;
      counts.open.set(block.index, { block, payload });
      counts.dirtyOpen = true;
      return { kind: 'open', ...news };
    }
    await this.#include(counts, block);
    return { kind: 'closed', ...news };
  }

  /** Takes note of offsets that can no longer be read; answers whether that was news. */
  async lose({ topic, partition, epoch, from, to }: LostOffsets): Promise<boolean> {
    const counts = this.#partition({ topic, partition, epoch });
    await this.#includeBelow(counts, to);
    const after = counts.tallies.clock_highest ?? null;
    let isNew = false;
    for (const [a, b] of counts.applied.missing([from, to])) {
      const range = { from: a, to: b, cause: 'log', after, before: null } as const;
      if (counts.lost.add(range).length > 0) isNew = true;
    }
    if (isNew) counts.dirty = true;
    return isNew;
  }

  /** The rest of a finished block of which a part is in: answers what of it was not known as lost. */
  async #refuse(counts: PartitionCounts, block: Block): Promise<OffsetRange[]> {
    await this.#includeBelow(counts, block.to);
    const times = {
      after: block.panes[0]?.start ?? null,
      before: block.progress.highest[0] ?? null,
    };
    const lost = counts.applied
      .missing([block.from, block.to])
      .flatMap(([from, to]) => counts.lost.add({ from, to, cause: 'overlap', ...times }));
    if (lost.length > 0) counts.dirty = true;
    return lost;
  }

  /** Unfinished blocks that end below an offset will never be finished: they count as they are. */
  async #includeBelow(counts: PartitionCounts, offset: number): Promise<void> {
    const left = [...counts.open.values()].filter(({ block }) => block.to <= offset);
    for (const { block } of left.sort((a, b) => a.block.from - b.block.from)) {
      await this.#include(counts, block);
    }
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
    addCounters(counts.tallies, block);
    addClock(counts.tallies, block);
    counts.dirty = true;
    this.#noteBehindLost(block);
    if (counts.open.delete(block.index)) counts.dirtyOpen = true;
  }

  /** Lost offsets before a block, or of an earlier epoch, hold no events later than its own. */
  #noteBehindLost({ topic, partition, epoch, from, progress }: Block): void {
    const [highest] = progress.highest;
    if (highest === undefined) return;
    for (const counts of this.#partitions.values()) {
      if (counts.topic !== topic || counts.partition !== partition || counts.epoch > epoch)
        continue;
      if (counts.lost.list().every(({ before }) => before !== null)) continue;
      counts.lost.noteBehind(counts.epoch < epoch ? Number.POSITIVE_INFINITY : from, highest);
      counts.dirty = true;
    }
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

  *#openBlocks(): Iterable<{ readonly block: Block }> {
    for (const { open } of this.#partitions.values()) yield* open.values();
  }

  /** The counts of the panes that start in a range of time, unfinished blocks included. */
  async window({ start, end }: TimeRange): Promise<Profile> {
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

  /** Holes between the ranges that are in or lost, by partition. */
  gaps(): PartitionRange[] {
    return [...this.#partitions.values()].flatMap(({ topic, partition, epoch, applied, lost }) => {
      const known = new OffsetRanges(applied.list());
      for (const { from, to } of lost.list()) known.add([from, to]);
      return known.gaps().map(([from, to]) => ({ topic, partition, epoch, from, to }));
    });
  }

  /** Ranges that were not counted and never will be. */
  lost(): (PartitionRange & LostRange)[] {
    return [...this.#partitions.values()].flatMap(({ topic, partition, epoch, applied, lost }) =>
      lost.except(applied).map((range) => ({ topic, partition, epoch, ...range })),
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
    const lost = this.lost().reduce((sum, { from, to }) => sum + to - from, total.lost ?? 0);
    return lost === 0 ? total : { ...total, lost };
  }

  /** What the last known block of each partition says of time, to go on after a restart. */
  clocks(): {
    key: string;
    time: number | null;
    ended: boolean;
    /** Where the block ends that said whether the input is over. */
    said: LogPlace;
    lastTimestamp: number | null;
  }[] {
    return this.#newestEpochs().map(({ topic, partition, epoch, tallies, open }) => {
      const clocks: Record<string, number> = { ...tallies };
      const last = [...open.values()].sort((a, b) => a.block.index - b.block.index);
      for (const { block } of last) addClock(clocks, block);
      return {
        key: `${topic}/${partition}`,
        time: clocks.clock_highest ?? null,
        ended: clocks.clock_ended === 1,
        said: { epoch, offset: clocks.clock_offset ?? 0 },
        lastTimestamp: clocks.clock_last_timestamp ?? null,
      };
    });
  }

  /** Panes that start before the time are gone for good; their events count as `expired`. */
  retainFrom(time: number): void {
    if (time <= this.#retainedFrom) return;
    this.#retainedFrom = time;
    for (const counts of this.#partitions.values()) {
      const over = new LostRanges(counts.lost.forgetBefore(time)).except(counts.applied);
      if (over.length === 0) continue;
      const offsets = over.reduce((total, { from, to }) => total + to - from, 0);
      counts.tallies.lost = (counts.tallies.lost ?? 0) + offsets;
      counts.dirty = true;
    }
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

  /** Whether there is something to store. */
  get hasChanges(): boolean {
    if (this.#dirty.size > 0 || this.#dropBefore !== undefined) return true;
    return [...this.#partitions.values()].some(({ dirty, dirtyOpen }) => dirty || dirtyOpen);
  }

  /** Ranges of a log whose counts are in the panes, ascending. */
  appliedIn(place: LogPartition): readonly OffsetRange[] {
    return this.#partition(place).applied.list();
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
        const lost = counts.lost.list();
        const tallies = { ...counts.tallies };
        applied.push({ topic, partition, epoch, ranges, tallies, ...(lost[0] && { lost }) });
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
