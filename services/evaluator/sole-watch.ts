import { PlumblineError } from '#libs/errors/plumbline-error.ts';

export interface SoleWatchOptions {
  readonly instance: string;
  /** How long another evaluator is waited for to end. */
  readonly patienceMs: number;
  readonly trouble: (reason: Error | null) => void;
  /** Called once when it was waited for in vain, though there were partitions before. */
  readonly failed: (error: Error) => void;
}

/**
 * For an evaluator that has a store of its own, and so must have all partitions of its instance:
 * notices when another one has them. One that was killed counts until its session ends: until then
 * the group does not settle, and nothing is said here.
 */
export class SoleWatch {
  readonly #options: SoleWatchOptions;
  readonly #held = new Set<number>();
  readonly #first = Promise.withResolvers<void>();
  #begun = false;
  #timer: NodeJS.Timeout | undefined;

  constructor(options: SoleWatchOptions) {
    this.#options = options;
    // Where nobody waits for it, `failed` says the same.
    this.#first.promise.catch(() => undefined);
  }

  /** Resolves when the partitions are here, or it need not be waited for any more. */
  get first(): Promise<void> {
    return this.#first.promise;
  }

  assigned(partitions: readonly number[]): void {
    for (const partition of partitions) this.#held.add(partition);
    if (this.#timer !== undefined) {
      this.#stopWaiting();
      this.#options.trouble(null);
    }
    this.#begun = true;
    this.#first.resolve();
  }

  revoked(partitions: readonly number[]): void {
    for (const partition of partitions) this.#held.delete(partition);
  }

  /** The group has settled, and what is to be had is here. */
  settled(): void {
    if (this.#held.size > 0 || this.#timer !== undefined) return;
    const { patienceMs, trouble, failed } = this.#options;
    this.#timer = setTimeout(() => {
      const error = this.#refusal('');
      if (this.#begun) failed(error);
      else this.#first.reject(error);
    }, patienceMs);
    trouble(this.#refusal(`; for ${patienceMs / 1000} s it is waited for its end`));
  }

  /** No longer of interest. */
  close(): void {
    this.#stopWaiting();
    this.#first.resolve();
  }

  #stopWaiting(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  #refusal(what: string): PlumblineError {
    const { instance } = this.#options;
    return new PlumblineError(
      'PLB_SEVERAL_PROCESSES',
      `Cannot evaluate for instance ${instance}: with SQLite one process must have all its counts, and another one has them${what}`,
      {
        path: 'store',
        fix: 'stop the other process; or give one of them another `instance`; or let both share a database (store: { postgres: … })',
      },
    );
  }
}
