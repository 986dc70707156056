import { once } from 'node:events';
import { PlumblineError } from '#libs/errors/plumbline-error.ts';
import type { MonitorPlan } from '#libs/planning/plan-monitors.ts';
import type { Store } from '#libs/store/port.ts';
import type { Lifecycle } from '#libs/telemetry/lifecycle.ts';
import { blocksPartition, blocksTopic, evaluatorGroup } from '#libs/transport/names.ts';
import type { Membership, RecordBatch, Transport } from '#libs/transport/port.ts';
import { type LogBounds, readLogBounds } from './log-bounds.ts';
import { ProfileEvaluator } from './profile-evaluator.ts';
import { SoleWatch } from './sole-watch.ts';
import { StreamReporter } from './stream-reporter.ts';
import { UnknownBlocks } from './unknown-blocks.ts';

const decoder = new TextDecoder();
const encoder = new TextEncoder();
/** How often evaluations that no monitor keeps any longer are removed. */
const PRUNE_EVERY_MS = 3_600_000;
/** How often the logs' ends are asked for, to tell how much of them is not counted yet. */
const BOUNDS_EVERY_MS = 5000;
/** How long an assignment waits for the names of the partitions that windows wait for. */
const BOUNDS_PATIENCE_MS = 2000;
/** How often panes are stored and windows published while blocks arrive. */
const STEP_MS = 1000;

export interface EvaluatorOptions {
  readonly transport: Transport;
  readonly store: Store;
  readonly instance: string;
  readonly plans: readonly MonitorPlan[];
  readonly lifecycle: Lifecycle;
  readonly now: () => number;
  /** Told once when this evaluator cannot go on. */
  readonly failed: (error: Error) => void;
  /** Told why nothing can be read at the moment, and `null` once it can. */
  readonly trouble?: (reason: Error | null) => void;
  readonly stepMs?: number;
  /**
   * For a store that no other process shares: this evaluator takes all profiles of its instance or
   * none. Another one is waited for to end, up to `patienceMs`, and then refused.
   */
  readonly sole?: {
    readonly patienceMs: number;
    /** Ends the waiting. */
    readonly signal: AbortSignal;
  };
}

export interface Evaluator {
  /** Stores what it has and gives the partitions back. Safe to call twice. */
  close(): Promise<void>;
}

/** A profile whose blocks this evaluator reads. */
interface Running {
  readonly evaluator: ProfileEvaluator;
  /** Partition of the blocks topic that its blocks come from. */
  readonly partition: number;
  /** What its stream is read from. */
  readonly topics: readonly string[];
  /** Those of them whose partitions are not known yet. */
  readonly unanswered: Set<string>;
}

/**
 * Turns blocks into panes, windows and verdicts, for the profiles whose blocks lie in the
 * partitions that it is given.
 *
 * Positions in the blocks topic are committed only after the counts are stored; what is read again
 * after a crash is recognised by its offsets and ignored. In between, tombstones are sent for the
 * records whose counts are stored, so that compaction takes them: the topic does not grow with the
 * number of events.
 *
 * @throws PLB_SEVERAL_PROCESSES when it must be the only one, and another one does not end
 */
