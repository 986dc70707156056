import { parseTimestamp } from '#libs/profiles/timestamp.ts';
import { booleanFromText, hasLeadingZero, numberFromText } from './text-cell.ts';

/** What the sampled values of one path look like. */
export interface Observation {
  readonly present: number;
  readonly missing: number;
  readonly numbers: number;
  readonly booleans: number;
  readonly texts: number;
  readonly times: number;
  /** Arrays and other values without a scalar meaning. */
  readonly others: number;
  /** Distinct scalar values, exact up to `MAX_DISTINCT`. */
  readonly distinct: number;
  readonly integers: boolean;
  /** All texts are times; all are numbers; all are booleans; some number has a leading zero. */
  readonly timeTexts: boolean;
  readonly numericTexts: boolean;
  readonly booleanTexts: boolean;
  readonly leadingZeros: boolean;
}

/** Enough to decide every rule on a sample of 100,000 rows. */
const MAX_DISTINCT = 65_536;

/** Collects an `Observation`, value by value. */
export class ColumnObserver {
  readonly #textual: boolean;
  readonly #distinct = new Set<unknown>();
  #missing = 0;
  #numbers = 0;
  #booleans = 0;
  #texts = 0;
  #times = 0;
  #others = 0;
  #integers = true;
  #timeTexts = true;
  #numericTexts = true;
  #booleanTexts = true;
  #leadingZeros = false;

  /** `textual`: every value is text that may stand for a number (CSV). */
  constructor(textual: boolean) {
    this.#textual = textual;
  }

  add(value: unknown, times = 1): void {
    switch (typeof value) {
      case 'number':
        if (Number.isNaN(value)) this.#missing += times;
        else {
          this.#numbers += times;
          this.#integers &&= Number.isInteger(value);
          this.#remember(value);
        }
        return;
      case 'bigint':
        this.#numbers += times;
        this.#remember(Number(value));
        return;
      case 'boolean':
        this.#booleans += times;
        this.#remember(value);
        return;
      case 'string':
        this.#texts += times;
        // A text seen before has nothing new to say.
        if (this.#remember(value)) this.#examine(value);
        return;
      default:
        if (value === undefined || value === null) this.#missing += times;
        else if (value instanceof Date) {
          this.#times += times;
          this.#remember(value.getTime());
        } else this.#others += times;
    }
  }

  #remember(value: unknown): boolean {
    if (this.#distinct.has(value)) return false;
    if (this.#distinct.size < MAX_DISTINCT) this.#distinct.add(value);
    return true;
  }

  #examine(text: string): void {
    if (this.#timeTexts) this.#timeTexts = !Number.isNaN(parseTimestamp(text));
    if (this.#booleanTexts) this.#booleanTexts = booleanFromText(text) !== undefined;
    if (this.#numericTexts) {
      const number = numberFromText(text);
      this.#numericTexts = number !== undefined;
      if (this.#textual && number !== undefined) this.#integers &&= Number.isInteger(number);
      this.#leadingZeros ||= hasLeadingZero(text);
    }
  }

  observation(): Observation {
    const some = this.#texts > 0;
    return {
      present: this.#numbers + this.#booleans + this.#texts + this.#times + this.#others,
      missing: this.#missing,
      numbers: this.#numbers,
      booleans: this.#booleans,
      texts: this.#texts,
      times: this.#times,
      others: this.#others,
      distinct: this.#distinct.size,
      integers: this.#integers,
      timeTexts: some && this.#timeTexts,
      numericTexts: some && this.#numericTexts,
      booleanTexts: some && this.#booleanTexts,
      leadingZeros: this.#leadingZeros,
    };
  }
}
