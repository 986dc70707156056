import { closest, distance } from 'fastest-levenshtein';
import { PlumblineError } from '#libs/errors/plumbline-error.ts';
import type { Derivation, FieldRole, FieldSpec, FieldType } from '#libs/profiles/field.ts';
import { formatPath, parsePath } from '#libs/profiles/json-path.ts';
import type { Observation } from './column-observer.ts';
import { inferType } from './infer-type.ts';
import { observeTable, type TableObservation } from './observe-table.ts';
import type { Table } from './readers/table.ts';
import type { BaselineWarning } from './warning.ts';

/** What a user says about a field; it wins over what the data suggests. */
interface FieldOverride {
  readonly path?: string;
  readonly type?: FieldType;
  readonly role?: FieldRole;
  readonly period?: number;
  readonly derive?: Derivation;
  readonly coerce?: boolean;
  readonly range?: { readonly min?: number; readonly max?: number };
}

export interface InferOptions {
  /** `auto` (the default) takes every scalar of the rows; a list takes these names only. */
  readonly fields?: 'auto' | readonly string[];
  /** By field name; a name that is no column needs a `path` or a dotted name. */
  readonly overrides?: Readonly<Record<string, FieldOverride>>;
  /** Derived fields by name: `{ hour: { hour_of_day: '$.date' } }`. */
  readonly derive?: Readonly<Record<string, Readonly<Partial<Record<Derivation, string>>>>>;
  /** Path of the event time, which `auto` leaves out. */
  readonly time?: string;
  /** Rows to look at, the first ones; 100,000 by default. */
  readonly sampleRows?: number;
}

export interface InferredFields {
  readonly fields: readonly FieldSpec[];
  readonly warnings: readonly BaselineWarning[];
}

interface Request extends FieldOverride {
  readonly name: string;
  readonly path: string;
}

/** Types and periods that a derivation has unless the user says otherwise. */
const DERIVED: Record<Derivation, { type: FieldType; period?: number }> = {
  hour_of_day: { type: 'circular', period: 24 },
  day_of_week: { type: 'circular', period: 7 },
  length: { type: 'numeric' },
  absolute: { type: 'numeric' },
  log: { type: 'numeric' },
};

/**
 * Fields of a table, typed by its first rows: numbers are `numeric`, booleans `boolean`, texts and
 * dates that are times `timestamp`, texts of which more than half are distinct `id`, other texts
 * `categorical`. Columns without any value and arrays are left out, with a warning.
 *
 * @throws PLB_BASELINE_FIELD for a named field that the table lacks, PLB_CONFIG_INVALID for an
 * override that contradicts itself, PLB_BASELINE_EMPTY for a table without rows.
 */
export async function inferFields(
  table: Table,
  options: InferOptions = {},
): Promise<InferredFields> {
  const requests = requestsOf(options, table.columns ?? []);
  const auto = (options.fields ?? 'auto') === 'auto';
  const observation = await observeTable(table, {
    paths: requests.map(({ path }) => path),
    discover: auto,
    rows: options.sampleRows ?? 100_000,
  });
  if (observation.rows === 0) {
    throw new PlumblineError(
      'PLB_BASELINE_EMPTY',
      `Cannot infer fields: ${table.uri} has no rows`,
      {
        path: table.uri,
      },
    );
  }
  const warnings: BaselineWarning[] = [];
  for (const request of requests) requireColumn(request, { observation, uri: table.uri });
  const fields = requests.map((request) =>
    specOf(request, {
      seen: observation.named.get(request.path),
      textual: table.textual,
      warnings,
    }),
  );
  if (auto) {
    const taken = new Set(fields.map(({ name }) => name));
    const timePath = options.time === undefined ? null : formatPath(parsePath(options.time));
    for (const [path, { name, seen }] of observation.discovered) {
      if (taken.has(name) || path === timePath) continue;
      const inferred = inferType(seen, table.textual);
      if (inferred === undefined) warnings.push(ignored(name, seen));
      else {
        const { type } = inferred;
        fields.push({ name, path, type, role: type === 'id' ? 'id' : 'feature' });
        warnings.push(...inferred.warnings.map((warning) => ({ ...warning, field: name })));
      }
    }
  }
  return { fields, warnings };
}

function ignored(field: string, seen: Observation): BaselineWarning {
  return seen.present === 0
    ? { code: 'all_missing', field, message: 'no sampled row has a value: left out' }
    : {
        code: 'ignored',
        field,
        message: 'arrays are left out; name an element by its path, such as $.list[0]',
      };
}

