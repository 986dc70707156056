import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { normalUpperTail } from '../distributions/normal-upper-tail.ts';
import { seededRandom } from '../reference/random.ts';
import type { OnlineFdr } from './online-fdr.ts';
import {
  createOnlineFdr,
  ONLINE_FDR_PROCEDURES,
  type OnlineFdrName,
  restoreOnlineFdr,
} from './procedures.ts';

const names = Object.keys(ONLINE_FDR_PROCEDURES) as OnlineFdrName[];

/** Small p-values are frequent, so that there are discoveries. */
const pValues = fc.array(
  fc.oneof(
    fc.double({ min: 0, max: 1, noNaN: true }),
    fc.integer({ min: 0, max: 400 }).map((exponent) => 10 ** -exponent),
  ),
  { maxLength: 60 },
);

function throughJson(state: object): unknown {
  return JSON.parse(JSON.stringify(state));
}

describe.each(names)('%s', (name) => {
  const fresh = (): OnlineFdr => createOnlineFdr(name, { alpha: 0.2 });

  it('goes on identically from a state that went through JSON', () => {
    fc.assert(
      fc.property(pValues, fc.nat(60), (values, cut) => {
        const whole = fresh();
        const expected = values.map((p) => whole.test(p));
        const before = fresh();
        const first = values.slice(0, cut).map((p) => before.test(p));
        const after = restoreOnlineFdr(throughJson(before.state()));
        expect([...first, ...values.slice(cut).map((p) => after.test(p))]).toEqual(expected);
        expect(after.state()).toEqual(whole.state());
      }),
      { seed: 91, numRuns: 200 },
    );
  });

  it('sets a level in (0, 1) before it looks, and discovers what is at most the level', () => {
    fc.assert(
      fc.property(pValues, fc.double({ min: 0, max: 1, noNaN: true }), (values, last) => {
        const one = fresh();
        const other = fresh();
        for (const p of values) {
          const { level, discovery } = one.test(p);
          expect(other.test(p).level).toBe(level);
          expect(level > 0 && level < 1).toBe(true);
          expect(discovery).toBe(p <= level);
        }
        expect(one.test(last).level).toBe(other.test(1 - last).level);
      }),
      { seed: 92, numRuns: 100 },
    );
  });

  it('never lowers a later level when a p-value gets smaller', () => {
    fc.assert(
      fc.property(pValues, fc.nat(59), (values, at) => {
        const smaller = values.map((p, i) => (i === at ? p / 1000 : p));
        const one = fresh();
        const other = fresh();
        for (const [i, p] of values.entries()) {
          expect(other.test(smaller[i]!).level).toBeGreaterThanOrEqual(
            one.test(p).level * (1 - 1e-12),
          );
        }
      }),
      { seed: 93, numRuns: 200 },
    );
  });

  it('keeps a bounded memory over three thousand discoveries, and levels that fall after them', () => {
    const sequence = fresh();
    for (let i = 0; i < 3000; i++) expect(sequence.test(0).discovery).toBe(true);
    const size = JSON.stringify(sequence.state()).length;
    expect(size).toBeLessThan(6000);
    const { level } = sequence.test(1);
    expect(sequence.test(1).level).toBeLessThanOrEqual(level);
    expect(restoreOnlineFdr(throughJson(sequence.state())).test(1)).toEqual(sequence.test(1));
  });

  it('keeps the false discovery rate over independent p-values, and still discovers', () => {
    const alpha = 0.1;
    const { rate, found } = simulate(name, { alpha, dependent: false });
    expect(rate.mean).toBeLessThan(alpha + 4 * rate.error);
    expect(found).toBeGreaterThan(3);
  });

  it('discovers anything at all in at most a share alpha of the streams without any drift', () => {
    const random = seededRandom(52);
    const alpha = 0.1;
    const streams = 2000;
    let wrong = 0;
    for (let stream = 0; stream < streams; stream++) {
      const sequence = createOnlineFdr(name, { alpha });
      let any = false;
      for (let t = 0; t < 100; t++) if (sequence.test(random()).discovery) any = true;
      if (any) wrong++;
    }
    expect(wrong / streams).toBeLessThan(alpha + 4 * Math.sqrt((alpha * (1 - alpha)) / streams));
    expect(wrong).toBeGreaterThan(0);
  });

  it.each([Number.NaN, -0.001, 1.001, Number.POSITIVE_INFINITY])('refuses p = %d', (p) => {
    const sequence = fresh();
    const before = sequence.state();
    expect(() => sequence.test(p)).toThrow(
      new RangeError(`Cannot test with ${name}: p must be in [0, 1], got ${p}`),
    );
    expect(sequence.state()).toEqual(before);
  });

  it.each([{ alpha: 0 }, { alpha: 1 }, { alpha: '0.1' }, { beta: 1 }])(
    'refuses options %j',
    (options) => {
      const create = (): unknown => createOnlineFdr(name, options as never);
      expect(create).toThrow(RangeError);
      expect(create).toThrow(`Cannot create ${name}: `);
    },
  );

  it('refuses a state with a damaged member', () => {
    const sequence = fresh();
    for (const p of [0, 0.5, 0.9, 0]) sequence.test(p);
    for (const key of Object.keys(sequence.state().memory)) {
      for (const damage of [null, 'x', -1, [-1], undefined]) {
        const state = sequence.state();
        Reflect.set(state.memory, key, damage);
        expect(() => restoreOnlineFdr(state), `${key} ${damage}`).toThrow(RangeError);
      }
    }
  });
});

