import type { Store } from '#libs/store/port.ts';
import type { Lifecycle } from '#libs/telemetry/lifecycle.ts';

/** Running totals of what was published, for a progress display. */
export interface Findings {
  summary(): string;
  /** Resolves when a stream's input is over and its last windows are published. */
  readonly streamEnded: Promise<void>;
  stop(): void;
}

/** Counts windows and the verdicts of their newest revisions. */
export function countFindings(store: Store, lifecycle: Lifecycle): Findings {
  const verdicts = new Map<string, { warning: number; critical: number }>();
  const ended = Promise.withResolvers<void>();
  const stopObserving = lifecycle.observe((event) => {
    if (event.type !== 'window_published' && event.type !== 'window_restated') return;
    const { warning = 0, critical = 0 } = event.verdicts;
    verdicts.set(`${event.monitor} ${event.window.start}`, { warning, critical });
  });
  const unsubscribe = store.subscribe((event) => {
    if (event.kind === 'stream' && event.status.condition === 'ended') ended.resolve();
  });
  return {
    summary() {
      let critical = 0;
      let warning = 0;
      for (const counts of verdicts.values()) {
        critical += counts.critical;
        warning += counts.warning;
      }
      return `${verdicts.size} windows, ${critical} critical, ${warning} warning`;
    },
    streamEnded: ended.promise,
    stop() {
      stopObserving();
      unsubscribe();
    },
  };
}
