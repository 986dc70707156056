/** Events by pane, to be added up over any range of time by two searches. */
export class PaneTally {
  /** Starts of the panes that hold events, ascending. */
  readonly starts: Float64Array;
  /** Entry i is the number of events before pane i. */
  readonly #before: Float64Array;

  constructor(panes: ReadonlyMap<number, number>) {
    const starts: number[] = [];
    for (const [start, events] of panes) if (events > 0) starts.push(start);
    this.starts = Float64Array.from(starts).sort();
    this.#before = new Float64Array(starts.length + 1);
    for (const [i, start] of this.starts.entries()) {
      this.#before[i + 1] = this.#before[i]! + panes.get(start)!;
    }
  }

  /** Events of the panes that start in [from, to). */
  between(from: number, to: number): number {
    return this.#before[this.#place(to)]! - this.#before[this.#place(from)]!;
  }

  /** The first pane that starts at or after a time. */
  #place(time: number): number {
    let low = 0;
    let high = this.starts.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.starts[middle]! < time) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
