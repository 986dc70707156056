import { CategoryTable, trimUnseen } from '#libs/profiles/category-table.ts';
import type { FieldCounts, Profile } from '#libs/profiles/counts.ts';
import type { FieldLayout, ProfileLayout } from '#libs/profiles/layout.ts';
import { NumericGrid } from '#libs/profiles/numeric-grid.ts';
import {
  compileCategoryReader,
  compileNumericReader,
  compilePresenceReader,
} from '#libs/profiles/value.ts';
import type { Table } from './readers/table.ts';
import { compileClock } from './source-clock.ts';
import { compileSourceColumn, countedSources } from './source-column.ts';

/** More column names than this are not noted: rows with keys of their own would fill the memory. */
const MAX_COLUMNS = 100_000;

/** What was read of a table besides its counts. */
export interface CountedTable {
  readonly rows: number;
  /** Lines that the reader skipped as malformed; not among `rows`. */
  readonly malformed: number;
  /** Names of the columns that the table has; of rows without a schema, those that occurred. */
  readonly columns: ReadonlySet<string>;
  /** First and last event time; `null` where none was asked for, or none is usable. */
  readonly timeRange: { readonly start: number; readonly end: number } | null;
  /** Rows without a usable event time, where one was asked for. */
  readonly untimed: number;
}

export interface CountTableOptions {
  /** Cells of the fields; their paths say where the values lie. */
  readonly layout: ProfileLayout;
  /** Counts to add to. */
  readonly profile: Profile;
  /** JSON path of the event time, to learn which stretch of time the rows come from. */
  readonly time?: string;
  /** Called after every batch with the rows read so far. */
  readonly onProgress?: (rows: number) => void;
}

/**
 * Counts the rows of a table on the cells of a baseline, in one pass over it and column by column.
 * Memory is that of a batch and of the counts.
 *
 * @throws what reading the table throws
 */
export async function countTable(table: Table, options: CountTableOptions): Promise<CountedTable> {
  const { layout, profile, onProgress } = options;
  const clock = options.time === undefined ? null : compileClock(options.time, table.textual);
  const tallies = layout.fields.map((field, i) => ({
    source: compileSourceColumn(field.spec, table.textual),
    add: compileTally(field, profile.fields[i]!),
  }));
  const wanted = new Set(tallies.map(({ source }) => source.column));
  if (clock !== null) wanted.add(clock.column);
  const columns = new Set(table.columns);
  const selection = table.columns === null ? {} : { columns: [...wanted] };
  let rows = 0;
  let malformed = 0;
  let timed = 0;
  let first = Number.POSITIVE_INFINITY;
  let last = Number.NEGATIVE_INFINITY;
  for await (const batch of table.batches(selection)) {
    rows += batch.rows;
    malformed += batch.malformed;
    if (table.columns === null && columns.size < MAX_COLUMNS) {
      for (const name of batch.names) columns.add(name);
    }
    for (const { source, add } of tallies) {
      const counted = countedSources(source, batch);
      if (counted !== undefined) {
        const { sources, times } = counted;
        for (let i = 0; i < sources.length; i++) add(sources[i], times[i]!);
        continue;
      }
      const cells = batch.column(source.column);
      if (cells === undefined) add(undefined, batch.rows);
      else for (let row = 0; row < batch.rows; row++) add(source.read(cells[row]), 1);
    }
    const cells = clock === null ? undefined : batch.column(clock.column);
    if (clock !== null && cells !== undefined) {
      for (let row = 0; row < batch.rows; row++) {
        const time = clock.read(cells[row]);
        if (Number.isNaN(time)) continue;
        timed += 1;
        if (time < first) first = time;
        if (time > last) last = time;
      }
    }
    onProgress?.(rows);
  }
  profile.events += rows;
  for (const counts of profile.fields) if (counts.kind === 'categorical') trimUnseen(counts);
  return {
    rows,
    malformed,
    columns,
    timeRange: timed === 0 ? null : { start: first, end: last },
    untimed: clock === null ? 0 : rows - timed,
  };
}

type Tally = (source: unknown, times: number) => void;

/** Adds a source value that occurs so many times to the counts of a field. */
function compileTally(layout: FieldLayout, counts: FieldCounts): Tally {
  if (layout.kind === 'numeric' && counts.kind === 'numeric') {
    const grid = new NumericGrid(layout);
    const read = compileNumericReader(layout.spec);
    return (source, times) => {
      const value = read(source);
      if (Number.isFinite(value)) grid.addTimes(counts, value, times);
      else if (Number.isNaN(value)) counts.missing += times;
      else if (value > 0) counts.infinite += times;
      else counts.wrongType += times;
    };
  }
  if (layout.kind === 'categorical' && counts.kind === 'categorical') {
    const table = new CategoryTable(layout);
    const read = compileCategoryReader(layout.spec);
    return (source, times) => {
      const category = read(source);
      if (category === undefined) counts.missing += times;
      else if (category === null) counts.wrongType += times;
      else {
        table.addTimes(counts, category, times);
        // Names of unseen categories must not pile up: texts that are never twice the same.
        if (counts.unseenValues.size > MOST_NAMES) trimUnseen(counts);
      }
    };
  }
  if (layout.kind === 'rates' && counts.kind === 'rates') {
    const read = compilePresenceReader(layout.spec);
    return (source, times) => {
      const outcome = read(source);
      if (outcome === 'present') counts.present += times;
      else if (outcome === 'missing') counts.missing += times;
      else counts.wrongType += times;
    };
  }
  throw new RangeError(`Cannot count a ${layout.kind} field into ${counts.kind} counts`);
}

/** Unseen categories that are kept by name while a table is read. */
const MOST_NAMES = 8192;
