/** Wakes the one that waits; a ring that nobody waited for wakes the next one at once. */
export class Bell {
  #rung = false;
  #wake: (() => void) | undefined;

  ring(): void {
    this.#rung = true;
    this.#wake?.();
  }

  /** Forgets a ring that nobody waited for. */
  clear(): void {
    this.#rung = false;
  }

  /** Until the next ring, but no longer than this; for one at a time. */
  wait(withinMs = Number.POSITIVE_INFINITY): Promise<void> {
    return new Promise((resolve) => {
      let timer: NodeJS.Timeout | undefined;
      const wake = () => {
        clearTimeout(timer);
        this.#wake = undefined;
        this.#rung = false;
        resolve();
      };
      if (this.#rung) {
        wake();
        return;
      }
      this.#wake = wake;
      if (withinMs < Number.POSITIVE_INFINITY) timer = setTimeout(wake, withinMs);
    });
  }
}
