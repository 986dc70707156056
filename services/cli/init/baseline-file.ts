import { inferFields } from '#libs/baselines/infer-fields.ts';
import { openTable } from '#libs/baselines/readers/open-table.ts';
import type { Table } from '#libs/baselines/readers/table.ts';
import { compileSourceCell } from '#libs/baselines/source-cell.ts';
import { timeFromText } from '#libs/baselines/text-cell.ts';
import type { FieldSpec } from '#libs/profiles/field.ts';
import { parseTimestamp } from '#libs/profiles/timestamp.ts';
import type { InitRequest } from './init-request.ts';

/** What a file of reference data offers to the events of a stream. */
export interface BaselineFile {
  readonly fields: readonly FieldSpec[];
  /** Its rows have times at the path of the events' time. */
  readonly timed: boolean;
  /** The one version that its rows name at the path of the events' version. */
  readonly modelVersion?: string;
}

const ROWS = 10_000;
const USABLE = 0.95;

/**
 * Looks at the first rows of a data file.
 *
 * @throws what opening and reading a table throws
 */
export async function readBaselineFile(
  { file, format }: NonNullable<InitRequest['baseline']>,
  paths: { readonly time: string; readonly modelVersion: string | undefined },
): Promise<BaselineFile> {
  const table = await openTable(file, format === undefined ? {} : { format });
  const { fields } = await inferFields(table);
  const times = await firstValues(table, paths.time);
  const usable = times.filter((value) => {
    const time =
      table.textual && typeof value === 'string' ? timeFromText(value) : parseTimestamp(value);
    return !Number.isNaN(time);
  });
  const versions =
    paths.modelVersion === undefined ? [] : await firstValues(table, paths.modelVersion);
  const [version, ...others] = new Set(versions.map(String));
  const named = version !== undefined && others.length === 0 && versions[0] !== undefined;
  return {
    fields,
    timed: times.length > 0 && usable.length >= USABLE * times.length,
    ...(named && versions[0] !== null ? { modelVersion: version } : {}),
  };
}

async function firstValues(table: Table, path: string): Promise<readonly unknown[]> {
  const { column, read } = compileSourceCell(path);
  if (table.columns?.includes(column) === false) return [];
  const values: unknown[] = [];
  for await (const batch of table.batches({ columns: [column] })) {
    const cells = batch.column(column);
    for (let i = 0; i < batch.rows && values.length < ROWS; i++) {
      values.push(cells === undefined ? undefined : read(cells[i]));
    }
    if (values.length >= ROWS) break;
  }
  return values;
}
