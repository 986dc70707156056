import { createHash } from 'node:crypto';
import { ByteWriter } from '#libs/profiles/byte-writer.ts';
import type { Baseline, BaselineField, Segmentation, SparsePane } from './baseline.ts';
import { writeText } from './lossless-text.ts';
import { specToText } from './spec-text.ts';

/** Versions of the encoding: plain, reduced, with segments. Only what needs a later one has it. */
const PLAIN_FORMAT = 1;
export const REDUCED_FORMAT = 2;
export const SEGMENTED_FORMAT = 3;
/** Readers refuse others. */
export const BASELINE_FORMATS: readonly number[] = [PLAIN_FORMAT, REDUCED_FORMAT, SEGMENTED_FORMAT];
/** Bytes of the SHA-256 that follow the version. */
export const HASH_BYTES = 32;
/** Codes of the field kinds. */
export const KINDS = ['numeric', 'categorical', 'rates'] as const;
/** Scaled integers keep their differences below 2⁵³. */
const MAX_SCALED = 2 ** 52 - 1;
const MAX_DECIMALS = 9;

/**
 * The canonical encoding of a baseline: one byte of format version, the SHA-256 of version and
 * body, the body. Equal contents give equal bytes on every machine. With panes, totals are left
 * out, since the panes sum to them. A baseline that is neither reduced nor divided into segments has
 * version 1, and every byte as it was before there were any others.
 *
 * @throws RangeError for a reduced baseline with segments, whose counts would be about few rows.
 */
export function encodeBaseline(baseline: Omit<Baseline, 'hash'>): {
  readonly content: Uint8Array;
  readonly hash: string;
} {
  const out = new ByteWriter();
  const { privacy, segmentations } = baseline;
  if (privacy !== undefined) out.varint(privacy.minCount);
  out.varint(baseline.rows);
  out.varint(baseline.pane ?? 0);
  if (baseline.pane !== null && baseline.timeRange !== null) {
    out.double(baseline.timeRange.start);
    out.double(baseline.timeRange.end);
    out.varint(baseline.paneStarts.length);
    let last = 0;
    for (const [i, start] of baseline.paneStarts.entries()) {
      const number = start / baseline.pane;
      if (i === 0) out.signed(number + 0);
      else out.varint(number - last);
      last = number;
      out.varint(baseline.paneRows[i]!);
    }
  }
  out.varint(baseline.fields.length);
  for (const field of baseline.fields) {
    writeField(out, field, baseline.pane !== null);
    if (privacy !== undefined) writeReduction(out, field);
  }
  if (segmentations.length > 0) writeSegmentations(out, segmentations);
  const body = out.finish();
  const version = Uint8Array.of(formatOf(baseline));
  const digest = createHash('sha256').update(version).update(body).digest();
  return { content: Buffer.concat([version, digest, body]), hash: digest.toString('hex') };
}

function formatOf({ privacy, segmentations }: Omit<Baseline, 'hash'>): number {
  if (segmentations.length === 0) return privacy === undefined ? PLAIN_FORMAT : REDUCED_FORMAT;
  if (privacy === undefined) return SEGMENTED_FORMAT;
  throw new RangeError('Cannot encode a baseline: it must not be reduced and have segments');
}

function writeSegmentations(out: ByteWriter, segmentations: readonly Segmentation[]): void {
  out.varint(segmentations.length);
  for (const { by, most, minRows, values, segments } of segmentations) {
    out.varint(by.length);
    for (const name of by) writeText(out, name);
    out.varint(most);
    out.varint(minRows);
    out.varint(values.length);
    for (const value of values.flat()) writeText(out, value);
    for (const { panes, rows, fields } of segments) {
      out.varint(panes.length);
      let next = 0;
      for (const [i, pane] of panes.entries()) {
        out.varint(pane - next);
        out.varint(rows[i]!);
        next = pane + 1;
      }
      for (const own of fields) for (const pane of own) writePane(out, pane);
    }
  }
}

function writeField(out: ByteWriter, field: BaselineField, paned: boolean): void {
  out.byte(KINDS.indexOf(field.kind));
  writeText(out, specToText(field.spec));
  if (field.kind === 'numeric') writeNumbers(out, field.values);
  else if (field.kind === 'categorical') {
    out.varint(field.values.length);
    for (const value of field.values) writeText(out, value);
  }
  if (paned) {
    for (const pane of field.panes) writePane(out, pane);
    return;
  }
  if (field.kind === 'rates') out.varint(field.present);
  else for (const count of field.counts) out.varint(count);
  writeRates(out, field.kind === 'numeric' ? field : { ...field, infinite: 0 });
}

/** What only a reduced baseline has. */
function writeReduction(out: ByteWriter, field: BaselineField): void {
  if (field.kind === 'numeric') {
    const { errorBound = 0, openEnds = { low: false, high: false } } = field;
    out.double(errorBound);
    out.byte((openEnds.low ? 1 : 0) + (openEnds.high ? 2 : 0));
  } else if (field.kind === 'categorical') out.varint(field.unnamed ?? 0);
}

/** Sorted distinct numbers: differences of integers or decimals where all are such, else doubles. */
function writeNumbers(out: ByteWriter, values: Float64Array): void {
  out.varint(values.length);
  const decimals = decimalsOf(values);
  if (decimals === null) {
    out.byte(0);
    for (const value of values) out.double(value);
    return;
  }
  out.byte(1 + decimals);
  const factor = 10 ** decimals;
  let last = 0;
  for (const [i, value] of values.entries()) {
    const scaled = Math.round(value * factor) + 0;
    if (i === 0) out.signed(scaled);
    else out.varint(scaled - last);
    last = scaled;
  }
}

/** The fewest decimals that all values have, `null` where some need more than can be written. */
function decimalsOf(values: Float64Array): number | null {
  for (let decimals = 0; decimals <= MAX_DECIMALS; decimals++) {
    const factor = 10 ** decimals;
    const fits = values.every((value) => {
      const scaled = Math.round(value * factor);
      return Math.abs(scaled) <= MAX_SCALED && scaled / factor === value;
    });
    if (fits) return decimals;
  }
  return null;
}

function writePane(out: ByteWriter, pane: SparsePane): void {
  out.varint(pane.index.length);
  let next = 0;
  for (let i = 0; i < pane.index.length; i++) {
    out.varint(pane.index[i]! - next);
    out.varint(pane.count[i]!);
    next = pane.index[i]! + 1;
  }
  writeRates(out, pane);
}

function writeRates(
  out: ByteWriter,
  rates: { readonly missing: number; readonly wrongType: number; readonly infinite: number },
): void {
  out.varint(rates.missing);
  out.varint(rates.wrongType);
  out.varint(rates.infinite);
}
