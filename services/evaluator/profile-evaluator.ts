import type { MonitorConfig } from '#libs/config/resolved.ts';
import { PlumblineError } from '#libs/errors/plumbline-error.ts';
import type { MonitorPlan } from '#libs/planning/plan-monitors.ts';
import type { Block } from '#libs/profiles/block.ts';
import { decodeBlock } from '#libs/profiles/block.ts';
import type { ProfileDefinition } from '#libs/profiles/definition.ts';
import { envelopeKind } from '#libs/profiles/envelope.ts';
import { decodeLostOffsets } from '#libs/profiles/lost-offsets.ts';
import { paneStart } from '#libs/profiles/pane.ts';
import type { Publication, Store } from '#libs/store/port.ts';
import type { Lifecycle, LifecycleEvent } from '#libs/telemetry/lifecycle.ts';
import { Watermark } from '#libs/windows/watermark.ts';
import type { DueWindow } from '#libs/windows/window-schedule.ts';
import { GapWatch, lostWarnings, waitingWarnings } from './gap-warnings.ts';
import { type LogBounds, lagBehind } from './log-bounds.ts';
import { countVerdicts, MonitorPublisher } from './monitor-publisher.ts';
import { type Applied, ProfileAggregate } from './profile-aggregate.ts';
import { SpentRecords } from './spent-records.ts';
import { streamCondition } from './stream-condition.ts';
import type { StreamReport } from './stream-reporter.ts';

const HOUR = 3_600_000;
/** Windows published in one transaction: a restart over a long log commits in steps. */
const MOST_PUBLICATIONS = 64;

export interface ProfileEvaluatorOptions {
  readonly definition: ProfileDefinition;
  /** The monitors that share this profile; at least one. */
  readonly plans: readonly MonitorPlan[];
  readonly store: Store;
  readonly lifecycle: Lifecycle;
  readonly now: () => number;
  readonly configRevision: number;
}

/**
 * From the blocks of one profile to stored panes and published windows. Whoever calls takes care
 * that calls do not overlap.
 */
export class ProfileEvaluator {
  readonly definition: ProfileDefinition;
  readonly #options: ProfileEvaluatorOptions;
  readonly #aggregate: ProfileAggregate;
  readonly #publishers: readonly MonitorPublisher[];
  readonly #watermark: Watermark;
  readonly #startedAt: number;
  #version: number;
  #lastSignAt: number | null = null;
  #usualGapMs: number | null = null;
  readonly #gaps: GapWatch;
  readonly #spent: SpentRecords;

