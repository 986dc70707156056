/** Records that must agree before a clock follows a large jump. */
export const CONFIRMATIONS = 3;
/** Blocks whose unconfirmed event times are remembered. */
const REMEMBERED_BLOCKS = 16;

/**
 * Event time of one partition: the highest seen, but a jump further than `jumpMs` ahead is followed
 * only once three records confirm it, so that one device with a wrong clock closes no windows.
 */
export class PartitionClock {
  readonly #jumpMs: number;
  /** Highest event times by block; a wider record of the same block replaces the narrower one. */
  readonly #highest = new Map<number, readonly number[]>();
  #time: number | null;

  /** `time` is where an earlier clock of the same partition stood. */
  constructor(jumpMs: number, time: number | null = null) {
    this.#jumpMs = jumpMs;
    this.#time = time;
  }

  /** Milliseconds since 1970; `null` until it is known. */
  get time(): number | null {
    return this.#time;
  }

  /** Takes the highest event times of one block, highest first. */
  observe(blockIndex: number, highest: readonly number[]): void {
    this.#highest.set(blockIndex, highest);
    if (this.#highest.size > REMEMBERED_BLOCKS) {
      const [oldest] = this.#highest.keys();
      if (oldest !== undefined) this.#highest.delete(oldest);
    }
    const times = [...this.#highest.values()].flat().sort((a, b) => b - a);
    for (;;) {
      const reach = this.#time === null ? Number.NEGATIVE_INFINITY : this.#time + this.#jumpMs;
      const near = times.find((time) => time <= reach);
      const far = times.filter((time) => time > reach);
      const confirmed = far[CONFIRMATIONS - 1];
      const next = confirmed ?? near;
      if (next === undefined || (this.#time !== null && next <= this.#time)) return;
      this.#time = next;
    }
  }
}
