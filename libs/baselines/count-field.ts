import { CategoryTable } from '#libs/profiles/category-table.ts';
import type { FieldCounts } from '#libs/profiles/counts.ts';
import type { FieldLayout } from '#libs/profiles/layout.ts';
import { NumericGrid } from '#libs/profiles/numeric-grid.ts';
import type { BaselineField, SparsePane } from './baseline.ts';

/** Counts the total or one pane of a baseline field into cells, as live values would be. */
export interface FieldCounter {
  addTotal(counts: FieldCounts): void;
  addPane(counts: FieldCounts, pane: number): void;
  /** Counts a part of the field's rows. */
  addPart(counts: FieldCounts, part: SparsePane): void;
}

/** @throws RangeError when the layout is of another kind than the field. */
export function createFieldCounter(field: BaselineField, layout: FieldLayout): FieldCounter {
  const addPane = paneAdder(field, layout);
  return {
    addTotal(counts) {
      addPane(counts, totalOf(field));
      if (field.kind !== 'categorical' || counts.kind !== 'categorical') return;
      const { unnamed = 0 } = field;
      counts.unseen += unnamed;
      counts.unseenBeyond += unnamed;
    },
    addPane(counts, pane) {
      const sparse = field.panes[pane];
      if (sparse === undefined) throw new RangeError(`Cannot count pane ${pane}: there is none`);
      addPane(counts, sparse);
    },
    addPart: addPane,
  };
}

function paneAdder(
  field: BaselineField,
  layout: FieldLayout,
): (counts: FieldCounts, pane: SparsePane) => void {
  if (field.kind === 'numeric' && layout.kind === 'numeric') {
    const grid = new NumericGrid(layout);
    const { values } = field;
    const cells = Int32Array.from(values, (value) => grid.locate(value));
    return (counts, { index, count, missing, wrongType, infinite }) => {
      if (counts.kind !== 'numeric') throw mismatch(counts.kind, 'numeric');
      counts.missing += missing;
      counts.wrongType += wrongType;
      counts.infinite += infinite;
      for (let i = 0; i < index.length; i++) {
        const place = index[i]!;
        const cell = cells[place]!;
        const times = count[i]!;
        counts.cells[cell]! += times;
        if ((cell & 1) === 0) grid.addOpen(counts, { cell, value: values[place]!, times });
      }
    };
  }
  if (field.kind === 'categorical' && layout.kind === 'categorical') {
    const table = new CategoryTable(layout);
    const { values } = field;
    return (counts, { index, count, missing, wrongType }) => {
      if (counts.kind !== 'categorical') throw mismatch(counts.kind, 'categorical');
      counts.missing += missing;
      counts.wrongType += wrongType;
      for (let i = 0; i < index.length; i++) {
        table.addTimes(counts, values[index[i]!]!, count[i]!);
      }
    };
  }
  if (field.kind !== layout.kind) throw mismatch(layout.kind, field.kind);
  return (counts, { count, missing, wrongType }) => {
    if (counts.kind !== 'rates') throw mismatch(counts.kind, 'rates');
    counts.missing += missing;
    counts.wrongType += wrongType;
    counts.present += count[0] ?? 0;
  };
}

function totalOf(field: BaselineField): SparsePane {
  const { missing, wrongType } = field;
  const infinite = field.kind === 'numeric' ? field.infinite : 0;
  if (field.kind === 'rates') {
    const count = Float64Array.of(field.present);
    return { index: Uint32Array.of(0), count, missing, wrongType, infinite };
  }
  const index = Uint32Array.from(field.counts, (_, place) => place);
  return { index, count: field.counts, missing, wrongType, infinite };
}

function mismatch(got: string, expected: string): RangeError {
  return new RangeError(`Cannot count a field: it must be ${expected}, got ${got}`);
}
