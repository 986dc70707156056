import { ColumnObserver, type Observation } from '#libs/baselines/column-observer.ts';
import { formatPath } from '#libs/profiles/json-path.ts';

/** What the sampled events hold at one path. */
export interface PathSurvey {
  readonly path: string;
  /** Member names on the way to it. */
  readonly keys: readonly string[];
  /** Name that the path's field would have. */
  readonly name: string;
  readonly seen: Observation;
  /** First scalar value that was seen. */
  readonly example: unknown;
  /** Smallest and largest number; `null` without numbers. */
  readonly range: { readonly min: number; readonly max: number } | null;
  readonly text: {
    readonly meanLength: number;
    /** Share of the texts that are several words. */
    readonly wordy: number;
  };
  /** Distinct scalar values as text, the first ones. */
  readonly values: readonly string[];
}

/** Enough to name versions and to tell categories apart. */
const MOST_VALUES = 50;
/** Words of a text that is written rather than chosen. */
const WORDY = /\S\s+\S+\s+\S+\s+\S/;

/** Collects a `PathSurvey`, value by value. */
export class PathSurveyor {
  readonly #keys: readonly string[];
  readonly #observer = new ColumnObserver(false);
  readonly #values = new Set<string>();
  #example: unknown;
  #min = Number.POSITIVE_INFINITY;
  #max = Number.NEGATIVE_INFINITY;
  #texts = 0;
  #characters = 0;
  #wordy = 0;

  constructor(keys: readonly string[]) {
    this.#keys = keys;
  }

  add(value: unknown): void {
    this.#observer.add(value);
    if (value === null || typeof value === 'object') return;
    this.#example ??= value;
    if (this.#values.size < MOST_VALUES) this.#values.add(String(value));
    if (typeof value === 'number') {
      if (value < this.#min) this.#min = value;
      if (value > this.#max) this.#max = value;
    } else if (typeof value === 'string') {
      this.#texts += 1;
      this.#characters += value.length;
      if (WORDY.test(value)) this.#wordy += 1;
    }
  }

  survey(): PathSurvey {
    const texts = Math.max(1, this.#texts);
    return {
      path: formatPath(this.#keys),
      keys: this.#keys,
      name: this.#keys.join('.'),
      seen: this.#observer.observation(),
      example: this.#example,
      range: this.#min <= this.#max ? { min: this.#min, max: this.#max } : null,
      text: { meanLength: this.#characters / texts, wordy: this.#wordy / texts },
      values: [...this.#values],
    };
  }
}