/** What is asked for by name: listed, overridden or derived. */
function requestsOf(options: InferOptions, columns: readonly string[]): Request[] {
  const { fields = 'auto', overrides = {}, derive = {} } = options;
  const names = new Set([
    ...(fields === 'auto' ? [] : fields),
    ...Object.keys(overrides).filter((name) => fields === 'auto' || fields.includes(name)),
    ...Object.keys(derive),
  ]);
  return [...names].map((name) => {
    const override = Object.hasOwn(overrides, name) ? overrides[name]! : {};
    const derived: Partial<Request> = Object.hasOwn(derive, name)
      ? derivationOf(name, derive[name]!)
      : {};
    const path = override.path ?? derived.path ?? pathOfName(name, columns);
    return { ...derived, ...override, name, path: formatPath(parsePath(path)) };
  });
}

function derivationOf(
  name: string,
  derivation: Readonly<Partial<Record<Derivation, string>>>,
): Pick<Request, 'derive' | 'path'> {
  const [entry, ...more] = Object.entries(derivation) as [Derivation, string][];
  if (entry === undefined || more.length > 0 || !Object.hasOwn(DERIVED, entry[0])) {
    throw invalid(
      `derive.${name}`,
      `it must have exactly one of ${Object.keys(DERIVED).join(', ')}, got ${JSON.stringify(derivation)}`,
    );
  }
  return { derive: entry[0], path: entry[1] };
}

function pathOfName(name: string, columns: readonly string[]): string {
  if (columns.includes(name)) return formatPath([name]);
  return name.startsWith('$') ? name : formatPath(name.split('.'));
}

function requireColumn(
  request: Request,
  { observation, uri }: { readonly observation: TableObservation; readonly uri: string },
): void {
  const column = String(parsePath(request.path)[0]);
  const { columns } = observation;
  if (columns.includes(column)) return;
  const near = columns.length === 0 ? undefined : closest(column, [...columns]);
  const close =
    near !== undefined && distance(column, near) <= Math.max(2, Math.floor(column.length / 3));
  throw new PlumblineError(
    'PLB_BASELINE_FIELD',
    `Cannot read the field ${JSON.stringify(request.name)}: ${uri} has no column ${JSON.stringify(column)}`,
    {
      path: `fields.${request.name}`,
      fix: close
        ? `did you mean ${JSON.stringify(near)}?`
        : `its columns are ${columns.slice(0, 20).join(', ')}`,
    },
  );
}

function specOf(
  request: Request,
  context: {
    readonly seen: Observation | undefined;
    readonly textual: boolean;
    readonly warnings: BaselineWarning[];
  },
): FieldSpec {
  const { seen, textual, warnings } = context;
  const { name, path, derive, role, range } = request;
  const standard = derive === undefined ? undefined : DERIVED[derive];
  const inferred = seen === undefined ? undefined : inferType(seen, textual);
  let type = request.type ?? standard?.type;
  if (seen?.present === 0) {
    warnings.push({ code: 'all_missing', field: name, message: 'no sampled row has a value' });
  }
  if (type === undefined) {
    type = inferred?.type ?? 'id';
    warnings.push(...(inferred?.warnings ?? []).map((warning) => ({ ...warning, field: name })));
  }
  const period = request.period ?? (type === 'circular' ? standard?.period : undefined);
  const coerce = request.coerce ?? (derive === undefined && needsCoercion(type, inferred?.type));
  const spec: FieldSpec = {
    name,
    path,
    type,
    role: role ?? (type === 'id' ? 'id' : 'feature'),
    ...(derive === undefined ? {} : { derive }),
    ...(period === undefined ? {} : { period }),
    ...(coerce ? { coerce } : {}),
    ...(range === undefined ? {} : { range }),
  };
  validate(spec);
  return spec;
}

/** Numbers and booleans that the user declares to be categories. */
function needsCoercion(type: FieldType, inferred: FieldType | undefined): boolean {
  return type === 'categorical' && (inferred === 'numeric' || inferred === 'boolean');
}

function validate({ name, type, period, range }: FieldSpec): void {
  if (type === 'circular' && !(period !== undefined && Number.isFinite(period) && period > 0)) {
    throw invalid(
      `fields.${name}.period`,
      `a circular field needs a period above 0, got ${String(period)}`,
      'set the length of the circle, such as 24 for hours or 360 for degrees',
    );
  }
  if (type !== 'circular' && period !== undefined) {
    throw invalid(`fields.${name}.period`, `only circular fields have a period, got type ${type}`);
  }
  if (range === undefined) return;
  if (type !== 'numeric' && type !== 'circular') {
    throw invalid(`fields.${name}.range`, `only numbers have a range, got type ${type}`);
  }
  const { min = Number.NEGATIVE_INFINITY, max = Number.POSITIVE_INFINITY } = range;
  if (!(min < max)) {
    throw invalid(`fields.${name}.range`, `min must be below max, got ${min} and ${max}`);
  }
}

function invalid(path: string, why: string, fix?: string): PlumblineError {
  return new PlumblineError('PLB_CONFIG_INVALID', `Cannot use ${path}: ${why}`, {
    path,
    ...(fix === undefined ? {} : { fix }),
  });
}
