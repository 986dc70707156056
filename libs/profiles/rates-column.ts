import type { ByteWriter } from './byte-writer.ts';
import type { RatesCounts } from './counts.ts';
import { encodeCounts } from './encode-profile.ts';
import type { EventRows, FieldColumn } from './field-column.ts';
import { FIRST_SIZE, growColumn } from './grow-column.ts';
import type { RatesLayout } from './layout.ts';
import { compilePresenceReader } from './value.ts';
import { columnOf, TEXT } from './value-column.ts';

const PRESENT = 0;
const MISSING = 1;
const WRONG_TYPE = 2;

/** Whether the values of an `id` or `timestamp` field are there and of their type. */
export class RatesColumn implements FieldColumn {
  readonly #path: string;
  readonly #read: ReturnType<typeof compilePresenceReader>;
  /** Texts of it are what they have to be. */
  readonly #takesTexts: boolean;
  /** The event time: an event without one is not counted. */
  readonly #isEventTime: boolean;
  #outcomes = new Int32Array(FIRST_SIZE);

  constructor({ spec }: RatesLayout, timePath: string) {
    this.#path = spec.path;
    this.#read = compilePresenceReader(spec);
    this.#takesTexts = spec.type !== 'timestamp';
    this.#isEventTime = spec.type === 'timestamp' && spec.path === timePath;
  }

  append({ columns, rows }: EventRows, at: number): void {
    this.#outcomes = growColumn(this.#outcomes, at + rows.length);
    const outcomes = this.#outcomes;
    if (this.#isEventTime) {
      outcomes.fill(PRESENT, at, at + rows.length);
      return;
    }
    const column = columnOf(columns, this.#path);
    const { kinds } = column;
    for (let i = 0; i < rows.length; i++) {
      const row = rows[i]!;
      const isText = kinds[row] === TEXT;
      if (isText && (this.#takesTexts || !Number.isNaN(column.time(row)))) {
        outcomes[at + i] = PRESENT;
        continue;
      }
      const outcome = this.#read(column.get(row));
      outcomes[at + i] =
        outcome === 'present' ? PRESENT : outcome === 'missing' ? MISSING : WRONG_TYPE;
    }
  }

  encode(writer: ByteWriter, places: Int32Array): void {
    const counts: RatesCounts = { kind: 'rates', missing: 0, wrongType: 0, present: 0 };
    for (const place of places) {
      const outcome = this.#outcomes[place]!;
      if (outcome === PRESENT) counts.present++;
      else if (outcome === MISSING) counts.missing++;
      else counts.wrongType++;
    }
    encodeCounts(writer, counts);
  }

  reset(): void {}
}
