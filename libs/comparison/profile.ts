import { type CountedTable, countTable } from '#libs/baselines/count-table.ts';
import type { Table } from '#libs/baselines/readers/table.ts';
import type { TimeRange } from '#libs/detectors/evaluation.ts';
import { PlumblineError } from '#libs/errors/plumbline-error.ts';
import type { Profile as ProfileCounts } from '#libs/profiles/counts.ts';
import { createProfile, mergeProfile } from '#libs/profiles/profile.ts';
import type { Baseline } from './baseline.ts';
import { type DataSource, openSource } from './data-source.ts';

/**
 * Rows as counts on the cells of a baseline, to be compared with it. Counts add up: profiles of the
 * parts of some data, merged in any order, are the profile of the whole.
 */
export class Profile {
  readonly baseline: Baseline;
  /** Counts by field, in the order of the baseline's fields. */
  readonly counts: ProfileCounts;
  readonly #columns = new Set<string>();
  #untimed = 0;
  #timeRange: TimeRange | null = null;

  constructor(baseline: Baseline) {
    this.baseline = baseline;
    this.counts = createProfile(baseline.cells.layout);
  }

  /** A profile of all rows of a source. @throws what `read` throws */
  static async of(
    baseline: Baseline,
    source: DataSource,
    options: { readonly onProgress?: (rows: number) => void } = {},
  ): Promise<Profile> {
    const profile = new Profile(baseline);
    await profile.read(source, options);
    return profile;
  }

  /**
   * Adds the rows of a source, in one pass over it; memory is that of the counts and of a batch.
   *
   * @throws PlumblineError: PLB_FILE_NOT_FOUND, PLB_FILE_MALFORMED, PLB_BASELINE_EMPTY (a file
   * without a header), PLB_CONFIG_INVALID
   */
  async read(
    source: DataSource,
    options: { readonly onProgress?: (rows: number) => void } = {},
  ): Promise<void> {
    const table = await openSource(source, 'once');
    const { time, cells } = this.baseline;
    const counted = await countTable(table, {
      layout: cells.layout,
      profile: this.counts,
      ...(time === undefined ? {} : { time }),
      ...options,
    });
    if (time !== undefined && counted.rows > 0 && counted.timeRange === null) {
      throw new PlumblineError(
        'PLB_CONFIG_INVALID',
        `Cannot use ${time} as the event time: no row of ${table.uri} has a usable one`,
        { path: 'time', fix: describeColumns(table, counted) },
      );
    }
    this.#note(counted);
  }

  /**
   * Adds the counts of a profile of the same baseline.
   *
   * @throws RangeError when it belongs to another one
   */
  merge(other: Profile): void {
    const { layout } = this.baseline.cells;
    if (other.baseline.cells.layout.gridHash !== layout.gridHash) {
      throw new RangeError('Cannot merge profiles: both must be of the same baseline');
    }
    mergeProfile(this.counts, other.counts);
    this.#note(other);
  }

  #note(part: Pick<CountedTable, 'columns' | 'untimed' | 'timeRange'>): void {
    for (const name of part.columns) this.#columns.add(name);
    this.#untimed += part.untimed;
    const range = part.timeRange;
    if (range === null) return;
    const { start, end } = this.#timeRange ?? range;
    this.#timeRange = { start: Math.min(start, range.start), end: Math.max(end, range.end) };
  }

  get rows(): number {
    return this.counts.events;
  }

  /** Names of the columns that the rows have. */
  get columns(): ReadonlySet<string> {
    return this.#columns;
  }

  /** First and last event time; `null` where the baseline names none. */
  get timeRange(): TimeRange | null {
    return this.#timeRange;
  }

  /** Rows without a usable event time, where the baseline names one. */
  get untimed(): number {
    return this.#untimed;
  }
}

function describeColumns(table: Table, { columns }: CountedTable): string {
  const names = [...columns].slice(0, 20);
  return names.length === 0
    ? `look at ${table.uri}: it has no columns`
    : `name a column with times; it has ${names.join(', ')}`;
}
