/** Mutual exclusion in the order of asking; it can be asked how many are waiting. */
export class FifoLock {
  readonly #queue: (() => void)[] = [];
  #held = false;

  get waiting(): number {
    return this.#queue.length;
  }

  async acquire(): Promise<void> {
    if (this.#held) await new Promise<void>((resolve) => this.#queue.push(resolve));
    this.#held = true;
  }

  /** Hands over to the one who has waited longest. */
  release(): void {
    const next = this.#queue.shift();
    if (next === undefined) this.#held = false;
    else next();
  }
}
