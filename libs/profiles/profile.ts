import { addUnseen, emptyCategoricalCounts, removeUnseen, trimUnseen } from './category-table.ts';
import type { CategoricalCounts, FieldCounts, NumericCounts, Profile } from './counts.ts';
import type { CellLayout, FieldLayout } from './layout.ts';
import { addFixed, emptyNumericCounts } from './numeric-grid.ts';

/** A profile of no events. */
export function createProfile({ fields, segments }: CellLayout): Profile {
  const profile = { events: 0, fields: fields.map(createCounts) };
  if (segments === undefined) return profile;
  const profiles = new Array<null>(segments.values.length + 1).fill(null);
  return { ...profile, segments: { layout: segments, profiles } };
}

/** Counts of nothing for one field. */
export function createCounts(layout: FieldLayout): FieldCounts {
  switch (layout.kind) {
    case 'numeric':
      return emptyNumericCounts(layout);
    case 'categorical':
      return emptyCategoricalCounts(layout);
    case 'rates':
      return { kind: 'rates', missing: 0, wrongType: 0, present: 0 };
  }
}

/**
 * Adds the counts of `source` to `target`. Associative and commutative to the bit, but for the
 * names of unseen values once more than `UNSEEN_LIMIT` of them were seen.
 *
 * @throws RangeError when the two have different layouts.
 */
export function mergeProfile(target: Profile, source: Profile): void {
  combineProfiles(target, source, 1);
}

/**
 * Takes the counts of `source`, which must be part of `target`, out of it: the exact inverse of a
 * merge, but for the names of unseen values once more than `UNSEEN_LIMIT` of them were seen.
 */
export function subtractProfile(target: Profile, source: Profile): void {
  combineProfiles(target, source, -1);
}

function combineProfiles(target: Profile, source: Profile, sign: 1 | -1): void {
  if (target.fields.length !== source.fields.length) {
    throw new RangeError(
      `Cannot combine profiles: ${target.fields.length} fields and ${source.fields.length}`,
    );
  }
  if (target.segments?.profiles.length !== source.segments?.profiles.length) {
    throw new RangeError('Cannot combine profiles: they have different segments');
  }
  target.events += sign * source.events;
  for (const [i, counts] of target.fields.entries()) combineCounts(counts, source.fields[i]!, sign);
  if (target.segments === undefined || source.segments === undefined) return;
  const { layout, profiles } = target.segments;
  for (const [i, segment] of source.segments.profiles.entries()) {
    if (segment === null) continue;
    const own = profiles[i] ?? createProfile(layout);
    profiles[i] = own;
    combineProfiles(own, segment, sign);
  }
}

/** Adds (sign 1) or takes out (sign −1) the counts of one field. */
export function combineCounts(target: FieldCounts, source: FieldCounts, sign: 1 | -1): void {
  if (target.kind === 'numeric' && source.kind === 'numeric') combineNumeric(target, source, sign);
  else if (target.kind === 'categorical' && source.kind === 'categorical') {
    combineCategorical(target, source, sign);
  } else if (target.kind === 'rates' && source.kind === 'rates') {
    target.missing += sign * source.missing;
    target.wrongType += sign * source.wrongType;
    target.present += sign * source.present;
  } else {
    throw new RangeError(`Cannot combine ${source.kind} counts with ${target.kind} counts`);
  }
}

function combineNumeric(target: NumericCounts, source: NumericCounts, sign: 1 | -1): void {
  addCells(target.cells, source.cells, sign);
  target.missing += sign * source.missing;
  target.wrongType += sign * source.wrongType;
  target.infinite += sign * source.infinite;
  target.overflow += sign * source.overflow;
  for (let gap = 0; gap < source.low.length; gap++) {
    const high = source.high[gap]!;
    const low = source.low[gap]!;
    if (high === 0 && low === 0) continue;
    target.high[gap]! += sign * high;
    addFixed(target, { gap, term: sign * low, times: 1 });
  }
  target.below.merge(source.below, sign);
  target.above.merge(source.above, sign);
  target.squares.merge(source.squares, sign);
}

function combineCategorical(
  target: CategoricalCounts,
  source: CategoricalCounts,
  sign: 1 | -1,
): void {
  addCells(target.cells, source.cells, sign);
  target.missing += sign * source.missing;
  target.wrongType += sign * source.wrongType;
  target.other += sign * source.other;
  target.unseen += sign * source.unseen;
  if (sign < 0) {
    removeUnseen(target, source.unseenValues);
    return;
  }
  target.unseenBeyond += source.unseenBeyond;
  for (const [name, count] of source.unseenValues) addUnseen(target, name, count);
  trimUnseen(target);
}

function addCells(target: Float64Array, source: Float64Array, sign: 1 | -1): void {
  if (target.length !== source.length) {
    throw new RangeError(`Cannot combine counts of ${target.length} cells and ${source.length}`);
  }
  for (let i = 0; i < source.length; i++) target[i]! += sign * source[i]!;
}

/** Values that enter the distribution: neither missing, nor of a wrong type, nor infinite. */
export function usableValues(counts: FieldCounts): number {
  if (counts.kind === 'rates') return counts.present;
  let total = 0;
  for (const count of counts.cells) total += count;
  return counts.kind === 'categorical' ? total + counts.other + counts.unseen : total;
}
