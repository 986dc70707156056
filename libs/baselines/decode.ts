import { createHash } from 'node:crypto';
import { PlumblineError } from '#libs/errors/plumbline-error.ts';
import { ByteReader } from '#libs/profiles/byte-reader.ts';
import type {
  Baseline,
  BaselineField,
  BaselineSegment,
  CategoricalBaselineField,
  NumericBaselineField,
  Segmentation,
  SparsePane,
} from './baseline.ts';
import { BASELINE_FORMATS, HASH_BYTES, KINDS, REDUCED_FORMAT, SEGMENTED_FORMAT } from './encode.ts';
import { readText } from './lossless-text.ts';
import { specFromText } from './spec-text.ts';

/**
 * Reads an encoded baseline and checks all of it: the hash, the order of values and panes, and
 * that the counts of every field and pane sum to its rows.
 *
 * @throws PLB_WIRE_VERSION for another format version, PLB_WIRE_MALFORMED for damaged content,
 * PLB_WIRE_MISMATCH when it is another baseline than the expected one.
 */
export function decodeBaseline(content: Uint8Array, expectedHash?: string): Baseline {
  const version = content[0];
  if (version === undefined) throw damaged('it is empty');
  if (!BASELINE_FORMATS.includes(version)) {
    throw new PlumblineError(
      'PLB_WIRE_VERSION',
      `Cannot read the baseline: its format version must be one of ${BASELINE_FORMATS.join(', ')}, got ${version}`,
      { fix: 'read it with the version of Plumbline that wrote it, or build it again' },
    );
  }
  if (content.length < 1 + HASH_BYTES) throw damaged('it ends too early');
  const hash = Buffer.from(content.subarray(1, 1 + HASH_BYTES)).toString('hex');
  const actual = createHash('sha256')
    .update(content.subarray(0, 1))
    .update(content.subarray(1 + HASH_BYTES))
    .digest('hex');
  if (actual !== hash) throw damaged(`its hash is ${actual}, where ${hash} is written`);
  if (expectedHash !== undefined && expectedHash !== hash) {
    throw new PlumblineError(
      'PLB_WIRE_MISMATCH',
      `Cannot use the baseline: its hash must be ${expectedHash}, got ${hash}`,
    );
  }
  const input = new ByteReader(content.subarray(1 + HASH_BYTES));
  const plain = readBody(input, version === REDUCED_FORMAT);
  const segmentations = version === SEGMENTED_FORMAT ? readSegmentations(input, plain) : [];
  if (input.remaining !== 0) throw damaged(`${input.remaining} bytes are left over`);
  return { hash, ...plain, segmentations };
}

function damaged(why: string): PlumblineError {
  return new PlumblineError('PLB_WIRE_MALFORMED', `Cannot read the baseline: ${why}`);
}

/** A finite double other than −0. */
function readFinite(input: ByteReader): number {
  const value = input.double();
  if (Number.isFinite(value) && !Object.is(value, -0)) return value;
  throw damaged(`a number must be finite, got ${value}`);
}

/** All but the segments. */
interface PlainBody extends Omit<Baseline, 'hash' | 'segmentations'> {}

interface Frame extends Omit<PlainBody, 'fields'> {}

function readBody(input: ByteReader, isReduced: boolean): PlainBody {
  const privacy = isReduced ? { minCount: input.varint() } : undefined;
  if (privacy?.minCount === 0) throw damaged('its smallest count is 0');
  const rows = input.varint();
  const frame = readFrame(input, rows);
  if (isReduced && frame.pane !== null) throw damaged('it is reduced but has panes');
  const fields: BaselineField[] = [];
  const length = input.count(2);
  for (let i = 0; i < length; i++) {
    const field = readField(input, { ...frame, isReduced });
    const before = fields.at(-1);
    if (before !== undefined && before.spec.name >= field.spec.name) {
      throw damaged('its fields are not in order');
    }
    fields.push(field);
  }
  return { ...frame, fields, ...(privacy === undefined ? {} : { privacy }) };
}

