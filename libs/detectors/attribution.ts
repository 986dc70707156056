import type { CategoricalCounts, FieldCounts, NumericCounts } from '#libs/profiles/counts.ts';
import { combineCounts, createCounts, usableValues } from '#libs/profiles/profile.ts';
import { edfDistance } from '#libs/statistics/edf-distance.ts';
import { ksDistance } from '#libs/statistics/ks.ts';
import { attributeShift, type SegmentShift } from '#libs/statistics/shift-attribution.ts';
import { divergenceBins, type LabelledBins, rateCounts, total } from './compared-counts.ts';
import type { AttributionPart } from './evaluation.ts';
import type { FieldBaseline } from './field-baseline.ts';
import { type FieldStatistic, isDistributional, type MonitorRules } from './rules.ts';

/** One field in one segment. */
export interface FieldInSegment {
  readonly segment: string;
  readonly baseline: FieldCounts;
  readonly baselineEvents: number;
  readonly window: FieldCounts;
  readonly windowEvents: number;
}

export interface AttributionInput {
  /** The field on the cells of segments, with the counts of all of them together. */
  readonly field: FieldBaseline;
  readonly segments: readonly FieldInSegment[];
  readonly rules: Pick<MonitorRules, 'zeroFill' | 'missingAsBin'>;
}

/**
 * Divides a statistic of the whole among segments: parts that add up to the statistic on the cells
 * of segments, the largest first. For psi, chi_squared and rates that is the whole's own figure, as
 * long as segments keep all its categories; ks and kuiper may lack what a reduced grid hides.
 * `undefined` where nothing moved, or for a statistic that is no sum over values.
 */
export function attributeStatistic(
  name: FieldStatistic,
  input: AttributionInput,
): readonly AttributionPart[] | undefined {
  const weighted = isDistributional(name) ? ofValues(name, input) : ofRate(name, input);
  if (weighted === undefined) return undefined;
  const { weights, shifts } = weighted;
  if (!hasBoth(shifts)) return undefined;
  const { total: shift, parts } = attributeShift(weights, shifts);
  if (shift === 0) return undefined;
  // Statistics count distance, whatever its direction.
  const sign = Math.sign(shift);
  return parts
    .map(({ within, mix, baseline, window }, i) => ({
      segment: input.segments[i]!.segment,
      ...{ within: sign * within + 0, mix: sign * mix + 0, baseline, window },
    }))
    .sort((a, b) => b.within + b.mix - (a.within + a.mix));
}

interface WeightedShifts {
  readonly weights: readonly number[];
  readonly shifts: readonly SegmentShift[];
}

function hasBoth(shifts: readonly SegmentShift[]): boolean {
  return (['baseline', 'window'] as const).every((side) =>
    shifts.some((shift) => total(shift[side]) > 0),
  );
}

function ofRate(
  name: FieldStatistic,
  { field, segments }: AttributionInput,
): WeightedShifts | undefined {
  const hits = (counts: FieldCounts, events: number): number[] | undefined => {
    if (name === 'unseen_rate') {
      return counts.kind === 'categorical' ? [counts.unseen, events - counts.unseen] : undefined;
    }
    // Against the whole's baseline, whose range is the one that counts.
    const compared = {
      ...{ baseline: field.counts, baselineEvents: field.events },
      ...{ window: counts, windowEvents: events },
    };
    const found = rateCounts(name, { field, compared });
    return found === undefined ? undefined : [found.windowCount, events - found.windowCount];
  };
  const shifts = segments.map((each) => ({
    baseline: hits(each.baseline, each.baselineEvents) ?? [],
    window: hits(each.window, each.windowEvents) ?? [],
  }));
  return shifts.some(({ window }) => window.length === 0) ? undefined : { weights: [1, 0], shifts };
}

