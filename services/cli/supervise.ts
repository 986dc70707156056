import { setTimeout as pause } from 'node:timers/promises';
import { PlumblineError } from '#libs/errors/plumbline-error.ts';
import type { Lifecycle } from '#libs/telemetry/lifecycle.ts';

const FIRST_PAUSE_MS = 250;
const LONGEST_PAUSE_MS = 15_000;
/** After so long without a failure the next pause is the first one again. */
const STEADY_MS = 60_000;

/** A service that can be stopped and started again. */
export interface Part {
  close(): Promise<void>;
}

export interface SuperviseOptions {
  readonly name: string;
  readonly role: 'profiler' | 'evaluator';
  /** Starts the part; it calls `failed` once when it cannot go on. */
  readonly start: (failed: (error: Error) => void) => Promise<Part>;
  readonly lifecycle: Lifecycle;
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
 */
export async function supervise(options: SuperviseOptions): Promise<Supervised> {
  const { name, role, start, lifecycle } = options;
  const stopping = new AbortController();
  let part: Part | null = null;
  let trouble: string | null = 'it has not started yet';

  function report(error: unknown): void {
    trouble = error instanceof Error ? error.message : String(error);
    const code = error instanceof PlumblineError ? error.code : 'PLB_INTERNAL';
    lifecycle.emit({ type: 'failure', role, code, message: trouble, outcome: 'retries' });
  }

  /** One life of the part, from its start to its failure. */
  async function live(begun: () => void): Promise<void> {
    const failed = Promise.withResolvers<Error>();
    try {
      part = await start((error) => failed.resolve(error));
      trouble = null;
      begun();
      const stopped = new Promise<null>((resolve) =>
        stopping.signal.addEventListener('abort', () => resolve(null), { once: true }),
      );
      const error = stopping.signal.aborted ? null : await Promise.race([failed.promise, stopped]);
      if (error !== null) report(error);
    } catch (error) {
      report(error);
    } finally {
      await part?.close().catch(report);
      part = null;
    }
  }

  const first = Promise.withResolvers<void>();
  const running = (async () => {
    let wait = FIRST_PAUSE_MS;
    while (!stopping.signal.aborted) {
      const begunAt = performance.now();
      await live(first.resolve);
      first.resolve();
      if (performance.now() - begunAt > STEADY_MS) wait = FIRST_PAUSE_MS;
      await pause(wait, undefined, { signal: stopping.signal }).catch(() => undefined);
      wait = Math.min(wait * 2, LONGEST_PAUSE_MS);
    }
  })();
  await first.promise;
  return {
    name,
    trouble: () => trouble,
    async stop() {
      stopping.abort();
      await running;
    },
  };
}
