import { CategoryTable, trimUnseen } from '#libs/profiles/category-table.ts';
import type { Profile } from '#libs/profiles/counts.ts';
import type { FieldSpec } from '#libs/profiles/field.ts';
import type { FieldLayout, ProfileLayout } from '#libs/profiles/layout.ts';
import { NumericGrid } from '#libs/profiles/numeric-grid.ts';
import { createProfile, mergeProfile } from '#libs/profiles/profile.ts';
import { createJudge, type Judge } from './create-judge.ts';
import type { Assessment, TimeRange } from './evaluation.ts';
import { type RulesInput, resolveRules } from './rules.ts';

export const DAY = 86_400_000;
/** Thursday, 1 March 2001. */
export const START = Date.UTC(2001, 2, 1);

export type Row = Readonly<Record<string, unknown>>;

/** A specification with the usual role and path. */
export function spec(
  name: string,
  type: FieldSpec['type'],
  rest: Partial<FieldSpec> = {},
): FieldSpec {
  return { name, path: `$.${name}`, type, role: 'feature', ...rest };
}

/** A layout whose knots are all distinct values of the rows, and every categories of theirs. */
export function layoutOf(specs: readonly FieldSpec[], rows: readonly Row[]): ProfileLayout {
  const fields = specs.map((field): FieldLayout => {
    const values = rows.map((row) => row[field.name]);
    if (field.type === 'id' || field.type === 'timestamp') return { kind: 'rates', spec: field };
    if (field.type === 'categorical' || field.type === 'boolean') {
      const texts = values.filter((value) => typeof value === 'string' || value === !!value);
      const categories = [...new Set(texts.map(String))].sort();
      return { kind: 'categorical', spec: field, categories, folded: [] };
    }
    const numbers = values.filter((value) => typeof value === 'number' && Number.isFinite(value));
    const knots = Float64Array.from(new Set(numbers as number[])).sort();
    return {
      kind: 'numeric',
      spec: field,
      knots: knots.length === 0 ? Float64Array.of(0) : knots,
      center: 0,
    };
  });
  return { baselineHash: 'b', gridHash: 'g', fields };
}

/** Counts rows. */
export function profileOf(layout: ProfileLayout, rows: readonly Row[]): Profile {
  const profile = createProfile(layout);
  profile.events = rows.length;
  for (const [i, field] of layout.fields.entries()) {
    const counts = profile.fields[i]!;
    const grid = field.kind === 'numeric' ? new NumericGrid(field) : null;
    const table = field.kind === 'categorical' ? new CategoryTable(field) : null;
    for (const row of rows) {
      const value = row[field.spec.name];
      if (value === null || value === undefined || Number.isNaN(value)) counts.missing++;
      else if (counts.kind === 'rates') counts.present++;
      else if (counts.kind === 'numeric') {
        if (typeof value !== 'number') counts.wrongType++;
        else if (Number.isFinite(value)) grid?.add(counts, value);
        else counts.infinite++;
      } else if (typeof value === 'object') counts.wrongType++;
      else table?.addTimes(counts, String(value), 1);
    }
    if (counts.kind === 'categorical') trimUnseen(counts);
  }
  return profile;
}

export interface Bench {
  readonly layout: ProfileLayout;
  readonly judge: Judge;
  /** The assessment of one field of a window of these rows. */
  assess(
    rows: readonly Row[],
    field: string | null,
    options?: { readonly range?: TimeRange; readonly complete?: boolean },
  ): Assessment;
  all(rows: readonly Row[]): readonly Assessment[];
}

/** A judge over a baseline given as one list of rows per day from `START`, or as one list. */
export function bench(
  specs: readonly FieldSpec[],
  options: {
    readonly rows?: readonly Row[];
    readonly days?: readonly (readonly Row[])[];
    readonly rules?: RulesInput;
    readonly windowMs?: number;
    readonly samplingShare?: number;
  },
): Bench {
  const days = options.days ?? [];
  const rows = options.rows ?? days.flat();
  const layout = layoutOf(specs, rows);
  const panes = days.map((day, i) => ({
    start: START + i * DAY,
    profile: profileOf(layout, day),
  }));
  const total = createProfile(layout);
  if (days.length === 0) mergeProfile(total, profileOf(layout, rows));
  for (const pane of panes) mergeProfile(total, pane.profile);
  const windowMs = options.windowMs ?? DAY;
  const judge = createJudge({
    layout,
    reference: {
      total,
      panes,
      paneMs: days.length === 0 ? null : DAY,
      timeRange: days.length === 0 ? null : { start: START, end: START + days.length * DAY - 1 },
    },
    rules: resolveRules(layout, options.rules),
    windowMs,
    hopMs: windowMs,
    ...(options.samplingShare === undefined ? {} : { samplingShare: options.samplingShare }),
  });
  const range = { start: START + 100 * DAY, end: START + 101 * DAY };
  const all: Bench['all'] = (window) =>
    judge.judge({ profile: profileOf(layout, window), range, complete: true });
  return {
    layout,
    judge,
    all,
    assess(window, field, { range: at = range, complete = true } = {}) {
      const profile = profileOf(layout, window);
      const found = judge
        .judge({ profile, range: at, complete })
        .find((assessment) => assessment.field === field);
      if (found === undefined) throw new Error(`no assessment of ${field}`);
      return found;
    },
  };
}

/** Uniform numbers in [0, 1), the same for a seed (mulberry32). */
export function uniform(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Standard normal numbers (Box and Muller). */
export function normal(random: () => number): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}

/** `count` rows made by a function. */
export function rowsOf(count: number, make: (index: number) => Row): Row[] {
  return Array.from({ length: count }, (_, index) => make(index));
}
