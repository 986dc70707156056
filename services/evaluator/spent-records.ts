import { type BlockRange, blockKey, isFinished } from '#libs/profiles/block.ts';
import type { ProfileDefinition } from '#libs/profiles/definition.ts';
import { type LostOffsets, lostKey } from '#libs/profiles/lost-offsets.ts';
import type { OffsetRange } from '#libs/windows/offset-ranges.ts';

/** One log of one partition. */
export type LogPartition = Pick<BlockRange, 'topic' | 'partition' | 'epoch'>;

interface Seen {
  readonly place: LogPartition;
  /** Numbers of finished blocks. */
  readonly blocks: Set<number>;
  /** Keys of lost ranges, the last one read last. */
  readonly lost: Set<string>;
}

/**
 * Tells which records of the blocks topic are of no use any more: finished blocks and lost ranges
 * that the store knows of.
 *
 * Of each log of each partition the newest finished block stays, or the last lost range before there
 * is one: a profiler whose topic was created anew learns from it which log was counted before. What
 * stayed goes with the block that follows it. Its number is taken from what is stored, so that a
 * restart in between forgets none.
 */
export class SpentRecords {
  readonly #profile: Pick<ProfileDefinition, 'id' | 'blockSize'>;
  readonly #seen = new Map<string, Seen>();

  constructor(profile: Pick<ProfileDefinition, 'id' | 'blockSize'>) {
    this.#profile = profile;
  }

  /** Takes note of a block that was read; unfinished ones replace each other and need nothing. */
  noteBlock(block: BlockRange): void {
    if (isFinished(block, this.#profile.blockSize)) this.#at(block).blocks.add(block.index);
  }

  noteLost(lost: LostOffsets): void {
    const seen = this.#at(lost).lost;
    const key = lostKey(this.#profile.id, lost);
    seen.delete(key);
    seen.add(key);
  }

  #at({ topic, partition, epoch }: LogPartition): Seen {
    const key = `${topic}/${partition}/${epoch}`;
    let seen = this.#seen.get(key);
    if (seen === undefined) {
      seen = { place: { topic, partition, epoch }, blocks: new Set(), lost: new Set() };
      this.#seen.set(key, seen);
    }
    return seen;
  }

  /**
   * The keys that may go, each answered once. All that was noted must be stored; `applied` answers
   * the ranges that are stored of a log, ascending.
   */
  take(applied: (place: LogPartition) => readonly OffsetRange[]): string[] {
    return [...this.#seen.values()].flatMap((seen) => this.#takeFrom(seen, applied(seen.place)));
  }

  #takeFrom({ place, blocks, lost }: Seen, applied: readonly OffsetRange[]): string[] {
    const { id, blockSize } = this.#profile;
    const newest = lastFinished(applied, { below: Number.POSITIVE_INFINITY, blockSize });
    const spent = new Set<number>();
    for (const index of blocks) {
      // Behind the newest one there is none but a block that was refused: it goes later.
      if (newest === null || index > newest) continue;
      blocks.delete(index);
      if (index < newest) spent.add(index);
      const before = lastFinished(applied, { below: index * blockSize, blockSize });
      if (before !== null) spent.add(before);
    }
    const told = [...lost];
    if (newest === null) told.pop();
    for (const key of told) lost.delete(key);
    return [...[...spent].map((index) => blockKey(id, { ...place, index })), ...told];
  }
}

/** Number of the last finished block that ends at or below an offset; `null` without any. */
function lastFinished(
  applied: readonly OffsetRange[],
  { below, blockSize }: { readonly below: number; readonly blockSize: number },
): number | null {
  for (const [from, to] of applied.toReversed()) {
    const index = Math.floor(Math.min(to, below) / blockSize) - 1;
    // Only a finished block holds the last offset of its range.
    if ((index + 1) * blockSize > from) return index;
  }
  return null;
}
