/** The places of the events of one pane. */
export interface PaneGroup {
  readonly start: number;
  readonly places: Int32Array;
}

const INITIAL = 256;

/** Remembers the pane of each event of a block, and gives the events of each pane. */
export class PaneGroups {
  /** Panes in the order in which they were first seen: their starts and sizes. */
  readonly #starts: number[] = [];
  readonly #sizes: number[] = [];
  readonly #slots = new Map<number, number>();
  /** Slot of each event's pane. */
  #slotOf = new Int32Array(INITIAL);
  #length = 0;
  // Most events share the pane of the one before.
  #lastStart = Number.NaN;
  #lastSlot = -1;

  /** Number of events. */
  get length(): number {
    return this.#length;
  }

  /** Takes the next event. */
  add(start: number): void {
    if (start !== this.#lastStart) {
      this.#lastStart = start;
      this.#lastSlot = this.#slot(start);
    }
    if (this.#length === this.#slotOf.length) {
      const larger = new Int32Array(this.#length * 2);
      larger.set(this.#slotOf);
      this.#slotOf = larger;
    }
    this.#slotOf[this.#length++] = this.#lastSlot;
    this.#sizes[this.#lastSlot]!++;
  }

  #slot(start: number): number {
    let slot = this.#slots.get(start);
    if (slot === undefined) {
      slot = this.#starts.length;
      this.#slots.set(start, slot);
      this.#starts.push(start);
      this.#sizes.push(0);
    }
    return slot;
  }

  /** The panes by start; within a pane the places ascend. */
  groups(): PaneGroup[] {
    const groups = this.#starts.map((start, slot) => ({
      start,
      places: new Int32Array(this.#sizes[slot]!),
    }));
    const filled = new Int32Array(groups.length);
    for (let place = 0; place < this.#length; place++) {
      const slot = this.#slotOf[place]!;
      groups[slot]!.places[filled[slot]!++] = place;
    }
    return groups.sort((a, b) => a.start - b.start);
  }

  clear(): void {
    this.#starts.length = 0;
    this.#sizes.length = 0;
    this.#slots.clear();
    this.#length = 0;
    this.#lastStart = Number.NaN;
  }
}