/** One-sided z-tests, every fifth hypothesis false by three deviations. */
function simulate(
  name: OnlineFdrName,
  { alpha, dependent }: { readonly alpha: number; readonly dependent: boolean },
): { readonly rate: { readonly mean: number; readonly error: number }; readonly found: number } {
  const random = seededRandom(51);
  const normal = (): number =>
    Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  const streams = 300;
  const rates: number[] = [];
  let found = 0;
  for (let stream = 0; stream < streams; stream++) {
    const sequence = createOnlineFdr(name, { alpha });
    // Dependent: neighbours have 0.9 in common, as overlapping windows do.
    let common = normal();
    let discoveries = 0;
    let wrong = 0;
    for (let t = 0; t < 300; t++) {
      common = 0.9 * common + Math.sqrt(0.19) * normal();
      const isFalse = random() < 0.2;
      const z = (dependent ? common : normal()) + (isFalse ? 3 : 0);
      if (!sequence.test(normalUpperTail(z).p_value).discovery) continue;
      discoveries++;
      if (!isFalse) wrong++;
    }
    rates.push(wrong / Math.max(1, discoveries));
    found += discoveries / streams;
  }
  const mean = rates.reduce((a, b) => a + b, 0) / streams;
  const spread = rates.reduce((sum, rate) => sum + (rate - mean) ** 2, 0) / (streams - 1);
  return { rate: { mean, error: Math.sqrt(spread / streams) }, found };
}

describe('lond under dependence', () => {
  it('keeps the false discovery rate where neighbouring p-values have nine tenths in common', () => {
    const alpha = 0.1;
    const { rate, found } = simulate('lond', { alpha, dependent: true });
    expect(rate.mean).toBeLessThan(alpha + 4 * rate.error);
    expect(found).toBeGreaterThan(1);
  });
});

describe('createOnlineFdr and restoreOnlineFdr', () => {
  it('name each procedure as it is listed', () => {
    for (const name of names) {
      expect(createOnlineFdr(name).name).toBe(name);
      expect(restoreOnlineFdr(createOnlineFdr(name).state()).name).toBe(name);
    }
  });

  it('refuse an unknown name and what is no state', () => {
    expect(() => createOnlineFdr('addis' as never)).toThrow(
      'Cannot create a procedure: its name must be one of lord_plus_plus, saffron, lond, got addis',
    );
    for (const state of [null, 3, {}, { procedure: 'lond' }, { procedure: 'lond', version: 2 }]) {
      expect(() => restoreOnlineFdr(state)).toThrow(/^Cannot restore/);
    }
  });
});
