import { PlumblineError } from '#libs/errors/plumbline-error.ts';
import type { FieldSpec } from '#libs/profiles/field.ts';
import type { Baseline, SegmentRequest } from './baseline.ts';
import { chooseSegments } from './choose-segments.ts';
import { encodeBaseline } from './encode.ts';
import { createFieldAccumulator, type FieldAccumulator } from './field-accumulator.ts';
import { PaneSlots } from './pane-slots.ts';
import type { ColumnBatch, Table } from './readers/table.ts';
import { reduceBaseline } from './reduce-baseline.ts';
import { SegmentAccumulator } from './segment-accumulator.ts';
import { compileClock } from './source-clock.ts';
import { compileSourceColumn, countedSources, type SourceColumn } from './source-column.ts';
import { summariseBuild } from './summarise-build.ts';
import type { BaselineWarning } from './warning.ts';

export interface BuildOptions {
  readonly source: Table;
  readonly fields: readonly FieldSpec[];
  /** JSON path of the event time; without it the baseline has no panes. */
  readonly time?: string;
  /** Length of a pane in milliseconds; one hour by default. */
  readonly pane?: number;
  /** Only rows with `from` ≤ event time < `to`, milliseconds since 1970. */
  readonly from?: number;
  readonly to?: number;
  /** Fewest rows that a count of the baseline may be about; 1 by default. */
  readonly minCount?: number;
  /** Ways to divide the rows into segments; with any the source is read twice. */
  readonly segments?: readonly SegmentRequest[];
  /** Called after every batch with the rows read so far. */
  readonly onProgress?: (rows: number) => void;
}

/** Where the rows of the source went: `read = counted + untimed + outside`. */
export interface BuildTally {
  readonly read: number;
  readonly counted: number;
  /** Rows without a usable event time, although one is named. */
  readonly untimed: number;
  /** Rows outside of `from` … `to`. */
  readonly outside: number;
  /** Lines that the reader skipped as malformed; not among `read`. */
  readonly malformed: number;
}

export interface BuildResult {
  readonly baseline: Baseline;
  /** The canonical encoding, whose hash is the baseline's. */
  readonly content: Uint8Array;
  readonly tally: BuildTally;
  readonly warnings: readonly BaselineWarning[];
}

const HOUR = 3_600_000;

/**
 * Counts a table into a baseline: every distinct value of every field, in total and per pane of
 * event time. The same rows in any order give the same content and the same hash. Time
 * O(n log n); memory grows with the distinct values per pane, not with the rows.
 *
 * @throws PLB_BASELINE_EMPTY when no row is usable, PLB_CONFIG_INVALID for options that contradict
 * each other, and what reading the table throws.
 */
export async function buildBaseline(options: BuildOptions): Promise<BuildResult> {
  const { source, onProgress } = options;
  const { pane, from, to } = checkOptions(options);
  const clock = options.time === undefined ? null : compileClock(options.time, source.textual);
  const specs = [...options.fields].sort((a, b) => (a.name < b.name ? -1 : 1));
  const columns = specs.map((spec) => ({
    cell: compileSourceColumn(spec, source.textual),
    accumulator: createFieldAccumulator(spec),
  }));
  const chosen = await chooseSegments(source, {
    requests: options.segments ?? [],
    fields: specs,
    range: { clock, from, to },
  });
  const segments = chosen.map(
    (each) => new SegmentAccumulator(each, { fields: specs, textual: source.textual }),
  );
  const wanted = new Set(columns.map(({ cell }) => cell.column));
  if (clock !== null) wanted.add(clock.column);
  const panes = new PaneSlots(pane);
  const tally = { read: 0, counted: 0, untimed: 0, outside: 0, malformed: 0 };
  let first = Number.POSITIVE_INFINITY;
  let last = Number.NEGATIVE_INFINITY;

  for await (const batch of source.batches({ columns: [...wanted] })) {
    const slots = clock === null ? null : new Int32Array(batch.rows);
    tally.read += batch.rows;
    tally.malformed += batch.malformed;
    if (clock !== null && slots !== null) {
      const cells = batch.column(clock.column);
      for (let row = 0; row < batch.rows; row++) {
        const time = cells === undefined ? Number.NaN : clock.read(cells[row]);
        if (time >= from && time < to) {
          slots[row] = panes.add(time);
          if (time < first) first = time;
          if (time > last) last = time;
        } else {
          slots[row] = -1;
          tally[Number.isNaN(time) ? 'untimed' : 'outside'] += 1;
        }
      }
    }
    for (const column of columns) addColumn(column, batch, slots);
    for (const segmentation of segments)
      segmentation.add(batch, slots ?? new Int32Array(batch.rows));
    tally.counted = tally.read - tally.untimed - tally.outside;
    onProgress?.(tally.read);
  }
  if (tally.counted === 0) throw noRows(source.uri, tally);

  const timed = clock !== null;
  const { order, paneStarts, paneRows } = timed
    ? panes.finish()
    : { order: [0], paneStarts: new Float64Array(0), paneRows: new Float64Array(0) };
  const warnings: BaselineWarning[] = [];
  const fields = columns.map(({ accumulator }) => {
    const finished = accumulator.finish(order, timed);
    warnings.push(...finished.warnings);
    return finished.field;
  });
  const whole: Omit<Baseline, 'hash'> = {
    rows: tally.counted,
    fields,
    pane: timed ? pane : null,
    paneStarts,
    paneRows,
    timeRange: timed ? { start: first, end: last } : null,
    segmentations: segments.map((segmentation) => segmentation.finish(order)),
  };
  const { minCount } = options;
  const body = minCount === undefined ? whole : reduceBaseline(whole, minCount);
  const { hash, content } = encodeBaseline(body);
  const baseline = { hash, ...body };
  const said = minCount === undefined ? tally : hideFew(tally, minCount);
  warnings.push(...summariseBuild({ baseline, tally: said, source, chosen }));
  return { baseline, content, tally: said, warnings };
}

