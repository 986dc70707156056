import type { Lifecycle } from '#libs/telemetry/lifecycle.ts';

/** How long a changed configuration may take to reach every process. */
export const ROLLOUT_MS = 3_600_000;
/** Places are noted this far apart, so that few are kept. */
const APART_MS = 60_000;

/**
 * Blocks of profiles that this process's configuration does not have. While a changed configuration
 * is rolled out, a profiler may have it and an evaluator not: the position stays in front of such
 * blocks for an hour, so that whoever takes the partition over with the new one finds them. What it
 * reads twice for that is recognised by its offsets.
 */
export class UnknownBlocks {
  readonly #startedAt: number;
  readonly #lifecycle: Lifecycle;
  readonly #told = new Set<string>();
  readonly #places = new Map<number, { readonly offset: number; readonly timestamp: number }[]>();

  constructor(options: { readonly startedAt: number; readonly lifecycle: Lifecycle }) {
    this.#startedAt = options.startedAt;
    this.#lifecycle = options.lifecycle;
  }

  /** Takes one of them; `timestamp` is when it was written to the blocks topic. */
  note(
    profileId: string,
    block: { readonly partition: number; readonly offset: number; readonly timestamp: number },
  ): void {
    const { partition, offset, timestamp } = block;
    const places = this.#places.get(partition) ?? [];
    this.#places.set(partition, places);
    const last = places.at(-1);
    if (last === undefined || timestamp - last.timestamp >= APART_MS) {
      places.push({ offset, timestamp });
    }
    // Those written before are of an earlier configuration; these, somebody writes now.
    if (timestamp < this.#startedAt) return;
    const isNews = !this.#told.has(profileId);
    this.#told.add(profileId);
    this.#lifecycle.emit({ type: 'block_unknown', profileId, isNews });
  }

  /** The position to commit where all before `next` is stored. */
  position(partition: number, { next, now }: { readonly next: number; readonly now: number }) {
    const places = this.#places.get(partition) ?? [];
    while (places.length > 0 && places[0]!.timestamp < now - ROLLOUT_MS) places.shift();
    return Math.min(next, places[0]?.offset ?? next);
  }

  /** The partition is another one's. */
  forget(partition: number): void {
    this.#places.delete(partition);
  }
}
