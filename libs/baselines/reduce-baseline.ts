import { PlumblineError } from '#libs/errors/plumbline-error.ts';
import type {
  Baseline,
  BaselineField,
  CategoricalBaselineField,
  NumericBaselineField,
  RatesBaselineField,
} from './baseline.ts';

/** So many rows for each that a cell must hold: then what is folded stays below 1 % of a field. */
const LEAST_RATIO = 100;

const NO_PANES = { pane: null, timeRange: null } as const;

/**
 * Coarsens a baseline until no count in it is about fewer than `minCount` rows:
 *
 * - neighbouring values are merged into groups, each of which stands at the mean of its rows; a
 *   value of `minCount` rows keeps its place and takes the few beside it that make no group;
 * - rarer categories become one nameless count, as `unseen` categories of a window are;
 * - fewer missing, invalid or infinite values count with the field's largest group, and so do few
 *   values of a field that is almost empty count as missing;
 * - panes and the first and last event time, which are about few rows, are left out.
 *
 * A group at an end becomes an open end of the grid, so that values beyond its mean are no surprise.
 * How far the distribution function may be off is each field's `errorBound`: the largest share of
 * rows that a group has moved past one point. The number of rows stays exact.
 *
 * @throws PLB_CONFIG_INVALID where there are fewer than 100·minCount rows: the reduction itself
 * would look like drift.
 */
export function reduceBaseline(
  baseline: Omit<Baseline, 'hash'>,
  minCount: number,
): Omit<Baseline, 'hash'> {
  const { rows } = baseline;
  if (rows < LEAST_RATIO * minCount) {
    throw new PlumblineError(
      'PLB_CONFIG_INVALID',
      `Cannot reduce the baseline to cells of ${minCount} rows: it must have at least ${LEAST_RATIO * minCount} rows, got ${rows}`,
      { path: 'privacy.min_count', fix: 'take more rows, or a lower min_count' },
    );
  }
  return {
    ...NO_PANES,
    rows,
    paneStarts: new Float64Array(0),
    paneRows: new Float64Array(0),
    segmentations: [],
    privacy: { minCount },
    fields: baseline.fields.map((field) => reduceField(field, minCount)),
  };
}

function reduceField(field: BaselineField, minCount: number): BaselineField {
  switch (field.kind) {
    case 'numeric':
      return reduceNumbers(field, minCount);
    case 'categorical':
      return reduceCategories(field, minCount);
    case 'rates':
      return reduceRates(field, minCount);
  }
}

/** Rates of at least `minCount` rows or none; the rows of the others are `left` to count elsewhere. */
function keepRates(
  rates: { readonly missing: number; readonly wrongType: number; readonly infinite?: number },
  minCount: number,
) {
  let left = 0;
  const keep = (count: number): number => {
    if (count >= minCount) return count;
    left += count;
    return 0;
  };
  const kept = {
    missing: keep(rates.missing),
    wrongType: keep(rates.wrongType),
    infinite: keep(rates.infinite ?? 0),
  };
  return { ...kept, left };
}

function reduceRates(field: RatesBaselineField, minCount: number): RatesBaselineField {
  const { missing, wrongType, left } = keepRates(field, minCount);
  const present = field.present + left;
  const some = present >= minCount;
  return {
    ...field,
    missing: missing + (some ? 0 : present),
    wrongType,
    present: some ? present : 0,
    panes: [],
  };
}

/** Consecutive values that count as one. */
interface Group {
  /** The value that it stands at. */
  value: number;
  count: number;
  /** Whether one value alone has enough rows: then it keeps its place. */
  readonly isHeavy: boolean;
  /** Rows that stood below and above `value`. */
  below: number;
  above: number;
}