/** What was left out is not to be told where it was about few rows. */
function hideFew(tally: BuildTally, minCount: number): BuildTally {
  const keep = (count: number) => (count < minCount ? 0 : count);
  const { counted } = tally;
  const untimed = keep(tally.untimed);
  const outside = keep(tally.outside);
  const malformed = keep(tally.malformed);
  return { read: counted + untimed + outside, counted, untimed, outside, malformed };
}

interface Column {
  readonly cell: SourceColumn;
  readonly accumulator: FieldAccumulator;
}

/** `slots` say where each row counts, `null` that all count in slot 0. */
function addColumn(
  { cell, accumulator }: Column,
  batch: ColumnBatch,
  slots: Int32Array | null,
): void {
  if (slots === null) {
    const counted = countedSources(cell, batch);
    if (counted !== undefined) {
      accumulator.addCounted(counted.sources, counted.times, 0);
      return;
    }
    const cells = batch.column(cell.column);
    for (let row = 0; row < batch.rows; row++) {
      accumulator.add(cells === undefined ? undefined : cell.read(cells[row]), 0);
    }
    return;
  }
  const cells = batch.column(cell.column);
  for (let row = 0; row < slots.length; row++) {
    const slot = slots[row]!;
    if (slot >= 0) accumulator.add(cells === undefined ? undefined : cell.read(cells[row]), slot);
  }
}

function checkOptions(options: BuildOptions): { pane: number; from: number; to: number } {
  const { pane = HOUR, fields, time } = options;
  const { from = Number.NEGATIVE_INFINITY, to = Number.POSITIVE_INFINITY } = options;
  if (!Number.isSafeInteger(pane) || pane <= 0) {
    throw invalid('pane', `it must be a whole number of milliseconds above 0, got ${pane}`);
  }
  if (time === undefined && (options.from !== undefined || options.to !== undefined)) {
    throw invalid('time', 'a time range needs the path of the event time');
  }
  if (!(from < to)) throw invalid('from', `it must be before to, got ${from} and ${to}`);
  if (fields.length === 0) throw invalid('fields', 'there must be at least one');
  if (options.minCount !== undefined && (options.segments ?? []).length > 0) {
    throw invalid('segments', 'its counts would be about fewer rows than privacy.min_count allows');
  }
  const names = new Set<string>();
  const twice = fields.find(({ name }) => names.size === names.add(name).size)?.name;
  if (twice !== undefined) throw invalid('fields', `two have the name ${JSON.stringify(twice)}`);
  return { pane, from, to };
}

function invalid(path: string, why: string): PlumblineError {
  return new PlumblineError('PLB_CONFIG_INVALID', `Cannot build a baseline with ${path}: ${why}`, {
    path,
  });
}

function noRows(uri: string, { read, untimed, outside, malformed }: BuildTally): PlumblineError {
  const reasons = [
    ...(untimed > 0 ? [`${untimed} have no usable event time`] : []),
    ...(outside > 0 ? [`${outside} are outside of the time range`] : []),
    ...(malformed > 0 ? [`${malformed} lines are malformed`] : []),
  ];
  const why =
    reasons.length === 0
      ? 'it has no rows'
      : `of ${read} rows none is usable: ${reasons.join(', ')}`;
  return new PlumblineError('PLB_BASELINE_EMPTY', `Cannot build a baseline from ${uri}: ${why}`, {
    path: uri,
    ...(untimed > 0 ? { fix: 'check the path of the event time' } : {}),
  });
}
