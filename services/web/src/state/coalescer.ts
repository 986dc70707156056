/** Time and timers, passed in so that tests own them. */
export interface CoalescerClock {
  now(): number;
  after(ms: number, run: () => void): () => void;
}

export interface Coalescer<T> {
  add(item: T): void;
  stop(): void;
}

/**
 * Gathers items and hands them over in batches: the first at once, later ones at most once per
 * `interval` milliseconds and never while a batch is still being worked on.
 */
export function createCoalescer<T>(options: {
  readonly interval: number;
  readonly clock: CoalescerClock;
  readonly run: (batch: readonly T[]) => Promise<void>;
}): Coalescer<T> {
  const { interval, clock, run } = options;
  let waiting: T[] = [];
  let lastStart = Number.NEGATIVE_INFINITY;
  let state: 'idle' | 'scheduled' | 'running' | 'stopped' = 'idle';
  let cancel = (): void => {};

  const schedule = (): void => {
    if (state !== 'idle' || waiting.length === 0) return;
    const delay = lastStart + interval - clock.now();
    if (delay <= 0) {
      start();
      return;
    }
    state = 'scheduled';
    cancel = clock.after(delay, start);
  };

  const start = (): void => {
    const batch = waiting;
    waiting = [];
    lastStart = clock.now();
    state = 'running';
    const finished = (): void => {
      if (state === 'stopped') return;
      state = 'idle';
      schedule();
    };
    // A failed batch is the runner's to report; the next event starts a new one.
    run(batch).then(finished, finished);
  };

  return {
    add(item) {
      if (state === 'stopped') return;
      waiting.push(item);
      schedule();
    },
    stop() {
      state = 'stopped';
      waiting = [];
      cancel();
    },
  };
}
