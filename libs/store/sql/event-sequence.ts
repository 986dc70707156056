import type { StoreEvent } from '../port.ts';

type Listener = (event: StoreEvent) => void;

/** Hands events out in the order in which their transactions committed. */
export class EventSequence {
  readonly #listeners = new Set<Listener>();
  readonly #places: { events: readonly StoreEvent[] | undefined }[] = [];

  /** Answers how to stop. The same function subscribed twice is called twice. */
  subscribe(listener: Listener): () => void {
    const entry: Listener = (event) => listener(event);
    this.#listeners.add(entry);
    return () => {
      this.#listeners.delete(entry);
    };
  }

  /**
   * Takes the next place in the order; call it while the transaction still excludes others. The
   * answer fills the place, with no events when the transaction failed: later places wait for it.
   */
  reserve(): (events: readonly StoreEvent[]) => void {
    const place: { events: readonly StoreEvent[] | undefined } = { events: undefined };
    this.#places.push(place);
    return (events) => {
      place.events = events;
      this.#deliver();
    };
  }

  #deliver(): void {
    for (let next = this.#places[0]; next?.events !== undefined; next = this.#places[0]) {
      this.#places.shift();
      for (const event of next.events) this.#emit(event);
    }
  }

  #emit(event: StoreEvent): void {
    for (const listener of [...this.#listeners]) {
      try {
        listener(event);
      } catch (error) {
        // The commit has happened: its caller must not hear of a listener's trouble.
        process.emitWarning(error instanceof Error ? error : String(error));
      }
    }
  }
}
