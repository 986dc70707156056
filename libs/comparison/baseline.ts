import type { Baseline as BaselineCounts } from '#libs/baselines/baseline.ts';
import { buildBaseline } from '#libs/baselines/build-baseline.ts';
import { decodeBaseline } from '#libs/baselines/decode.ts';
import { encodeBaseline } from '#libs/baselines/encode.ts';
import { inferFields } from '#libs/baselines/infer-fields.ts';
import { type ProjectedBaseline, projectBaseline } from '#libs/baselines/project.ts';
import type { BaselineWarning } from '#libs/baselines/warning.ts';
import { resolveCheck } from '#libs/config/parse-check.ts';
import type { ComparisonConfig } from '#libs/config/resolved.ts';
import type { CheckDocument } from '#libs/config/schemas/check.ts';
import type { FieldSpec } from '#libs/profiles/field.ts';
import { type DataSource, openSource } from './data-source.ts';
import { requireSameFields } from './require-same-fields.ts';

/** What of the rows is counted, by the keys of a configuration. */
export interface BaselineOptions extends Pick<CheckDocument, 'fields' | 'derive' | 'bins'> {
  /** Column or JSON path of the event time: the baseline then knows how much it varies by itself. */
  readonly time?: string;
  /** Called now and then with the rows read so far. */
  readonly onProgress?: (rows: number) => void;
}

/**
 * Reference data as counts: every distinct value of every field with how often it occurs, in total
 * and, with a time, by hour. Immutable; equal rows in any order give equal content and hash.
 */
export class Baseline {
  /** SHA-256 of the content, lowercase hex. */
  readonly hash: string;
  readonly rows: number;
  /** The fields with their types, by name. */
  readonly fields: readonly FieldSpec[];
  /** What its user should know: fields of mixed types, constant ones, ids … */
  readonly warnings: readonly BaselineWarning[];
  /** Column or path of the event time, where the rows to be compared have theirs. */
  readonly time: string | undefined;
  /** Names of the columns of the source; `null` where they are not known. */
  readonly columns: ReadonlySet<string> | null;
  /** Every distinct value with its count. */
  readonly counts: BaselineCounts;
  /** The same on cells. */
  readonly cells: ProjectedBaseline;
  readonly bins: ComparisonConfig['bins'];

  private constructor(
    counts: BaselineCounts,
    parts: {
      readonly config: ComparisonConfig;
      readonly time: string | undefined;
      readonly warnings: readonly BaselineWarning[];
      readonly columns: ReadonlySet<string> | null;
    },
  ) {
    const { config } = parts;
    this.counts = counts;
    this.cells = projectBaseline(counts, {
      ...(config.fields.kind === 'auto'
        ? {}
        : { fields: [...config.fields.fields, ...config.derive].map(({ name }) => name) }),
      resolution: Number.POSITIVE_INFINITY,
      edges: Object.fromEntries(
        config.bins.fields.flatMap(({ field, bins }) =>
          bins.kind === 'edges' ? [[field, bins.edges]] : [],
        ),
      ),
    });
    this.hash = counts.hash;
    this.rows = counts.rows;
    this.fields = this.cells.layout.fields.map(({ spec }) => spec);
    this.time = parts.time;
    this.warnings = parts.warnings;
    this.columns = parts.columns;
    this.bins = config.bins;
  }

  /**
   * Counts reference data. The types of the fields are told by the first 100,000 rows, unless given.
   * Rows that can be had only once (an iterator) are kept until the end; files are not.
   *
   * Time O(n log n) for n rows; memory grows with the distinct values.
   *
   * @throws PlumblineError: PLB_FILE_NOT_FOUND, PLB_FILE_MALFORMED, PLB_BASELINE_EMPTY,
   * PLB_BASELINE_FIELD for a field that the rows lack, PLB_CONFIG_INVALID for wrong options
   */
  static async from(source: DataSource, options: BaselineOptions = {}): Promise<Baseline> {
    const { time, onProgress, ...document } = options;
    const config = resolveCheck(document);
    const table = await openSource(source, 'twice');
    const inferred = await inferFields(table, {
      ...requestOf(config),
      ...(time === undefined ? {} : { time }),
    });
    const built = await buildBaseline({
      source: table,
      fields: inferred.fields,
      ...(time === undefined ? {} : { time }),
      ...(onProgress === undefined ? {} : { onProgress }),
    });
    // The complete counts know better than the sample what both speak of.
    const known = new Set(built.warnings.map(({ code, field }) => `${code} ${field}`));
    return new Baseline(built.baseline, {
      config,
      time,
      warnings: [
        ...inferred.warnings.filter(({ code, field }) => !known.has(`${code} ${field}`)),
        ...built.warnings,
      ],
      columns: table.columns === null ? null : new Set(table.columns),
    });
  }

  /**
   * Reads what `encode` gave, or the content of a stored baseline. `fields` and `derive` choose
   * among its fields; what they say must be what it was built with.
   *
   * @throws PlumblineError: PLB_WIRE_VERSION, PLB_WIRE_MALFORMED, PLB_BASELINE_FIELD,
   * PLB_CONFIG_INVALID
   */
  static decode(content: Uint8Array, options: BaselineOptions = {}): Baseline {
    const { time, onProgress: _, ...document } = options;
    const config = resolveCheck(document);
    const counts = decodeBaseline(content);
    requireSameFields(counts, config);
    return new Baseline(counts, { config, time, warnings: [], columns: null });
  }

  /** The canonical content, which `decode` reads back. */
  encode(): Uint8Array {
    return encodeBaseline(this.counts).content;
  }
}

function requestOf({ fields, derive }: ComparisonConfig) {
  return {
    ...(fields.kind === 'auto'
      ? {}
      : {
          fields: fields.fields.map(({ name }) => name),
          overrides: Object.fromEntries(fields.fields.map(({ name, ...rest }) => [name, rest])),
        }),
    derive: Object.fromEntries(
      derive.map(({ name, derivation, path }) => [name, { [derivation]: path }]),
    ),
  };
}