  private constructor(
    options: ProfileEvaluatorOptions,
    parts: {
      aggregate: ProfileAggregate;
      publishers: readonly MonitorPublisher[];
      version: number;
    },
  ) {
    const { definition, plans, now } = options;
    this.definition = definition;
    this.#options = options;
    this.#aggregate = parts.aggregate;
    this.#publishers = parts.publishers;
    this.#version = parts.version;
    this.#gaps = new GapWatch(definition.reading, options.lifecycle);
    this.#spent = new SpentRecords(definition);
    this.#startedAt = now();
    this.#watermark = new Watermark({
      idleAfterMs: plans[0]!.stream.idleAfterMs,
      jumpMs: Math.max(definition.paneMs, HOUR),
    });
    for (const { key, time, ended, said, lastTimestamp } of parts.aggregate.clocks()) {
      this.#watermark.resume(key, { time, ended, said }, this.#startedAt);
      if (lastTimestamp !== null) this.#lastSignAt = Math.max(this.#lastSignAt ?? 0, lastTimestamp);
    }
    for (const pane of parts.aggregate.paneEvents().keys()) this.#touch(pane);
  }

  /** Goes on where the store says that this profile stands. */
  static async load(options: ProfileEvaluatorOptions): Promise<ProfileEvaluator> {
    const { definition, plans, store, configRevision } = options;
    const state = await store.profileState(definition.id);
    const aggregate = new ProfileAggregate({
      definition,
      state,
      loadPanes: (range) => store.panes(definition.id, range),
    });
    const publishers = await Promise.all(
      plans.map(
        async (plan) =>
          new MonitorPublisher({
            plan,
            published: await store.publications(plan.monitor),
            store,
            configRevision,
          }),
      ),
    );
    return new ProfileEvaluator(options, { aggregate, publishers, version: state.version });
  }

  /** Names of the monitors that it publishes for. */
  get monitors(): readonly string[] {
    return this.#publishers.map(({ plan }) => plan.monitor.name);
  }

  /** Makes a partition known, so that windows wait for it until it is idle. */
  expect(partition: string): void {
    this.#watermark.expect(partition, this.#options.now());
  }

  #touch(pane: number): void {
    for (const publisher of this.#publishers) publisher.touch(pane);
  }

  /**
   * Takes one record in: a block, or what is said of offsets that were lost.
   *
   * @throws PLB_WIRE_* for a record that is none of this profile's.
   */
  async apply(payload: Uint8Array): Promise<Applied | { readonly kind: 'lost' }> {
    if (envelopeKind(payload) === 'lost') {
      const lost = decodeLostOffsets(this.definition, payload);
      await this.#aggregate.lose(lost);
      this.#spent.noteLost(lost);
      return { kind: 'lost' };
    }
    const block = decodeBlock(this.definition, payload);
    const outcome = await this.#aggregate.apply(block, payload);
    this.#spent.noteBlock(block);
    if (outcome.kind === 'ignored') return outcome;
    if (outcome.kind === 'refused') {
      this.#gaps.refused(block, outcome.lost);
      return outcome;
    }
    const now = this.#options.now();
    for (const { start } of block.panes) this.#touch(start);
    const { index, epoch, to, progress } = block;
    const { highest } = progress;
    const end = { epoch, offset: to };
    // Probes behind the end of the input do not make a stream go on.
    const ended = progress.ended ? true : outcome.records > 0 ? false : null;
    this.#watermark.observe(
      `${block.topic}/${block.partition}`,
      { index, highest, end, ended, alive: outcome.events > 0 },
      now,
    );
    if (outcome.records > 0) this.#noteSigns(block, now);
    return outcome;
  }

  #noteSigns({ progress }: Block, now: number): void {
    // Reading an old log is a sign of life too, for as long as there is something to read.
    this.#lastSignAt = Math.max(this.#lastSignAt ?? 0, progress.lastTimestamp, now);
    const span = progress.lastTimestamp - progress.firstTimestamp;
    const events = progress.events + progress.sampledOut;
    if (events > 1) this.#usualGapMs = span / (events - 1);
  }

  /**
   * Stores what has changed and publishes the windows that are due, in one transaction each step.
   * Answers the number of windows published.
   */
  async step(): Promise<number> {
    let published = 0;
    for (;;) {
      const { now } = this.#options;
      const watermark = this.#watermark.read(now());
      const due = this.#dueWindows(watermark.time);
      const batch = due.slice(0, MOST_PUBLICATIONS);
      if (this.#aggregate.hasChanges || batch.length > 0) await this.#commit(batch, watermark);
      published += batch.length;
      if (batch.length === due.length) break;
      for (const { publisher, window } of due.slice(batch.length)) publisher.touch(window.start);
    }
    return published;
  }

  /**
   * Keys of the records in the blocks topic that are not needed any more, as the store has what they
   * say; each is answered once. None while anything that was applied waits to be stored.
   */
  takeSpent(): string[] {
    if (this.#aggregate.hasChanges) return [];
    return this.#spent.take((place) => this.#aggregate.appliedIn(place));
  }

  /** Windows of each monitor that ended before its time are of no use; none while time is unknown. */
  evaluationsKeptFrom(): readonly { readonly monitor: MonitorConfig; readonly from: number }[] {
    const { time } = this.#watermark.read(this.#options.now());
    if (time === null || time === Number.POSITIVE_INFINITY) return [];
    return this.#publishers.map(({ plan: { monitor } }) => ({
      ...{ monitor, from: time - monitor.retention.evaluationsMs },
    }));
  }

  #dueWindows(watermark: number | null): { publisher: MonitorPublisher; window: DueWindow }[] {
    if (watermark === null) return [];
    const panes = this.#aggregate.paneEvents();
    return this.#publishers.flatMap((publisher) =>
      publisher.due(panes, watermark).map((window) => ({ publisher, window })),
    );
  }

  async #commit(
    due: readonly { publisher: MonitorPublisher; window: DueWindow }[],
    watermark: ReturnType<Watermark['read']>,
  ): Promise<void> {
    const { store, lifecycle, now } = this.#options;
    const { reading, id } = this.definition;
    const ofStream = { namespace: reading.namespace, stream: reading.stream };
    const announcements: LifecycleEvent[] = [];
    const begun = performance.now();
    const offsets = this.#aggregate.offsets();
    const waiting = this.#aggregate.gaps();
    const lost = this.#aggregate.lost();
    this.#gaps.note(waiting, lost);
    const publications: Publication[] = [];
    for (const { publisher, window } of due) {
      const judged = performance.now();
      const profile = await this.#aggregate.window(window);
      await publisher.prepare(window);
      const { latenessMs } = publisher.plan.monitor;
      const missing = [
        ...waitingWarnings(waiting),
        ...lostWarnings(lost, { start: window.start, end: window.end, latenessMs }),
      ];
      const context = { profile, offsets, watermark, missing, now: now() };
      const publication = publisher.publication(window, context);
      publications.push(publication);
      const { namespace, monitor, revision, events } = publication;
      const verdicts = countVerdicts(publication.assessments);
      const seconds = (performance.now() - judged) / 1000;
      const said = { namespace, monitor, window: publication.window, verdicts, events, seconds };
      announcements.push(
        revision === 0
          ? { type: 'window_published', ...said }
          : { type: 'window_restated', ...said, revision },
      );
    }
    this.#retain(watermark.time);
    const changes = this.#aggregate.changes();
    try {
      this.#version = await store.commitProfile({
        profileId: id,
        expectedVersion: this.#version,
        ...changes,
        publications,
      });
    } catch (error) {
      if (error instanceof PlumblineError && error.code === 'PLB_STORE_CONFLICT') {
        lifecycle.emit({ type: 'commit_conflict', ...ofStream });
      }
      throw error;
    }
    this.#aggregate.committed();
    for (const { publisher, window } of due) publisher.confirm(window);
    for (const announcement of announcements) lifecycle.emit(announcement);
    lifecycle.emit({
      type: 'commit',
      ...ofStream,
      panes: changes.panes.length,
      publications: publications.length,
      seconds: (performance.now() - begun) / 1000,
    });
  }

  /** Lets go of panes that no window needs any more. */
  #retain(watermark: number | null): void {
    if (watermark === null || watermark === Number.POSITIVE_INFINITY) return;
    const monitors = this.#publishers.map(({ plan }) => plan.monitor);
    const longest = Math.max(...monitors.map(({ windowMs, latenessMs }) => windowMs + latenessMs));
    const retained = Math.max(longest, ...monitors.map(({ retention }) => retention.panesMs));
    const { paneMs } = this.definition;
    this.#aggregate.retainFrom(paneStart(watermark - retained, paneMs));
    this.#aggregate.evictBefore(paneStart(watermark - longest, paneMs));
  }

  /** What this profile knows of its stream. */
  report(bounds: LogBounds = new Map()): StreamReport {
    const { now, plans } = this.#options;
    const at = now();
    const { stream } = plans[0]!;
    const watermark = this.#watermark.read(at);
    const { stalledAfterMs } = stream;
    const signs = {
      startedAt: this.#startedAt,
      lastSignAt: this.#lastSignAt,
      usualGapMs: this.#usualGapMs,
      ...(stalledAfterMs === undefined ? {} : { stalledAfterMs }),
      ended: watermark.ended,
    };
    const offsets = this.#aggregate.offsets();
    const clocks = new Map(this.#aggregate.clocks().map((clock) => [clock.key, clock]));
    return {
      profileId: this.definition.id,
      namespace: stream.namespace,
      stream: stream.name,
      ...streamCondition(signs, at),
      watermark: watermark.time === Number.POSITIVE_INFINITY ? null : watermark.time,
      lastEventAt: this.#lastSignAt,
      tallies: this.#aggregate.tallies(),
      partitions: this.#watermark.describe(at).map(({ partition, time, idle, ended }) => {
        const slash = partition.lastIndexOf('/');
        const clock = clocks.get(partition);
        const counted = { applied: offsets[partition] ?? 0, lastTimestamp: clock?.lastTimestamp };
        return {
          topic: partition.slice(0, slash),
          partition: Number(partition.slice(slash + 1)),
          applied: counted.applied,
          highest: time,
          idle,
          ended,
          epoch: clock?.said.epoch ?? 0,
          ...lagBehind(bounds.get(partition), { ...counted, at }),
        };
      }),
      updatedAt: at,
    };
  }
}
