import { PlumblineError } from '#libs/errors/plumbline-error.ts';
import { kafkaError } from '../kafka-errors.ts';

/** Leaders move and connections break all the time: that long nobody needs to hear of it. */
const UNREMARKABLE_MS = 3000;
const UNREMARKABLE_CODES: readonly string[] = ['PLB_TRANSPORT_UNAVAILABLE', 'PLB_TRANSPORT_TOPIC'];

/** Keeps account of what does not work at the moment: tells of it, and when all is well again. */
export class Trouble {
  readonly #tell: (reason: PlumblineError | null) => void;
  readonly #now: () => number;
  readonly #since = new Map<string, number>();
  #told: PlumblineError | null = null;

  constructor(
    tell: (reason: PlumblineError | null) => void,
    now: () => number = () => performance.now(),
  ) {
    this.#tell = tell;
    this.#now = now;
  }

  /** This activity failed, and will be tried again; `begun` tells since when it did not succeed. */
  failed(doing: string, error: unknown, begun = this.#now()): void {
    const since = this.#since.get(doing) ?? begun;
    this.#since.set(doing, since);
    const reason = error instanceof PlumblineError ? error : kafkaError(error, doing);
    const remarkable =
      this.#now() - since >= UNREMARKABLE_MS || !UNREMARKABLE_CODES.includes(reason.code);
    if (!remarkable || this.#told?.code === reason.code) return;
    this.#told = reason;
    this.#tell(reason);
  }

  /** This activity succeeded, or is not tried any more. */
  passed(doing: string): void {
    if (!this.#since.delete(doing) || this.#since.size > 0 || this.#told === null) return;
    this.#told = null;
    this.#tell(null);
  }
}
