import type { ByteWriter } from './byte-writer.ts';
import type { RatesCounts } from './counts.ts';
import { encodeCounts } from './encode-profile.ts';
import type { EventRows, FieldColumn } from './field-column.ts';
import { FIRST_SIZE, growColumn } from './grow-column.ts';
import { compilePath } from './json-path.ts';
import type { RatesLayout } from './layout.ts';
import { compilePresenceReader } from './value.ts';

const PRESENT = 0;
const MISSING = 1;
const WRONG_TYPE = 2;

/** Whether the values of an `id` or `timestamp` field are there and of their type. */
export class RatesColumn implements FieldColumn {
  readonly #source: (row: unknown) => unknown;
  readonly #read: ReturnType<typeof compilePresenceReader>;
  #outcomes = new Int32Array(FIRST_SIZE);

  constructor(layout: RatesLayout) {
    this.#source = compilePath(layout.spec.path);
    this.#read = compilePresenceReader(layout.spec);
  }

  append({ rows, begin, end }: EventRows, at: number): void {
    this.#outcomes = growColumn(this.#outcomes, at + end - begin);
    for (let i = begin, place = at; i < end; i++, place++) {
      const outcome = this.#read(this.#source(rows[i]));
      this.#outcomes[place] =
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
