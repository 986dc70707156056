import type { ByteWriter } from './byte-writer.ts';
import { sortUnseen } from './category-table.ts';
import type {
  CategoricalCounts,
  FieldCounts,
  NumericCounts,
  Profile,
  SegmentCounts,
} from './counts.ts';
import type { ExactSum } from './exact-sum.ts';

/** Writes a profile sparsely: only cells and sums that are not zero. */
export function encodeProfile(writer: ByteWriter, profile: Profile): void {
  writer.varint(profile.events);
  for (const counts of profile.fields) encodeCounts(writer, counts);
  if (profile.segments !== undefined) encodeSegments(writer, profile.segments);
}

/** The number of segments with events, then for each the distance from the one before and its profile. */
function encodeSegments(writer: ByteWriter, { profiles }: SegmentCounts): void {
  const seen = [...profiles.entries()].flatMap(([segment, profile]) =>
    profile === null || profile.events === 0 ? [] : [{ segment, profile }],
  );
  writer.varint(seen.length);
  let last = -1;
  for (const { segment, profile } of seen) {
    writer.varint(segment - last - 1);
    encodeProfile(writer, profile);
    last = segment;
  }
}

/** Ascending numbers of the cells that may be non-zero; a scan finds them unless given. */
export function encodeCounts(writer: ByteWriter, counts: FieldCounts, touched?: Int32Array): void {
  writer.varint(counts.missing);
  writer.varint(counts.wrongType);
  switch (counts.kind) {
    case 'rates':
      writer.varint(counts.present);
      return;
    case 'categorical':
      encodeCells(writer, counts.cells, touched);
      encodeCategorical(writer, counts);
      return;
    case 'numeric':
      encodeCells(writer, counts.cells, touched);
      encodeSums(writer, counts, touched);
  }
}

/** The number of cells, then for each the distance from the one before and its count. */
function encodeCells(writer: ByteWriter, cells: Float64Array, touched?: Int32Array): void {
  const indices = touched ?? nonZero(cells);
  writer.varint(indices.length);
  let last = -1;
  for (const cell of indices) {
    writer.varint(cell - last - 1);
    writer.varint(cells[cell]!);
    last = cell;
  }
}

function nonZero(cells: Float64Array): Int32Array {
  let length = 0;
  for (const count of cells) if (count !== 0) length++;
  const indices = new Int32Array(length);
  let next = 0;
  for (let cell = 0; cell < cells.length; cell++) if (cells[cell] !== 0) indices[next++] = cell;
  return indices;
}

function encodeCategorical(writer: ByteWriter, counts: CategoricalCounts): void {
  writer.varint(counts.other);
  writer.varint(counts.unseen);
  writer.varint(counts.unseenBeyond);
  writer.varint(counts.unseenValues.size);
  for (const [value, count] of sortUnseen(counts)) {
    writer.text(value);
    writer.varint(count);
  }
}

/** Sums of the open inner cells follow in the order of the cells that were just written. */
function encodeSums(writer: ByteWriter, counts: NumericCounts, touched?: Int32Array): void {
  writer.varint(counts.infinite);
  writer.varint(counts.overflow);
  for (const cell of touched ?? nonZero(counts.cells)) {
    if ((cell & 1) === 1 || cell === 0 || cell === counts.cells.length - 1) continue;
    const gap = (cell >> 1) - 1;
    writer.varint(counts.high[gap]!);
    writer.varint(counts.low[gap]!);
  }
  for (const sum of [counts.below, counts.above, counts.squares]) encodeSum(writer, sum);
}

function encodeSum(writer: ByteWriter, sum: ExactSum): void {
  const entries = sum.entries();
  writer.varint(entries.length);
  for (const [index, chunk] of entries) {
    writer.varint(index);
    writer.signed(chunk);
  }
}
