import type { BaselineRecord } from '#libs/store/port.ts';
import { type BuildOptions, type BuildResult, buildBaseline } from './build-baseline.ts';
import { hashFile } from './hash-file.ts';
import { type InferOptions, inferFields } from './infer-fields.ts';
import { type OpenTableOptions, openTable } from './readers/open-table.ts';
import type { BaselineWarning } from './warning.ts';

export interface CreateBaselineOptions
  extends InferOptions,
    Pick<BuildOptions, 'pane' | 'from' | 'to' | 'minCount' | 'segments' | 'onProgress'> {
  readonly namespace?: string;
  readonly name: string;
  /** The first 12 hex digits of the content hash by default. */
  readonly version?: string;
  readonly modelVersion?: string;
  /** How to read the file. */
  readonly table?: OpenTableOptions;
  /** Time of creation, milliseconds since 1970. */
  readonly now: number;
}

/** What a stored baseline says about itself besides its provenance. */
export interface BaselineSummary {
  readonly fields: readonly {
    readonly name: string;
    readonly path: string;
    readonly type: string;
    readonly role: string;
    /** Distinct values; `null` for fields of which only rates are kept. */
    readonly distinct: number | null;
    readonly missing: number;
    readonly wrong_type: number;
  }[];
  /** Fewest rows that a count of it may be about; absent where it was not reduced. */
  readonly min_count?: number;
  readonly pane_ms: number | null;
  readonly panes: number;
  readonly rows: { readonly [reason in keyof BuildResult['tally']]: number };
  readonly warnings: readonly BaselineWarning[];
}

export interface CreatedBaseline extends BuildResult {
  readonly record: BaselineRecord & { readonly summary: BaselineSummary };
}

/**
 * Builds a baseline from a data file: reads it, infers or takes the fields, counts all rows, and
 * answers the record and the content that `Store.putBaseline` keeps.
 *
 * @throws PLB_FILE_NOT_FOUND, PLB_FILE_MALFORMED, PLB_BASELINE_EMPTY, PLB_BASELINE_FIELD,
 * PLB_CONFIG_INVALID
 */
export async function createBaseline(
  path: string,
  options: CreateBaselineOptions,
): Promise<CreatedBaseline> {
  const source = await openTable(path, options.table ?? {});
  const inferred = await inferFields(source, options);
  const { time, pane, from, to, minCount, segments, onProgress } = options;
  const built = await buildBaseline({
    source,
    fields: inferred.fields,
    ...(time === undefined ? {} : { time }),
    ...(pane === undefined ? {} : { pane }),
    ...(from === undefined ? {} : { from }),
    ...(to === undefined ? {} : { to }),
    ...(minCount === undefined ? {} : { minCount }),
    ...(segments === undefined ? {} : { segments }),
    ...(onProgress === undefined ? {} : { onProgress }),
  });
  const { baseline, content, tally } = built;
  // The complete counts know better than the sample what both speak of.
  const known = new Set(built.warnings.map(({ code, field }) => `${code} ${field}`));
  const warnings =
    minCount === undefined
      ? [
          ...inferred.warnings.filter(({ code, field }) => !known.has(`${code} ${field}`)),
          ...built.warnings,
        ]
      : // What was found out from the rows names numbers of few of them.
        built.warnings;
  const record = {
    namespace: options.namespace ?? 'default',
    name: options.name,
    version: options.version ?? baseline.hash.slice(0, 12),
    hash: baseline.hash,
    modelVersion: options.modelVersion ?? null,
    createdAt: options.now,
    rows: baseline.rows,
    timeRange: baseline.timeRange,
    source: { uri: path, sha256: await hashFile(path), bytes: source.bytes },
    summary: summarise(built, warnings),
  };
  return { baseline, content, tally, warnings, record };
}

function summarise(
  { baseline, tally }: BuildResult,
  warnings: readonly BaselineWarning[],
): BaselineSummary {
  return {
    fields: baseline.fields.map((field) => ({
      name: field.spec.name,
      path: field.spec.path,
      type: field.spec.type,
      role: field.spec.role,
      distinct: field.kind === 'rates' ? null : field.values.length,
      missing: field.missing,
      wrong_type: field.wrongType,
    })),
    ...(baseline.privacy === undefined ? {} : { min_count: baseline.privacy.minCount }),
    pane_ms: baseline.pane,
    panes: baseline.paneStarts.length,
    rows: { ...tally },
    warnings,
  };
}
