import type { BatchHeader } from './batch-header.ts';

/** A transaction that was rolled back: its producer, and the offset of its first record. */
export interface AbortedTransaction {
  readonly producerId: bigint;
  readonly firstOffset: number;
}

/**
 * Tells which batches of a record set belong to aborted transactions, as the Java client does: the
 * broker names every aborted transaction that reaches into the set; a producer's batches are void
 * from the first offset of such a transaction up to its abort marker. Ask once per batch, in order.
 */
export class AbortedTransactions {
  /** By first offset, the first one last. */
  readonly #coming: AbortedTransaction[];
  readonly #running = new Set<bigint>();

  constructor(transactions: readonly AbortedTransaction[]) {
    this.#coming = [...transactions].sort((a, b) => b.firstOffset - a.firstOffset);
  }

  /** Whether the data batch is void. */
  covers(batch: BatchHeader): boolean {
    this.#advance(batch.lastOffset);
    return batch.transactional && this.#running.has(batch.producerId);
  }

  /** Takes note of the abort marker in this control batch. */
  end(batch: BatchHeader): void {
    this.#advance(batch.lastOffset);
    this.#running.delete(batch.producerId);
  }

  #advance(offset: number) {
    for (let next = this.#coming.at(-1); next !== undefined; next = this.#coming.at(-1)) {
      if (next.firstOffset > offset) return;
      this.#running.add(next.producerId);
      this.#coming.pop();
    }
  }
}
