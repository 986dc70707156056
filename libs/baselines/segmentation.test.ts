import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { FieldSpec, FieldType } from '#libs/profiles/field.ts';
import { createProfile, mergeProfile } from '#libs/profiles/profile.ts';
import { plain } from '#libs/profiles/testing/rows.ts';
import type { SegmentRequest } from './baseline.ts';
import { type BuildResult, buildBaseline } from './build-baseline.ts';
import { decodeBaseline } from './decode.ts';
import { encodeBaseline } from './encode.ts';
import { projectBaseline } from './project.ts';
import { rowsTable } from './readers/rows.ts';

const HOUR = 3_600_000;

function spec(name: string, type: FieldType, more: Partial<FieldSpec> = {}): FieldSpec {
  return { name, path: `$.${name}`, type, role: 'feature', ...more };
}

const FIELDS = [
  spec('country', 'categorical'),
  spec('flag', 'boolean'),
  spec('key', 'id', { path: '$.text' }),
  spec('n', 'numeric'),
  spec('text', 'categorical'),
];

interface Row {
  readonly t: Date;
  readonly country: unknown;
  readonly flag: unknown;
  readonly n: unknown;
  readonly text: unknown;
}

const row: fc.Arbitrary<Row> = fc.record({
  t: fc.integer({ min: -5 * HOUR, max: 5 * HOUR }).map((ms) => new Date(ms)),
  country: fc.constantFrom('DE', 'DE', 'DE', 'FR', 'FR', 'JP', '', 'x'.repeat(200), null, 7),
  flag: fc.constantFrom(true, false, null),
  n: fc.oneof(fc.integer({ min: -9, max: 9 }), fc.constantFrom(0.5, 'x', null, Infinity)),
  text: fc.constantFrom('a', 'b', 'c', '\ud800', null),
});
const rows = fc.array(row, { minLength: 1, maxLength: 80 });
const BY_COUNTRY: SegmentRequest = { by: ['country'], most: 3, minRows: 2 };
const BY_BOTH: SegmentRequest = { by: ['flag', 'country'], most: 4, minRows: 1 };

function build(
  all: readonly object[],
  segments: readonly SegmentRequest[],
  time: string | null = 't',
): Promise<BuildResult> {
  const source = rowsTable(all);
  return buildBaseline({ source, fields: FIELDS, segments, ...(time === null ? {} : { time }) });
}

/** The rows of each segment, in the plainest way. */
function divide(all: readonly Row[], { by, most, minRows }: SegmentRequest) {
  const keyOf = (each: Row) => {
    const { country, flag } = each;
    const isNamed = typeof country === 'string' && country.length < 129;
    const parts = by.map((name) =>
      name === 'country' ? (isNamed ? country : null) : flag === null ? null : String(flag),
    );
    return parts.includes(null) ? null : JSON.stringify(parts);
  };
  const groups = Map.groupBy(all, keyOf);
  groups.delete(null);
  const kept = [...groups]
    .filter(([, own]) => own.length >= minRows)
    .sort(([a, x], [b, y]) => y.length - x.length || (a! < b! ? -1 : 1))
    .slice(0, most);
  const named = new Set(kept.map(([key]) => key));
  return {
    values: kept.map(([key]) => JSON.parse(key!) as string[]),
    rows: [...kept.map(([, own]) => own), all.filter((each) => !named.has(keyOf(each)))],
  };
}

