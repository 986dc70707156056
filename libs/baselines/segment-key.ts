import type { FieldSpec } from '#libs/profiles/field.ts';
import { compileSegmentValue } from '#libs/profiles/segment-value.ts';
import type { ColumnBatch } from './readers/table.ts';
import { compileSourceColumn } from './source-column.ts';

/** The values by which a row is put into a segment, and one text that stands for them. */
export interface SegmentKey {
  readonly key: string;
  readonly values: readonly string[];
}

export interface SegmentKeyReader {
  readonly columns: readonly string[];
  /** Of the rows of a batch; `undefined` where a row lacks a value. */
  reader(batch: ColumnBatch): (row: number) => SegmentKey | undefined;
}

/** Reads the segment of table rows as that of events is read. @throws RangeError for an id */
export function compileSegmentKey(by: readonly FieldSpec[], textual: boolean): SegmentKeyReader {
  const parts = by.map((spec) => ({
    cell: compileSourceColumn(spec, textual),
    value: compileSegmentValue(spec),
  }));
  return {
    columns: parts.map(({ cell }) => cell.column),
    reader: (batch) => {
      const columns = parts.map(({ cell, value }) => ({
        cells: batch.column(cell.column),
        read: (source: unknown) => value(cell.read(source)),
      }));
      return (row) => {
        const values: string[] = [];
        for (const { cells, read } of columns) {
          const value = cells === undefined ? undefined : read(cells[row]);
          if (value === undefined) return undefined;
          values.push(value);
        }
        return { key: segmentKey(values), values };
      };
    },
  };
}

/** One text for the values of a segment: different values give different texts. */
export function segmentKey(values: readonly string[]): string {
  return values.length === 1 ? values[0]! : values.map((v) => `${v.length}:${v}`).join('');
}
