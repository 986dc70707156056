import { PlumblineError } from '#libs/errors/plumbline-error.ts';

/** More panes than 28 years of hours hint at a wrong time column or a pane that is too short. */
const MAX_PANES = 250_000;

/** Numbers the panes of event times in the order in which they are first seen. */
export class PaneSlots {
  readonly #pane: number;
  readonly #slots = new Map<number, number>();
  readonly #starts: number[] = [];
  readonly #rows: number[] = [];
  #lastStart = Number.NaN;
  #lastSlot = -1;

  constructor(pane: number) {
    this.#pane = pane;
  }

  /** The slot of a time; counts the row. @throws PLB_CONFIG_INVALID when there are too many. */
  add(time: number): number {
    const start = Math.floor(time / this.#pane) * this.#pane;
    if (start !== this.#lastStart) {
      let slot = this.#slots.get(start);
      if (slot === undefined) {
        slot = this.#starts.length;
        if (slot >= MAX_PANES) throw tooMany(this.#pane);
        this.#slots.set(start, slot);
        this.#starts.push(start);
        this.#rows.push(0);
      }
      this.#lastStart = start;
      this.#lastSlot = slot;
    }
    this.#rows[this.#lastSlot]! += 1;
    return this.#lastSlot;
  }

  /** Slots by the start of their panes. */
  finish(): { order: number[]; paneStarts: Float64Array; paneRows: Float64Array } {
    const order = this.#starts.map((_, slot) => slot);
    order.sort((a, b) => this.#starts[a]! - this.#starts[b]!);
    return {
      order,
      paneStarts: Float64Array.from(order, (slot) => this.#starts[slot]!),
      paneRows: Float64Array.from(order, (slot) => this.#rows[slot]!),
    };
  }
}

function tooMany(pane: number): PlumblineError {
  return new PlumblineError(
    'PLB_CONFIG_INVALID',
    `Cannot build the baseline: panes of ${pane / 1000} s would make more than ${MAX_PANES} of them`,
    {
      path: 'pane',
      fix: 'choose a longer pane or a narrower time range, and check the time field',
    },
  );
}