describe('segments of a baseline', () => {
  it('hold what baselines of their rows alone would hold', async () => {
    await fc.assert(
      fc.asyncProperty(rows, fc.constantFrom('t', null), async (all, time) => {
        const { baseline } = await build(all, [BY_COUNTRY, BY_BOTH], time);
        for (const [i, request] of [BY_COUNTRY, BY_BOTH].entries()) {
          const expected = divide(all, request);
          const { values, segments } = baseline.segmentations[i]!;
          expect(values).toEqual(expected.values);
          for (const [s, own] of expected.rows.entries()) {
            const segment = segments[s]!;
            expect(segment.rows.reduce((sum, count) => sum + count, 0)).toBe(own.length);
            if (own.length === 0) continue;
            const alone = (await build(own, [], time)).baseline;
            expect([...segment.rows]).toEqual(time === null ? [own.length] : [...alone.paneRows]);
            for (const [f, field] of alone.fields.entries()) {
              const whole = baseline.fields[f]!;
              const parts = segment.fields[f]!.map(({ index, count, ...rates }) => ({
                counts: Array.from(index, (place, entry) => [
                  whole.kind === 'rates' ? 0 : whole.values[place],
                  count[entry],
                ]),
                ...rates,
              }));
              const panes = time === null ? [{ index: null, count: null, ...field }] : field.panes;
              expect(parts).toHaveLength(panes.length);
              for (const [p, { missing, wrongType }] of panes.entries()) {
                expect(parts[p]).toMatchObject({ missing, wrongType });
              }
              const total = new Map<unknown, number>();
              for (const [value, count] of parts.flatMap(({ counts }) => counts)) {
                total.set(value, (total.get(value) ?? 0) + Number(count));
              }
              const counted =
                field.kind === 'rates'
                  ? field.present === 0
                    ? []
                    : [[0, field.present]]
                  : [...field.values].map((value, place) => [value, field.counts[place]]);
              expect(new Map(counted as [unknown, number][])).toEqual(total);
            }
          }
        }
      }),
      { seed: 531, numRuns: 40 },
    );
  });

  it('have the same bytes in any order of rows, and read back as what they were', async () => {
    await fc.assert(
      fc.asyncProperty(rows, fc.constantFrom('t', null), async (all, time) => {
        const { baseline, content } = await build(all, [BY_COUNTRY, BY_BOTH], time);
        const reversed = await build([...all].reverse(), [BY_COUNTRY, BY_BOTH], time);
        expect(reversed.content).toEqual(content);
        expect(decodeBaseline(content)).toEqual(baseline);
      }),
      { seed: 532, numRuns: 40 },
    );
  });

  it('leave a baseline without them as it was, to the byte', async () => {
    const all = Array.from({ length: 50 }, (_, i) => ({
      t: new Date(i * 600_000),
      country: ['DE', 'FR'][i % 2],
      flag: i % 3 === 0,
      n: i / 4,
      text: `t${i % 7}`,
    }));
    const { baseline, content } = await build(all, []);
    // Of the release before there were segments.
    expect(baseline.hash).toMatch(/^ad20ed700e3fac22/);
    expect(projectBaseline(baseline).layout.gridHash).toMatch(/^fd50d72535088f29/);
    expect(content[0]).toBe(1);
    const segmented = await build(all, [BY_COUNTRY]);
    expect(segmented.content[0]).toBe(3);
    expect({ ...segmented.baseline, hash: '', segmentations: [] }).toEqual({
      ...baseline,
      hash: '',
    });
  });

  it('are not made of a reduced baseline, which stays as it was to the byte', async () => {
    const all = Array.from({ length: 500 }, (_, i) => ({
      t: new Date(i * 600_000),
      country: ['DE', 'FR'][i % 2],
      flag: i % 3 === 0,
      n: i / 4,
      text: `t${i % 7}`,
    }));
    const options = { source: rowsTable(all), fields: FIELDS, time: 't', minCount: 3 };
    const { baseline, content } = await buildBaseline({ ...options, segments: [] });
    // Of the version before there were segments.
    expect(baseline.hash).toMatch(/^abece6bbddca4784/);
    expect(content[0]).toBe(2);
    await expect(buildBaseline({ ...options, segments: [BY_COUNTRY] })).rejects.toMatchObject({
      code: 'PLB_CONFIG_INVALID',
      detail: { path: 'segments' },
    });
    const { segmentations } = (await build(all, [BY_COUNTRY])).baseline;
    expect(() => encodeBaseline({ ...baseline, segmentations })).toThrow(RangeError);
  });

  it('survive crafted content whose hash fits: a valid baseline or a coded error', async () => {
    const all: Row[] = Array.from({ length: 12 }, (_, i) => ({
      ...{ t: new Date(i * 900_000), country: ['DE', 'FR', 'JP'][i % 3], flag: i % 2 === 0 },
      ...{ n: i % 5, text: 'a' },
    }));
    const { content } = await build(all, [BY_COUNTRY]);
    const plainLength = (await build(all, [])).content.length;
    let refused = 0;
    for (let at = plainLength; at < content.length; at++) {
      for (const byte of [0, 1, 3, 0x7f, 0xff]) {
        const crafted = Buffer.from(content);
        crafted[at] = byte;
        const body = crafted.subarray(33);
        createHash('sha256').update(crafted.subarray(0, 1)).update(body).digest().copy(crafted, 1);
        try {
          const { hash, ...read } = decodeBaseline(crafted);
          expect(encodeBaseline(read).hash).toBe(hash);
        } catch (error) {
          expect(error).toMatchObject({ code: 'PLB_WIRE_MALFORMED' });
          refused += 1;
        }
      }
    }
    expect(refused).toBeGreaterThan(50);
  });

  it.each([
    [{ ...BY_COUNTRY, by: ['countri'] }, /nearest name is "country"/],
    [{ ...BY_COUNTRY, by: ['key'] }, /must have few values, got type id/],
  ])('refuse a field that cannot make them: %o', async (request, message) => {
    await expect(build([{ t: new Date(0), country: 'DE' }], [request])).rejects.toMatchObject({
      detail: expect.objectContaining({ path: 'segments.by' }),
    });
    const error = await build([{ t: new Date(0) }], [request]).catch((reason: Error) => reason);
    const { detail } = error as Error & { detail: { fix: string } };
    expect(`${(error as Error).message} ${detail.fix}`).toMatch(message);
  });

  it('say what share of the rows they hold', async () => {
    const all = ['DE', 'DE', 'FR', 'FR', 'JP', null].map((country) => ({
      ...{ t: new Date(0), country },
    }));
    const { warnings } = await build(all, [BY_COUNTRY]);
    expect(warnings).toContainEqual({
      code: 'segments_folded',
      field: null,
      message:
        '2 of 3 values of country are segments, with 66.7% of the rows; all else counts together as other',
    });
  });
});

