const FIRST_MS = 50;
const LAST_MS = 2000;

/** Waiting times that double, with jitter, so that members do not come back all at once. */
export class Backoff {
  readonly #random: () => number;
  #milliseconds = FIRST_MS;

  constructor(random: () => number = Math.random) {
    this.#random = random;
  }

  /** The next waiting time in milliseconds: half of it fixed, half of it by chance. */
  next(): number {
    const now = this.#milliseconds;
    this.#milliseconds = Math.min(now * 2, LAST_MS);
    return now / 2 + (this.#random() * now) / 2;
  }

  /** It went well: the next failure begins anew. */
  reset(): void {
    this.#milliseconds = FIRST_MS;
  }
}
