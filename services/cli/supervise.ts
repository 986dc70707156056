import { setTimeout as pause } from 'node:timers/promises';
import { PlumblineError } from '#libs/errors/plumbline-error.ts';
import type { Lifecycle } from '#libs/telemetry/lifecycle.ts';
import { describeReason } from './describe-error.ts';

const FIRST_PAUSE_MS = 250;
const LONGEST_PAUSE_MS = 15_000;
/** After so long without a failure the next pause is the first one again. */
const STEADY_MS = 60_000;
/** A trouble that lasts is told again after so long. */
const REMIND_MS = 60_000;

/** A service that can be stopped and started again. */
export interface Part {
  close(): Promise<void>;
}

/** What is not told otherwise. */
const DEFECT: Pick<PlumblineError, 'code' | 'detail'> = { code: 'PLB_INTERNAL', detail: {} };

/** How a running part says how it is. */
export interface PartReport {
  /** Aborted when the part is not wanted any more, even if it has not started yet. */
  readonly signal: AbortSignal;
  /** Called once, when the part cannot go on. */
  readonly failed: (error: Error) => void;
  /** Why the part waits at the moment, as for a broker that is gone; `null` once it goes on. */
  readonly trouble: (reason: Error | null) => void;
}

export interface SuperviseOptions {
  readonly name: string;
  readonly role: 'profiler' | 'evaluator';
  readonly start: (report: PartReport) => Promise<Part>;
  readonly lifecycle: Lifecycle;
  /** How often a trouble that lasts is told again, milliseconds; once a minute unless given. */
  readonly remindMs?: number;
}

export interface Supervised {
  readonly name: string;
  /** Why the part does not run at the moment; `null` while it does. */
  trouble(): string | null;
  stop(): Promise<void>;
}

/**
 * Keeps a part running: when it fails, it is closed and started again after a growing pause, and
 * goes on from what is stored. Resolves when the first attempt has been made.
 *
 * @throws PLB_SEVERAL_PROCESSES when the first attempt ends with it: nothing is tried again then
 */
export async function supervise(options: SuperviseOptions): Promise<Supervised> {
  const { name, role, start, lifecycle, remindMs = REMIND_MS } = options;
  const stopping = new AbortController();
  let part: Part | null = null;
  let trouble: string | null = 'It has not started yet.';
  let told: string | null = null;
  let since: number | null = null;
  let reminder: NodeJS.Timeout | undefined;

  function report(error: unknown): void {
    const message = error instanceof Error ? error.message : String(error);
    // The same reason over and over is one piece of news.
    if (message === told) return;
    told = message;
    const { code, detail } = error instanceof PlumblineError ? error : DEFECT;
    trouble = describeReason(error);
    since ??= performance.now();
    const tell = () =>
      lifecycle.emit({
        ...{ type: 'failure', role, code, message, outcome: 'retries' },
        ...(detail.fix === undefined ? {} : { fix: detail.fix }),
      });
    tell();
    clearInterval(reminder);
    reminder = setInterval(tell, remindMs);
  }

  function recovered(): void {
    clearInterval(reminder);
    if (since !== null) {
      const seconds = Math.round((performance.now() - since) / 100) / 10;
      lifecycle.emit({ type: 'recovered', part: name, seconds });
    }
    trouble = null;
    told = null;
    since = null;
  }

  /** One life of the part, from its start to its failure. */
  async function live(): Promise<void> {
    const failed = Promise.withResolvers<Error>();
    let waits = false;
    try {
      part = await start({
        signal: stopping.signal,
        failed: failed.resolve,
        trouble: (reason) => {
          waits = reason !== null;
          if (reason === null) recovered();
          else report(reason);
        },
      });
      if (!waits) recovered();
      first.resolve();
      const stopped = new Promise<null>((resolve) =>
        stopping.signal.addEventListener('abort', () => resolve(null), { once: true }),
      );
      const error = stopping.signal.aborted ? null : await Promise.race([failed.promise, stopped]);
      if (error !== null) report(error);
    } catch (error) {
      report(error);
      if (isFirst && isRefusal(error)) {
        first.reject(error);
        stopping.abort();
      }
    } finally {
      await part?.close().catch(report);
      part = null;
    }
  }

  const first = Promise.withResolvers<void>();
  let isFirst = true;
  const running = (async () => {
    let wait = FIRST_PAUSE_MS;
    while (!stopping.signal.aborted) {
      const begunAt = performance.now();
      await live();
      first.resolve();
      isFirst = false;
      if (performance.now() - begunAt > STEADY_MS) wait = FIRST_PAUSE_MS;
      await pause(wait, undefined, { signal: stopping.signal }).catch(() => undefined);
      wait = Math.min(wait * 2, LONGEST_PAUSE_MS);
    }
  })();
  try {
    await first.promise;
  } catch (error) {
    await running;
    clearInterval(reminder);
    throw error;
  }
  return {
    name,
    trouble: () => trouble,
    async stop() {
      stopping.abort();
      await running;
      clearInterval(reminder);
    },
  };
}

/** Another process has what this one would need for itself alone: starting again cannot help. */
function isRefusal(error: unknown): boolean {
  return error instanceof PlumblineError && error.code === 'PLB_SEVERAL_PROCESSES';
}
