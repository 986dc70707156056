import type { Registry } from 'prom-client';
import type { Check } from '#services/api/options.ts';
import type { MetricSnapshot, ParentMessage, WorkerMessage } from './messages.ts';

const TELL_EVERY_MS = 500;

/** What a worker has to tell of itself. */
export interface WorkerState {
  readonly registry: Registry;
  checks(): readonly Check[];
}

/** A worker's line to the process that started it. */
export interface WorkerLink {
  /** From now on the parent hears how this worker is. */
  report(state: WorkerState): void;
  /** The line is no longer needed; the parent's end is nobody's concern then. */
  close(): void;
}

/**
 * Takes up the line to the parent. A worker without a parent would be nobody's to stop: made before
 * anything else, it hears of a parent that dies while the worker starts.
 */
export function linkToParent(options: { readonly onParentGone: () => void }): WorkerLink {
  const { onParentGone } = options;
  let state: WorkerState | null = null;
  const tell = (message: WorkerMessage) => {
    // The parent may be gone before this process has heard of it.
    if (process.connected) process.send?.(message, undefined, undefined, () => undefined);
  };
  const answer = async ({ request }: ParentMessage) => {
    const metrics = ((await state?.registry.getMetricsAsJSON()) ?? []) as readonly MetricSnapshot[];
    tell({ type: 'metrics', request, metrics });
  };
  const listen = (message: ParentMessage) => void answer(message);
  process.on('message', listen);
  process.on('disconnect', onParentGone);
  if (!process.connected) onParentGone();
  const timer = setInterval(() => {
    if (state !== null) tell({ type: 'checks', checks: state.checks() });
  }, TELL_EVERY_MS);
  return {
    report(next) {
      state = next;
    },
    close() {
      clearInterval(timer);
      process.off('message', listen);
      process.off('disconnect', onParentGone);
      if (process.connected) process.disconnect?.();
    },
  };
}