function reduceNumbers(field: NumericBaselineField, minCount: number): NumericBaselineField {
  const { left, ...rates } = keepRates(field, minCount);
  const groups = groupsOf(field, minCount);
  const total = groups.reduce((sum, { count }) => sum + count, 0);
  if (total < minCount) {
    const missing = rates.missing + total + left;
    const none = new Float64Array(0);
    return {
      ...{ kind: 'numeric', spec: field.spec, values: none, counts: none, panes: [] },
      ...{ ...rates, missing, errorBound: 0, openEnds: { low: false, high: false } },
    };
  }
  const largest = groups.reduce((a, b) => (b.count > a.count ? b : a));
  largest.count += left;
  const moved = Math.max(...groups.map(({ below, above }) => Math.max(below, above)));
  return {
    kind: 'numeric',
    spec: field.spec,
    values: Float64Array.from(groups, ({ value }) => value),
    counts: Float64Array.from(groups, ({ count }) => count),
    ...rates,
    panes: [],
    errorBound: Math.min(1, (moved + left) / (total + left)),
    openEnds: { low: !groups[0]!.isHeavy, high: !groups.at(-1)!.isHeavy },
  };
}

function groupsOf({ values, counts }: NumericBaselineField, minCount: number): Group[] {
  const groups: Group[] = [];
  let run: number[] = [];
  const close = (next: Group | null): void => {
    const light = groupsOfRun(run, { values, counts, minCount });
    run = [];
    if (light.length > 0 && light.at(-1)!.count < minCount) {
      // Too few for a group of their own: they go to the heavy value beside them.
      const rest = light[0]!;
      const before = groups.at(-1);
      if (before !== undefined) {
        before.count += rest.count;
        before.above += rest.count;
      } else if (next === null) groups.push(rest);
      else {
        next.count += rest.count;
        next.below += rest.count;
      }
    } else groups.push(...light);
    if (next !== null) groups.push(next);
  };
  for (let place = 0; place < values.length; place++) {
    const count = counts[place]!;
    if (count < minCount) run.push(place);
    else close({ value: values[place]!, count, isHeavy: true, below: 0, above: 0 });
  }
  close(null);
  return groups;
}

/** Groups of values none of which is heavy: each of enough rows, or one that is all of them. */
function groupsOfRun(
  run: readonly number[],
  source: {
    readonly values: Float64Array;
    readonly counts: Float64Array;
    readonly minCount: number;
  },
): Group[] {
  const { counts, minCount } = source;
  const parts: number[][] = [];
  let open: number[] = [];
  let size = 0;
  for (const place of run) {
    open.push(place);
    size += counts[place]!;
    if (size < minCount) continue;
    parts.push(open);
    open = [];
    size = 0;
  }
  // What is left over joins the last group.
  const last = parts.at(-1);
  if (last === undefined) parts.push(open);
  else last.push(...open);
  return parts.filter((part) => part.length > 0).map((part) => groupAtMean(part, source));
}

function groupAtMean(
  part: readonly number[],
  { values, counts }: { readonly values: Float64Array; readonly counts: Float64Array },
): Group {
  const first = values[part[0]!]!;
  const last = values[part.at(-1)!]!;
  let count = 0;
  let sum = 0;
  for (const place of part) {
    count += counts[place]!;
    sum += (values[place]! / 2 - first / 2) * counts[place]!;
  }
  const mean = first + 2 * (sum / count);
  // Halves keep differences of huge values finite; rounding must not leave the group.
  const value = Math.min(last, Math.max(first, Number.isFinite(mean) ? mean : first)) + 0;
  let below = 0;
  let above = 0;
  for (const place of part) {
    if (values[place]! < value) below += counts[place]!;
    else if (values[place]! > value) above += counts[place]!;
  }
  return { value, count, isHeavy: false, below, above };
}

function reduceCategories(
  field: CategoricalBaselineField,
  minCount: number,
): CategoricalBaselineField {
  const { missing, wrongType, left } = keepRates(field, minCount);
  const kept = field.values.flatMap((value, i) =>
    field.counts[i]! >= minCount ? [{ value, count: field.counts[i]! }] : [],
  );
  let unnamed = left;
  for (const count of field.counts) if (count < minCount) unnamed += count;
  const isTooFew = unnamed < minCount;
  if (isTooFew && kept.length > 0) {
    kept.reduce((a, b) => (b.count > a.count ? b : a)).count += unnamed;
  }
  return {
    kind: 'categorical',
    spec: field.spec,
    values: kept.map(({ value }) => value),
    counts: Float64Array.from(kept, ({ count }) => count),
    missing: missing + (isTooFew && kept.length === 0 ? unnamed : 0),
    wrongType,
    panes: [],
    unnamed: isTooFew ? 0 : unnamed,
  };
}