function readFrame(input: ByteReader, rows: number): Frame {
  const pane = input.varint();
  if (rows === 0) throw damaged('it has no rows');
  if (pane === 0) {
    const none = new Float64Array(0);
    return { rows, pane: null, paneStarts: none, paneRows: none, timeRange: null };
  }
  const start = readFinite(input);
  const end = readFinite(input);
  const length = input.count(2);
  const paneStarts = new Float64Array(length);
  const paneRows = new Float64Array(length);
  let number = 0;
  for (let i = 0; i < length; i++) {
    const step = i === 0 ? input.signed() : input.varint();
    if (i > 0 && step === 0) throw damaged('its panes are not in order');
    number += step;
    paneStarts[i] = number * pane;
    paneRows[i] = input.varint();
    if (paneRows[i] === 0) throw damaged('a pane has no rows');
  }
  const total = paneRows.reduce((sum, count) => sum + count, 0);
  if (total !== rows) throw damaged(`its panes hold ${total} rows of ${rows}`);
  const within = start >= paneStarts[0]! && end < paneStarts[length - 1]! + pane && start <= end;
  if (!within) throw damaged('its time range does not match its panes');
  return { rows, pane, paneStarts, paneRows, timeRange: { start, end } };
}

function readField(
  input: ByteReader,
  frame: Frame & { readonly isReduced: boolean },
): BaselineField {
  const kind = KINDS[input.byte()];
  const spec = specFromText(readText(input));
  if (kind === undefined || spec === undefined) throw damaged('a field is not understood');
  const values =
    kind === 'numeric' ? readNumbers(input) : kind === 'categorical' ? readTexts(input) : null;
  const length = values?.length ?? 1;
  const panes: SparsePane[] = [];
  if (frame.pane !== null) {
    for (const rows of frame.paneRows) panes.push(readPane(input, { length, rows }));
  }
  const total = frame.pane === null ? readTotal(input, length) : sumPanes(panes, length);
  const reduction = frame.isReduced ? readReduction(input, kind) : {};
  checkRows(total, frame.rows - (reduction.unnamed ?? 0));
  const { counts, missing, wrongType, infinite } = total;
  if (kind !== 'numeric' && (infinite !== 0 || panes.some((pane) => pane.infinite !== 0))) {
    throw damaged(`${spec.name} has infinite values but is not numeric`);
  }
  if (values === null) {
    return { kind: 'rates', spec, present: counts[0]!, missing, wrongType, panes };
  }
  if (counts.includes(0)) throw damaged(`${spec.name} has a value that never occurs`);
  if (values instanceof Float64Array) {
    const { errorBound, openEnds } = reduction;
    const ends = errorBound === undefined || openEnds === undefined ? {} : { errorBound, openEnds };
    return { kind: 'numeric', spec, values, counts, missing, wrongType, infinite, panes, ...ends };
  }
  const { unnamed } = reduction;
  return {
    ...{ kind: 'categorical', spec, values, counts, missing, wrongType, panes },
    ...(unnamed === undefined ? {} : { unnamed }),
  };
}

function readReduction(
  input: ByteReader,
  kind: BaselineField['kind'],
): Pick<NumericBaselineField, 'errorBound' | 'openEnds'> &
  Pick<CategoricalBaselineField, 'unnamed'> {
  if (kind === 'categorical') return { unnamed: input.varint() };
  if (kind === 'rates') return {};
  const errorBound = readFinite(input);
  const ends = input.byte();
  if (!(errorBound >= 0 && errorBound <= 1) || ends > 3) {
    throw damaged('a field is reduced in an unknown way');
  }
  return { errorBound, openEnds: { low: (ends & 1) !== 0, high: (ends & 2) !== 0 } };
}

function readNumbers(input: ByteReader): Float64Array {
  const length = input.count(1);
  const mode = input.byte();
  if (mode > 10) throw damaged('a number format is unknown');
  if (mode === 0 && length * 8 > input.remaining) throw damaged('it ends too early');
  const values = new Float64Array(length);
  const factor = 10 ** (mode - 1);
  let scaled = 0;
  for (let i = 0; i < length; i++) {
    if (mode === 0) values[i] = readFinite(input);
    else {
      scaled += i === 0 ? input.signed() : input.varint();
      values[i] = scaled / factor;
    }
    if (i > 0 && !(values[i]! > values[i - 1]!)) throw damaged('its values are not in order');
  }
  return values;
}

function readTexts(input: ByteReader): string[] {
  const length = input.count(1);
  const values: string[] = [];
  for (let i = 0; i < length; i++) {
    const value = readText(input);
    if (i > 0 && value <= values[i - 1]!) throw damaged('its categories are not in order');
    values.push(value);
  }
  return values;
}

interface Total {
  readonly counts: Float64Array;
  readonly missing: number;
  readonly wrongType: number;
  readonly infinite: number;
}

