/** Transactions that become durable together, by one COMMIT; each waits for `outcome`. */
export class CommitGroup {
  readonly outcome: Promise<void>;
  #resolve: () => void = () => {};
  #reject: (error: unknown) => void = () => {};
  #members = 0;

  constructor() {
    this.outcome = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
    // A group that failed without members has nobody to tell.
    this.outcome.catch(() => {});
  }

  get members(): number {
    return this.#members;
  }

  add(): void {
    this.#members += 1;
  }

  succeed(): void {
    this.#resolve();
  }

  fail(error: unknown): void {
    this.#reject(error);
  }
}