export async function startEvaluator(options: EvaluatorOptions): Promise<Evaluator> {
  const { transport, store, instance, plans, lifecycle, now, stepMs = STEP_MS } = options;
  const configRevision = await store.configRevision();
  const blocks = blocksTopic(instance);
  const blockPartitions = (await transport.describe(blocks))?.partitions.length ?? 1;
  const profiles = [...Map.groupBy(plans, ({ profile }) => profile.id)].map(([id, sharing]) => ({
    ...{ id, sharing, partition: blocksPartition(id, blockPartitions) },
  }));
  const running = new Map<string, Running>();
  const reporter = new StreamReporter({ store, lifecycle });
  /** Batches, assignments and steps take turns. */
  let turn: Promise<unknown> = Promise.resolve();
  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const result = turn.then(work);
    turn = result.catch(() => undefined);
    return result;
  };
  const { sole } = options;
  const watch =
    sole === undefined
      ? null
      : new SoleWatch({
          ...{ instance, patienceMs: sole.patienceMs },
          trouble: (reason) => options.trouble?.(reason),
          failed: (error) => fail(error),
        });
  let member: Membership | null = null;
  let lastStep = performance.now();
  let lastPrune = Number.NEGATIVE_INFINITY;
  /** The last answers, and the questions that are not answered yet, by topic. */
  const bounds = new Map<string, LogBounds>();
  const asking = new Map<string, Promise<void>>();
  let lastBounds = Number.NEGATIVE_INFINITY;
  /** Positions of batches whose counts are not yet stored. */
  const uncommitted = new Map<number, { topic: string; partition: number; next: number }>();
  const unknown = new UnknownBlocks({ startedAt: now(), lifecycle });

  /** Goes on with the profiles of a partition where the store says that they stand. */
  async function load(partition: number): Promise<void> {
    for (const { id, sharing, partition: own } of profiles) {
      if (own !== partition) continue;
      const { profile: definition, stream } = sharing[0]!;
      const { topics } = stream;
      const evaluator = await ProfileEvaluator.load({
        ...{ definition, plans: sharing, store, lifecycle, now, configRevision },
      });
      running.set(id, { evaluator, partition, topics, unanswered: new Set(topics) });
    }
  }

  /** Says for each stream in how many partitions of the blocks topic its profiles are held. */
  function announce(): void {
    const streams = Map.groupBy(plans, ({ stream }) => `${stream.namespace}/${stream.name}`);
    for (const sharing of streams.values()) {
      const { namespace, name: stream } = sharing[0]!.stream;
      const held = new Set(sharing.map(({ profile }) => running.get(profile.id)?.partition));
      held.delete(undefined);
      const partitions = held.size;
      lifecycle.emit({
        type: 'partitions_assigned',
        namespace,
        stream,
        role: 'evaluator',
        partitions,
      });
    }
  }

  /**
   * Asks for the bounds of the logs and makes their partitions known. A topic that does not answer,
   * such as one with a partition that nobody leads, holds up no other.
   */
  async function askForBounds(): Promise<void> {
    lastBounds = performance.now();
    const topics = new Set([...running.values()].flatMap((one) => one.topics));
    await Promise.all(
      [...topics].map((topic) => {
        const answer = asking.get(topic) ?? ask(topic).finally(() => asking.delete(topic));
        asking.set(topic, answer);
        return answer;
      }),
    );
  }

  async function ask(topic: string): Promise<void> {
    const found = await readLogBounds(transport, [topic]).catch(() => new Map());
    bounds.set(topic, found);
    for (const { evaluator, unanswered } of running.values()) {
      // Only once: a partition that is added later is idle until its first event.
      if (found.size === 0 || !unanswered.delete(topic)) continue;
      for (const partition of found.keys()) evaluator.expect(partition);
    }
  }

  /** What was counted since the last step is the next owner's to count again. */
  function drop(partition: number): void {
    uncommitted.delete(partition);
    unknown.forget(partition);
    const dropped = [...running].filter(([, { partition: own }]) => own === partition);
    for (const [id] of dropped) running.delete(id);
    for (const [, { evaluator }] of dropped) {
      const { namespace, stream } = evaluator.definition.reading;
      const holdsOthers = [...running.values()].some(
        ({ evaluator: { definition } }) =>
          definition.reading.namespace === namespace && definition.reading.stream === stream,
      );
      if (!holdsOthers) reporter.forget({ namespace, stream });
      const { monitors } = evaluator;
      lifecycle.emit({ type: 'profile_released', namespace, stream, monitors, holdsOthers });
    }
  }

  async function step(): Promise<void> {
    for (const { evaluator } of running.values()) await evaluator.step();
    const known: LogBounds = new Map([...bounds.values()].flatMap((one) => [...one]));
    await reporter.report([...running.values()].map(({ evaluator }) => evaluator.report(known)));
    if (performance.now() - lastBounds >= BOUNDS_EVERY_MS) void askForBounds();
    await sendTombstones();
    for (const { topic, partition, next } of uncommitted.values()) {
      const offset = unknown.position(partition, { next, now: now() });
      await member?.commit({ topic, partition }, { offset, metadata: '' }).catch(unlessFenced);
    }
    uncommitted.clear();
    lastStep = performance.now();
    if (lastStep - lastPrune >= PRUNE_EVERY_MS) await prune();
  }

  /** Before the positions: after a crash in between they are read, and their tombstones sent, again. */
  async function sendTombstones(): Promise<void> {
    const tombstones = [...running.values()].flatMap(({ evaluator, partition }) =>
      evaluator.takeSpent().map((key) => ({ partition, key: encoder.encode(key), value: null })),
    );
    if (tombstones.length > 0) await transport.send(blocks, tombstones);
  }

  async function prune(): Promise<void> {
    lastPrune = performance.now();
    // Its own monitors only: those of other evaluators may be kept for longer.
    for (const { evaluator } of running.values()) {
      for (const { monitor, from } of evaluator.evaluationsKeptFrom()) {
        await store.pruneEvaluations(monitor, from);
      }
    }
  }

  async function take(batch: RecordBatch): Promise<void> {
    const begun = performance.now();
    const totals = new Map<ProfileEvaluator, { blocks: number; ignored: number; events: number }>();
    for (const { key, value, offset, timestamp } of batch.records) {
      // A tombstone says that its block is stored already.
      if (key === null || value === null) continue;
      const text = decoder.decode(key);
      const profileId = text.slice(0, text.indexOf('/'));
      const evaluator = running.get(profileId)?.evaluator;
      if (evaluator === undefined) {
        unknown.note(profileId, { partition: batch.partition, offset, timestamp });
        continue;
      }
      const total = totals.get(evaluator) ?? { blocks: 0, ignored: 0, events: 0 };
      totals.set(evaluator, total);
      const applied = await evaluator.apply(value);
      if (applied.kind === 'lost') continue;
      total.blocks++;
      if (applied.kind === 'open' || applied.kind === 'closed') total.events += applied.events;
      else total.ignored++;
    }
    for (const [{ definition }, total] of totals) {
      lifecycle.emit({
        type: 'blocks_applied',
        namespace: definition.reading.namespace,
        stream: definition.reading.stream,
        ...total,
        seconds: (performance.now() - begun) / 1000,
      });
    }
    const { topic, partition, next } = batch;
    uncommitted.set(partition, { topic, partition, next });
    if (performance.now() - lastStep >= stepMs) await step();
  }

  let state: 'running' | 'failed' | 'closed' = 'running';
  const fail = (error: unknown) => {
    if (state !== 'running') return;
    state = 'failed';
    clearInterval(timer);
    watch?.close();
    options.failed(error instanceof Error ? error : new PlumblineError('PLB_INTERNAL', `${error}`));
  };
  const timer = setInterval(() => {
    inTurn(async () => {
      // Half of it, so that a step that took a moment does not make the timer skip every other one.
      if (state === 'running' && performance.now() - lastStep >= stepMs / 2) await step();
    }).catch(fail);
  }, stepMs);

  try {
    member = await transport.join({
      group: evaluatorGroup(instance),
      topics: [blocks],
      sole: sole !== undefined,
      handlers: {
        assigned: (partitions) =>
          inTurn(async () => {
            for (const { partition } of partitions) await load(partition);
            announce();
            const patience = AbortSignal.timeout(BOUNDS_PATIENCE_MS);
            await Promise.race([askForBounds(), once(patience, 'abort')]);
            watch?.assigned(partitions.map(({ partition }) => partition));
            return partitions.map(({ committed, start }) => committed?.offset ?? start);
          }),
        revoked: (partitions) =>
          inTurn(async () => {
            for (const { partition } of partitions) drop(partition);
            watch?.revoked(partitions.map(({ partition }) => partition));
            announce();
          }),
        batch: (batch) =>
          inTurn(async () => {
            // After a failure nothing is half done: the next life reads this batch again.
            if (state !== 'failed') await take(batch);
          }),
        failed: fail,
        trouble: (reason) => options.trouble?.(reason),
        rebalanced: (rebalance) => {
          lifecycle.emit({ type: 'rebalanced', role: 'evaluator', ...rebalance });
          watch?.settled();
        },
      },
    });
    sole?.signal.addEventListener('abort', () => watch?.close(), { once: true });
    await watch?.first;
  } catch (error) {
    clearInterval(timer);
    await member?.leave();
    throw error;
  }

  return {
    async close() {
      clearInterval(timer);
      watch?.close();
      const isRunning = state === 'running';
      state = 'closed';
      try {
        if (isRunning) await inTurn(step);
      } finally {
        await member?.leave();
        await turn;
      }
    },
  };
}

/** A partition that is being given away: its next owner reads again what is stored already. */
function unlessFenced(error: unknown): void {
  if (!(error instanceof PlumblineError && error.code === 'PLB_TRANSPORT_FENCED')) throw error;
}