function readTotal(input: ByteReader, length: number): Total {
  if (length > input.remaining) throw damaged('it ends too early');
  const counts = new Float64Array(length);
  for (let i = 0; i < length; i++) counts[i] = input.varint();
  return { counts, ...readRates(input) };
}

function readPane(
  input: ByteReader,
  { length, rows }: { readonly length: number; readonly rows: number },
): SparsePane {
  const entries = input.count(2);
  const index = new Uint32Array(entries);
  const count = new Float64Array(entries);
  let next = 0;
  for (let i = 0; i < entries; i++) {
    const place = next + input.varint();
    if (place >= length) throw damaged('a pane counts a value that does not exist');
    index[i] = place;
    count[i] = input.varint();
    if (count[i] === 0) throw damaged('a pane has a count of 0');
    next = place + 1;
  }
  const pane = { index, count, ...readRates(input) };
  checkRows({ ...pane, counts: count }, rows);
  return pane;
}

function readRates(input: ByteReader): Omit<Total, 'counts'> {
  return { missing: input.varint(), wrongType: input.varint(), infinite: input.varint() };
}

function sumPanes(panes: readonly SparsePane[], length: number): Total {
  const counts = new Float64Array(length);
  let missing = 0;
  let wrongType = 0;
  let infinite = 0;
  for (const pane of panes) {
    for (let i = 0; i < pane.index.length; i++) counts[pane.index[i]!]! += pane.count[i]!;
    missing += pane.missing;
    wrongType += pane.wrongType;
    infinite += pane.infinite;
  }
  return { counts, missing, wrongType, infinite };
}

function checkRows(total: Total, rows: number): void {
  let sum = total.missing + total.wrongType + total.infinite;
  for (const count of total.counts) sum += count;
  if (sum !== rows) throw damaged(`a field counts ${sum} rows of ${rows}`);
}

function readSegmentations(input: ByteReader, body: PlainBody): Segmentation[] {
  const count = input.count(4);
  if (count === 0) throw damaged('it has no segments');
  return Array.from({ length: count }, () => {
    const by = Array.from({ length: input.count(1) }, () => readText(input));
    if (by.length === 0) throw damaged('segments are made by no field');
    const most = input.varint();
    const minRows = input.varint();
    const values = Array.from({ length: input.count(by.length) }, () =>
      by.map(() => readText(input)),
    );
    const segments = Array.from({ length: values.length + 1 }, () => readSegment(input, body));
    checkSegments(segments, body);
    return { by, most, minRows, values, segments };
  });
}

function readSegment(input: ByteReader, { pane, paneStarts, fields }: PlainBody): BaselineSegment {
  const most = pane === null ? 1 : paneStarts.length;
  const length = input.count(2);
  const panes = new Uint32Array(length);
  const rows = new Float64Array(length);
  let next = 0;
  for (let i = 0; i < length; i++) {
    const place = next + input.varint();
    rows[i] = input.varint();
    if (place >= most || rows[i] === 0) throw damaged('a segment has rows in no pane');
    panes[i] = place;
    next = place + 1;
  }
  return {
    panes,
    rows,
    fields: fields.map((field) => {
      const values = field.kind === 'rates' ? 1 : field.values.length;
      return Array.from(rows, (own) => readPane(input, { length: values, rows: own }));
    }),
  };
}

/** All segments together are the whole: by pane in their rows, by field in every count. */
function checkSegments(
  segments: readonly BaselineSegment[],
  { rows, pane, paneRows, fields }: PlainBody,
): void {
  const left = pane === null ? Float64Array.of(rows) : paneRows.slice();
  for (const segment of segments) {
    for (const [i, place] of segment.panes.entries()) left[place]! -= segment.rows[i]!;
  }
  if (left.some((count) => count !== 0)) throw damaged('its segments do not hold all rows');
  for (const [i, field] of fields.entries()) {
    const counts = field.kind === 'rates' ? Float64Array.of(field.present) : field.counts;
    const total = sumPanes(
      segments.flatMap((segment) => segment.fields[i]!),
      counts.length,
    );
    const isSame =
      total.missing === field.missing &&
      total.wrongType === field.wrongType &&
      total.infinite === (field.kind === 'numeric' ? field.infinite : 0) &&
      total.counts.every((count, place) => count === counts[place]);
    if (!isSame) throw damaged(`its segments do not add up to ${field.spec.name}`);
  }
}
