import { pause } from './pause.ts';

/** Runs pieces of work one after the other, in the order in which they were asked for. */
export class Turns {
  readonly #failed: (error: unknown) => void;
  #tail: Promise<void> = Promise.resolve();
  #waiting = 0;

  /** @param failed told of the error of a piece of work; the ones after it run nevertheless */
  constructor(failed: (error: unknown) => void) {
    this.#failed = failed;
  }

  get idle(): boolean {
    return this.#waiting === 0;
  }

  /** Resolves once the work is done, or has failed. */
  run(work: () => Promise<void> | void): Promise<void> {
    this.#waiting += 1;
    this.#tail = this.#tail.then(async () => {
      try {
        await work();
      } catch (error) {
        this.#failed(error);
      } finally {
        this.#waiting -= 1;
      }
    });
    return this.#tail;
  }

  /** Waits for all that was asked for so far, but no longer than this. */
  async settled({ withinMs }: { readonly withinMs: number }): Promise<boolean> {
    if (this.idle) return true;
    const enough = new AbortController();
    const tail = this.#tail.then(() => enough.abort());
    await Promise.race([tail, pause(withinMs, enough.signal)]);
    return enough.signal.aborted;
  }
}