function ofValues(name: FieldStatistic, input: AttributionInput): WeightedShifts | undefined {
  const { field, segments, rules } = input;
  if (field.kind === 'rates') return undefined;
  const window = createCounts(field.layout);
  for (const each of segments) combineCounts(window, each.window, 1);
  if (field.n === 0 || usableValues(window) === 0) return undefined;
  if (name === 'ks' || name === 'kuiper') {
    if (field.kind !== 'numeric' || window.kind !== 'numeric') return undefined;
    const cells = { baseline: field.counts.cells, window: window.cells };
    return {
      weights: name === 'ks' ? upToTheGap(cells) : onTheArc(cells),
      shifts: segments.map((each) => ({
        baseline: (each.baseline as NumericCounts).cells,
        window: (each.window as NumericCounts).cells,
      })),
    };
  }
  const bins = divergenceBins(field, { baseline: field.counts, window }, rules);
  const perBin = name === 'psi' ? psiTerms(bins, rules) : chiSquaredTerms(bins, name);
  if (perBin === undefined || total(bins.baseline) === 0 || total(bins.window) === 0)
    return undefined;
  return {
    weights: binsOfEntries(field, bins, rules).map((bin) => perBin[bin]!),
    shifts: segments.map((each) => ({
      baseline: entriesOf(each.baseline, rules),
      window: entriesOf(each.window, rules),
    })),
  };
}

interface Cells {
  readonly baseline: Float64Array;
  readonly window: Float64Array;
}

/** F − G at the place of the gap is a sum over the values up to it. */
function upToTheGap(cells: Cells): number[] {
  const { location } = ksDistance(cells);
  return Array.from(cells.baseline, (_, cell) => Number(cell <= location));
}

/** Kuiper's V is what the values between its two extremes gained, or lost. */
function onTheArc(cells: Cells): number[] {
  const { plusAt, minusAt, d_plus, d_minus } = edfDistance(cells, 'kuiper');
  const last = cells.baseline.length - 1;
  // Where the difference never leaves 0 on a side, the origin is its extreme.
  const plus = d_plus === 0 ? last : plusAt;
  const minus = d_minus === 0 ? last : minusAt;
  return Array.from(cells.baseline, (_, cell) => Number(cell <= minus) - Number(cell <= plus));
}

/** The term of a bin for each unit by which its share changed. */
function perChange(bins: LabelledBins, term: (b: number, w: number) => number): number[] {
  const n = total(bins.baseline);
  const m = total(bins.window);
  return Array.from(bins.baseline, (b, bin) => {
    const w = bins.window[bin]!;
    const change = w / m - b / n;
    return change === 0 ? 0 : term(b, w) / change;
  });
}

function psiTerms(bins: LabelledBins, { zeroFill }: AttributionInput['rules']): number[] {
  const n = total(bins.baseline);
  const m = total(bins.window);
  const epsilon = zeroFill.kind === 'epsilon' ? zeroFill.epsilon : undefined;
  return perChange(bins, (b, w) => {
    const p = b > 0 ? b / n : (epsilon ?? 0.5 / n);
    const q = w > 0 ? w / m : (epsilon ?? 0.5 / m);
    return (q - p) * Math.log(q / p);
  });
}

function chiSquaredTerms(bins: LabelledBins, name: FieldStatistic): number[] | undefined {
  if (name !== 'chi_squared') return undefined;
  const n = total(bins.baseline);
  const m = total(bins.window);
  return perChange(bins, (b, w) => (b * m - w * n) ** 2 / (b + w) / n / m);
}

/** The values of a field in the finest parts that bins are made of. */
function entriesOf(counts: FieldCounts, { missingAsBin }: AttributionInput['rules']): number[] {
  const missing = missingAsBin ? [counts.missing] : [];
  if (counts.kind === 'numeric') return [...counts.cells, ...missing];
  const { cells, other, unseen } = counts as CategoricalCounts;
  return [...cells, ...missing, other, unseen];
}

/** The bin of each entry; categories that have none of their own are pooled in the last one. */
function binsOfEntries(
  field: Exclude<FieldBaseline, { kind: 'rates' }>,
  { labels }: LabelledBins,
  { missingAsBin }: AttributionInput['rules'],
): number[] {
  const missing = missingAsBin ? ['missing'] : [];
  if (field.kind === 'numeric') {
    return [...field.bins.cellToBin, ...missing.map(() => field.bins.count)];
  }
  const places = new Map<string, number>();
  for (const [bin, label] of labels.entries()) if (!places.has(label)) places.set(label, bin);
  const entries = [...field.layout.categories, ...missing, 'other', 'unseen'];
  return entries.map((label) => places.get(label) ?? labels.length - 1);
}
