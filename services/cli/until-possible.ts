import { setTimeout as pause } from 'node:timers/promises';
import { CATALOGUE } from '#libs/errors/catalogue.ts';
import { PlumblineError } from '#libs/errors/plumbline-error.ts';

const FIRST_PAUSE_MS = 250;
const LONGEST_PAUSE_MS = 5000;
/** A reason that lasts is told again after so long. */
const REMIND_MS = 60_000;

/**
 * Does what needs another system, again and again until that system is there. What another attempt
 * cannot help is thrown at once.
 */
export async function untilPossible<T>(
  work: () => Promise<T>,
  options: {
    /** Told why it waits, each reason once a minute at most, and `null` once it need not. */
    readonly onTrouble: (reason: PlumblineError | null) => Promise<void> | void;
    readonly remindMs?: number;
  },
): Promise<T> {
  const { onTrouble, remindMs = REMIND_MS } = options;
  const told = new Map<string, number>();
  for (let wait = FIRST_PAUSE_MS; ; wait = Math.min(wait * 2, LONGEST_PAUSE_MS)) {
    try {
      const result = await work();
      if (told.size > 0) await onTrouble(null);
      return result;
    } catch (error) {
      if (!(error instanceof PlumblineError && CATALOGUE[error.code].retry)) throw error;
      if (error.code === 'PLB_INTERNAL') throw error;
      const now = performance.now();
      const last = told.get(error.message) ?? Number.NEGATIVE_INFINITY;
      if (now - last >= remindMs) {
        told.set(error.message, now);
        await onTrouble(error);
      }
    }
    await pause(wait);
  }
}