describe('projecting segments', () => {
  const many: Row[] = Array.from({ length: 6000 }, (_, i) => ({
    t: new Date((i % 10) * HOUR),
    country: ['DE', 'FR', 'JP', 'US'][i % 4],
    flag: i % 3 === 0,
    // Each country has a range of its own.
    n: (i % 4) * 1000 + ((i * 7919) % 997),
    text: `t${(i * 31) % 700}`,
  }));
  const request: SegmentRequest = { by: ['country'], most: 2, minRows: 10 };

  it('gives cells that are unions of the whole’s, and counts that add up to it', async () => {
    const { baseline } = await build(many, [request]);
    const projected = projectBaseline(baseline, { segments: request, bins: 20 });
    const { segments: layout, fields } = projected.layout;
    expect(projected.segments.map(({ name }) => name)).toEqual([
      ...['country=DE', 'country=FR', 'other'],
    ]);
    expect(layout?.fields.map(({ spec: { name } }) => name)).toEqual(['flag', 'key', 'n', 'text']);
    for (const field of layout!.fields) {
      const whole = fields.find(({ spec: { name } }) => name === field.spec.name)!;
      if (field.kind === 'numeric' && whole.kind === 'numeric') {
        expect(field.knots.length).toBeGreaterThan(200);
        expect(field.knots.length).toBeLessThanOrEqual(256);
        expect(whole.knots.length).toBeGreaterThan(1900);
        expect(field.knots.every((knot) => whole.knots.includes(knot))).toBe(true);
      }
      if (
        field.kind === 'categorical' &&
        whole.kind === 'categorical' &&
        field.spec.name === 'text'
      ) {
        expect(field.categories).toHaveLength(256);
        expect([...field.categories, ...field.folded].sort()).toEqual(
          [...whole.categories, ...whole.folded].sort(),
        );
      }
    }
    const total = createProfile(layout!);
    for (const segment of projected.segments) mergeProfile(total, segment.total);
    expect(total.events).toBe(6000);
    const [n] = [total.fields[2]!];
    if (n.kind !== 'numeric') throw new Error('n must be numeric');
    // The declared edges of the bins stay, so bins on both grids hold the same.
    const fine = projected.total.fields[3]!;
    if (fine.kind !== 'numeric') throw new Error('n must be numeric');
    const upTo = (knots: Float64Array, cells: Float64Array, edge: number) => {
      const at = knots.indexOf(edge);
      return cells.subarray(0, 2 * at + 2).reduce((sum, count) => sum + count, 0);
    };
    const coarse = layout!.fields[2]!;
    const whole = fields[3]!;
    if (coarse.kind !== 'numeric' || whole.kind !== 'numeric') throw new Error('must be numeric');
    for (const knot of coarse.knots) {
      expect(upTo(coarse.knots, n.cells, knot)).toBe(upTo(whole.knots, fine.cells, knot));
    }
  });

  it('is as fine as 256 knots allow for the segment that needs them most', async () => {
    const { baseline } = await build(many, [request]);
    const { segments, layout } = projectBaseline(baseline, { segments: request });
    const shares = segments.map(({ total }) => {
      const counts = total.fields[2]!;
      if (counts.kind !== 'numeric') throw new Error('n must be numeric');
      const open = counts.cells.filter((_, cell) => cell % 2 === 0);
      return Math.max(...open) / counts.cells.reduce((sum, count) => sum + count, 0);
    });
    // Three segments share 256 knots: each is left with some 85, and at most 1 of 85 between two.
    for (const share of shares) expect(share).toBeLessThan(1 / 60);
    expect(layout.gridHash).not.toBe(projectBaseline(baseline).layout.gridHash);
  });

  it('gives each pane what the rows of its time hold', async () => {
    const { baseline } = await build(many, [request]);
    const { segments, layout } = projectBaseline(baseline, { segments: request });
    for (const { between, total, paneStarts, paneRows } of segments) {
      const sum = createProfile(layout.segments!);
      for (const [i, start] of paneStarts.entries()) {
        const pane = between(start, start + HOUR);
        expect(pane.events).toBe(paneRows[i]);
        mergeProfile(sum, pane);
      }
      expect(plain(sum)).toEqual(plain(total));
      expect(plain(between(-1e15, 1e15))).toEqual(plain(total));
    }
  });

  it('counts the categories that a segment has once and twice', async () => {
    const all = ['a', 'a', 'a', 'b', 'c', 'c', 'd'].map((text, i) => ({
      ...{ t: new Date(i * HOUR), country: i < 5 ? 'DE' : 'FR', text },
    }));
    const { baseline } = await build(all, [{ by: ['country'], most: 5, minRows: 1 }]);
    const { segments } = projectBaseline(baseline, {
      segments: { by: ['country'], most: 5, minRows: 1 },
    });
    expect(segments.map(({ seen }) => seen.text)).toEqual([
      { once: 2, twice: 0 },
      { once: 2, twice: 0 },
      { once: 0, twice: 0 },
    ]);
  });

  it('refuses segments that the baseline does not have', async () => {
    const { baseline } = await build(many.slice(0, 100), [request]);
    expect(() => projectBaseline(baseline, { segments: { ...request, most: 3 } })).toThrow(
      /built without them/,
    );
  });
});
