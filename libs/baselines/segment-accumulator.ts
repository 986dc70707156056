import type { FieldSpec } from '#libs/profiles/field.ts';
import type { BaselineSegment, Segmentation } from './baseline.ts';
import type { ChosenSegments } from './choose-segments.ts';
import { createFieldAccumulator } from './field-accumulator.ts';
import type { ColumnBatch } from './readers/table.ts';
import { compileSegmentKey, segmentKey } from './segment-key.ts';
import { compileSourceColumn, type SourceColumn } from './source-column.ts';

/**
 * Counts rows once more, by segment and pane. Memory grows with the distinct values of each segment
 * and pane, so at most with the rows.
 */
export class SegmentAccumulator {
  readonly #chosen: ChosenSegments;
  readonly #key: ReturnType<typeof compileSegmentKey>;
  readonly #segments = new Map<string, number>();
  readonly #fields: readonly {
    readonly cell: SourceColumn;
    readonly accumulator: ReturnType<typeof createFieldAccumulator>;
  }[];
  /** Rows by slot: number of the pane's slot times the number of segments, plus the segment. */
  readonly #rows: number[] = [];

  /** `fields` in the order of the baseline. */
  constructor(
    chosen: ChosenSegments,
    { fields, textual }: { readonly fields: readonly FieldSpec[]; readonly textual: boolean },
  ) {
    this.#chosen = chosen;
    this.#key = compileSegmentKey(chosen.by, textual);
    for (const [segment, values] of chosen.values.entries()) {
      this.#segments.set(segmentKey(values), segment);
    }
    this.#fields = fields.map((spec) => ({
      cell: compileSourceColumn(spec, textual),
      accumulator: createFieldAccumulator(spec),
    }));
  }

  get #count(): number {
    return this.#chosen.values.length + 1;
  }

  /** Counts the rows of a batch in the slots of their panes; a negative slot is left out. */
  add(batch: ColumnBatch, paneSlots: Int32Array): void {
    const keyOf = this.#key.reader(batch);
    const rest = this.#count - 1;
    const slots = paneSlots.map((paneSlot, row) => {
      if (paneSlot < 0) return -1;
      const key = keyOf(row)?.key;
      const segment = key === undefined ? rest : (this.#segments.get(key) ?? rest);
      const slot = paneSlot * this.#count + segment;
      this.#rows[slot] = (this.#rows[slot] ?? 0) + 1;
      return slot;
    });
    for (const { cell, accumulator } of this.#fields) {
      const cells = batch.column(cell.column);
      for (let row = 0; row < slots.length; row++) {
        const slot = slots[row]!;
        if (slot < 0) continue;
        accumulator.add(cells === undefined ? undefined : cell.read(cells[row]), slot);
      }
    }
  }

  /** `order[i]` is the slot of pane i. */
  finish(order: readonly number[]): Segmentation {
    const { request, values } = this.#chosen;
    const parts = Array.from({ length: this.#count }, (_, segment) =>
      order.flatMap((paneSlot, pane) => {
        const slot = paneSlot * this.#count + segment;
        const rows = this.#rows[slot] ?? 0;
        return rows === 0 ? [] : [{ pane, slot, rows }];
      }),
    );
    const slots = parts.flat().map(({ slot }) => slot);
    const fields = this.#fields.map(
      ({ accumulator }) => accumulator.finish(slots, true).field.panes,
    );
    let next = 0;
    return {
      ...request,
      values,
      segments: parts.map((own): BaselineSegment => {
        const begin = next;
        next += own.length;
        return {
          panes: Uint32Array.from(own, ({ pane }) => pane),
          rows: Float64Array.from(own, ({ rows }) => rows),
          fields: fields.map((panes) => panes.slice(begin, begin + own.length)),
        };
      }),
    };
  }
}
