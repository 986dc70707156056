import { type ByteReader, malformed } from './byte-reader.ts';
import { UNSEEN_LIMIT } from './category-table.ts';
import type {
  CategoricalCounts,
  FieldCounts,
  NumericCounts,
  Profile,
  SegmentCounts,
} from './counts.ts';
import { ExactSum } from './exact-sum.ts';
import type { CellLayout, SegmentLayout } from './layout.ts';
import { createCounts } from './profile.ts';

/**
 * Reads what `encodeProfile` wrote.
 *
 * @throws PLB_WIRE_MALFORMED where the bytes cannot be counts of this layout.
 */
export function decodeProfile(reader: ByteReader, layout: CellLayout): Profile {
  const events = reader.varint();
  const fields = layout.fields.map((field) => {
    const counts = createCounts(field);
    decodeCounts(reader, counts);
    if (presentAndAbsent(counts) !== events) {
      throw malformed(
        reader.position,
        `field ${field.spec.name} does not account for ${events} events`,
      );
    }
    return counts;
  });
  if (layout.segments === undefined) return { events, fields };
  return { events, fields, segments: decodeSegments(reader, layout.segments, events) };
}

/** Every event is in exactly one segment. */
function decodeSegments(reader: ByteReader, layout: SegmentLayout, events: number): SegmentCounts {
  const profiles = new Array<Profile | null>(layout.values.length + 1).fill(null);
  const length = reader.count(2);
  let segment = -1;
  let total = 0;
  for (let i = 0; i < length; i++) {
    segment += reader.varint() + 1;
    if (segment >= profiles.length) {
      throw malformed(reader.position, `there is no segment ${segment} of ${profiles.length}`);
    }
    const profile = decodeProfile(reader, layout);
    if (profile.events === 0) throw malformed(reader.position, `segment ${segment} has no events`);
    profiles[segment] = profile;
    total += profile.events;
  }
  if (total !== events) {
    throw malformed(reader.position, `the segments hold ${total} of ${events} events`);
  }
  return { layout, profiles };
}

/** Every event is in exactly one of a field's counts. */
function presentAndAbsent(counts: FieldCounts): number {
  let total = counts.missing + counts.wrongType;
  if (counts.kind === 'rates') return total + counts.present;
  for (const count of counts.cells) total += count;
  return counts.kind === 'numeric' ? total + counts.infinite : total + counts.other + counts.unseen;
}

function decodeCounts(reader: ByteReader, counts: FieldCounts): void {
  counts.missing = reader.varint();
  counts.wrongType = reader.varint();
  if (counts.kind === 'rates') {
    counts.present = reader.varint();
    return;
  }
  const touched = decodeCells(reader, counts.cells);
  if (counts.kind === 'categorical') decodeCategorical(reader, counts);
  else decodeSums(reader, counts, touched);
}

function decodeCells(reader: ByteReader, cells: Float64Array): Int32Array {
  const length = reader.count(2);
  const touched = new Int32Array(length);
  let cell = -1;
  for (let i = 0; i < length; i++) {
    cell += reader.varint() + 1;
    const count = reader.varint();
    if (cell >= cells.length || count === 0) {
      throw malformed(reader.position, `cell ${cell} of ${cells.length} holds ${count}`);
    }
    cells[cell] = count;
    touched[i] = cell;
  }
  return touched;
}

function decodeCategorical(reader: ByteReader, counts: CategoricalCounts): void {
  counts.other = reader.varint();
  counts.unseen = reader.varint();
  counts.unseenBeyond = reader.varint();
  const length = reader.count(2);
  let named = counts.unseenBeyond;
  for (let i = 0; i < length; i++) {
    const value = reader.text();
    const count = reader.varint();
    if (count === 0) throw malformed(reader.position, 'an unseen category was never seen');
    named += count;
    counts.unseenValues.set(value, count);
  }
  if (length > UNSEEN_LIMIT || counts.unseenValues.size !== length || named !== counts.unseen) {
    throw malformed(reader.position, 'the unseen categories do not add up');
  }
}

function decodeSums(reader: ByteReader, counts: NumericCounts, touched: Int32Array): void {
  counts.infinite = reader.varint();
  counts.overflow = reader.varint();
  for (const cell of touched) {
    if ((cell & 1) === 1 || cell === 0 || cell === counts.cells.length - 1) continue;
    const gap = (cell >> 1) - 1;
    counts.high[gap] = reader.varint();
    counts.low[gap] = reader.varint();
    if (counts.low[gap]! >= 2 ** 32) throw malformed(reader.position, 'a sum is not in its form');
  }
  for (const sum of [counts.below, counts.above, counts.squares]) sum.merge(decodeSum(reader));
}

function decodeSum(reader: ByteReader): ExactSum {
  const length = reader.count(3);
  const entries: [number, number][] = [];
  for (let i = 0; i < length; i++) entries.push([reader.varint(), reader.signed()]);
  try {
    return ExactSum.fromEntries(entries);
  } catch (error) {
    throw malformed(reader.position, error instanceof Error ? error.message : String(error));
  }
}
