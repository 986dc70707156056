import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  createDetector,
  type DetectorOptions,
  restoreDetector,
  SEQUENTIAL_DETECTORS,
  type SequentialDetectorName,
} from './detectors.ts';
import { seededNormal } from './reference/seeded-normal.ts';
import type {
  DetectorState,
  SequentialDetector,
  SequentialOutcome,
} from './sequential-detector.ts';

/** What the promises below need to know of a detector. A new one is added to this list. */
interface Member<N extends SequentialDetectorName> {
  /** Sensible for normal values of mean 0 and deviation 1. */
  readonly options: DetectorOptions<N>;
  /** Small, so that short streams go through all states. */
  readonly small: DetectorOptions<N>;
  readonly wrong: readonly (readonly [object, string])[];
  /** Most numbers in the memory after a number of values. */
  readonly memory: (values: number) => number;
}

const normal = Array.from({ length: 200 }, seededNormal(1));

const members: { readonly [N in SequentialDetectorName]: Member<N> } = {
  page_hinkley: {
    options: { lambda: 30, delta: 0.1 },
    small: { lambda: 4, delta: 0.1, minInstances: 3, alpha: 0.9 },
    wrong: [
      [{ delta: -1 }, 'delta must be a number, at least 0 and at most 1e+100, got -1'],
      [{ lambda: 0 }, 'lambda must be a number, above 0, got 0'],
      [{ alpha: 1.1 }, 'alpha must be a number, above 0 and at most 1, got 1.1'],
      [{ minInstances: 2.5 }, 'minInstances must be an integer, at least 1, got 2.5'],
      [{ direction: 'left' }, 'direction must be up or down or both, got "left"'],
    ],
    memory: () => 6,
  },
  adwin: {
    options: {},
    small: { clock: 3, delta: 0.9, maxBuckets: 2, minWindow: 1, grace: 6, afterDrift: 'shrink' },
    wrong: [
      [{ delta: 1 }, 'delta must be a number, above 0 and below 1, got 1'],
      [{ clock: 0 }, 'clock must be an integer, at least 1, got 0'],
      [{ maxBuckets: 1 }, 'maxBuckets must be an integer, at least 2 and at most 1000, got 1'],
      [{ minWindow: 0 }, 'minWindow must be an integer, at least 1, got 0'],
      [{ grace: -1 }, 'grace must be an integer, at least 0, got -1'],
      [{ afterDrift: 'go on' }, 'afterDrift must be restart or shrink, got "go on"'],
    ],
    memory: (values) => 4 + 2 * 5 * Math.ceil(Math.log2(values)),
  },
  kswin: {
    options: { alpha: 1e-5 },
    small: { alpha: 0.5, windowSize: 10, statSize: 4, seed: 9 },
    wrong: [
      [{ alpha: 0 }, 'alpha must be a number, above 0 and below 1, got 0'],
      [
        { alpha: 1e-30 },
        'alpha must be at least 1.69e-17, the least p-value of 30 values, got 1e-30',
      ],
      [{ windowSize: 1 }, 'windowSize must be an integer, at least 2 and at most 5000, got 1'],
      [{ statSize: 51 }, 'windowSize must be at least twice statSize, got 100 and 51'],
      [{ seed: -1 }, 'seed must be an integer, at least 0 and at most 4294967295, got -1'],
    ],
    memory: () => 101,
  },
  cusum: {
    options: { mean: 0, sd: 1 },
    small: { mean: 0.1, sd: 2, k: 0.2, h: 2 },
    wrong: [
      [{ sd: 1 }, 'mean must be a number, at least -1e+100 and at most 1e+100, got undefined'],
      [{ mean: 0, sd: 0 }, 'sd must be a number, at least 1e-100 and at most 1e+100, got 0'],
      [{ mean: 0, sd: 1, k: -1 }, 'k must be a number, at least 0, got -1'],
      [{ mean: 0, sd: 1, h: Number.NaN }, 'h must be a number, above 0, got NaN'],
    ],
    memory: () => 2,
  },
  ewma: {
    options: { mean: 0, sd: 1 },
    small: { mean: 0.1, sd: 2, lambda: 0.5, width: 2 },
    wrong: [
      [{ mean: 0 }, 'sd must be a number, at least 1e-100 and at most 1e+100, got undefined'],
      [{ mean: 0, sd: 1, lambda: 0 }, 'lambda must be a number, above 0 and at most 1, got 0'],
      [{ mean: 0, sd: 1, width: 0 }, 'width must be a number, above 0 and at most 1000, got 0'],
      [{ mean: 0, sd: 1, limits: '' }, 'limits must be exact or asymptotic, got ""'],
    ],
    memory: () => 2,
  },
  confidence_sequence: {
    options: { baseline: normal },
    small: { baseline: normal.slice(0, 40), alpha: 0.5, minInstances: 2 },
    wrong: [
      [
        { baseline: [] },
        'baseline must be a list of at least 1 members, each a number, at least -1e+100 and at most 1e+100, got a list of 0',
      ],
      [
        { baseline: [0, Number.NaN] },
        'baseline must be a list of at least 1 members, each a number, at least -1e+100 and at most 1e+100, got a list of 2',
      ],
      [
        { baseline: normal, alpha: 0.6 },
        'alpha must be a number, above 0 and at most 0.5, got 0.6',
      ],
      [{ baseline: normal, minInstances: 0 }, 'minInstances must be an integer, at least 1, got 0'],
    ],
    memory: () => 2 * 200 + 2,
  },
};

const names = Object.keys(SEQUENTIAL_DETECTORS) as SequentialDetectorName[];

/** Steps and noise; some runs are of few values, so that ties occur. */
const streams = fc
  .array(
    fc.record({
      level: fc.integer({ min: -3, max: 3 }),
      values: fc.array(
        fc.oneof(fc.integer({ min: -2, max: 2 }), fc.constant(-0), fc.double(plain(-3, 3))),
        {
          maxLength: 30,
        },
      ),
    }),
    { maxLength: 5 },
  )
  .map((parts) =>
    parts.flatMap(({ level, values }) =>
      values.map((value) => (level === 0 ? value : value + level)),
    ),
  );

function plain(min: number, max: number): fc.DoubleConstraints {
  return { min, max, noNaN: true, noDefaultInfinity: true };
}

function outcomes(detector: SequentialDetector, values: readonly number[]): SequentialOutcome[] {
  return values.map((value) => detector.update(value));
}

function throughJson(state: DetectorState): unknown {
  return JSON.parse(JSON.stringify(state));
}

function numbersIn(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 1;
  return Object.values(value).reduce<number>((sum, member) => sum + numbersIn(member), 0);
}

describe.each(names)('%s', (name) => {
  const { options, small, wrong, memory } = members[name];
  const fresh = (): SequentialDetector => createDetector(name, options);
  const quick = (): SequentialDetector => createDetector(name, small);

  it('goes on identically from a state that went through JSON', () => {
    let alarms = 0;
    fc.assert(
      fc.property(streams, fc.nat(150), (values, cut) => {
        const whole = quick();
        const expected = outcomes(whole, values);
        const before = quick();
        const first = outcomes(before, values.slice(0, cut));
        const after = restoreDetector(throughJson(before.state()));
        expect([...first, ...outcomes(after, values.slice(cut))]).toEqual(expected);
        expect(after.state()).toEqual(whole.state());
        expect(throughJson(whole.state())).toEqual(whole.state());
        alarms += expected.filter(({ kind }) => kind === 'drift').length;
      }),
      { seed: 61, numRuns: 300 },
    );
    expect(alarms).toBeGreaterThan(20);
  });

  it('tells drift exactly where its statistic is above its limit, and when it tests next', () => {
    fc.assert(
      fc.property(streams, (values) => {
        let next: number | null = null;
        for (const outcome of outcomes(quick(), values)) {
          if (next !== null) next -= 1;
          if (outcome.kind === 'waiting') {
            if (next !== null) expect(outcome.remaining).toBe(next);
            expect(outcome.remaining).toBeGreaterThan(0);
            next = outcome.remaining;
            continue;
          }
          expect(next ?? 0).toBe(0);
          next = null;
          const { statistic, limit } = outcome;
          expect(Number.isFinite(statistic) && statistic >= 0).toBe(true);
          expect(Number.isFinite(limit) && limit > 0).toBe(true);
          expect(outcome.kind).toBe(statistic > limit ? 'drift' : 'steady');
        }
      }),
      { seed: 62, numRuns: 100 },
    );
  });

  it('raises no alarm on a constant stream', () => {
    for (const constant of [0, -3.25, 1e-9, 1e9]) {
      const about =
        name === 'confidence_sequence'
          ? { ...options, baseline: [constant] }
          : 'mean' in options
            ? { ...options, mean: constant }
            : options;
      const detector = createDetector(name, about);
      for (let i = 0; i < 3000; i++) expect(detector.update(constant).kind).not.toBe('drift');
    }
  });

  it.each([
    [4, 'up'],
    [-4, 'down'],
  ])('finds a shift by %i deviations within 100 values, and its direction', (shift, direction) => {
    const next = seededNormal(7);
    const detector = fresh();
    for (let i = 0; i < 300; i++) expect(detector.update(next()).kind).not.toBe('drift');
    let alarm: SequentialOutcome | undefined;
    for (let i = 0; i < 100 && alarm === undefined; i++) {
      const outcome = detector.update(next() + shift);
      if (outcome.kind === 'drift') alarm = outcome;
    }
    const compares = name === 'kswin' || name === 'confidence_sequence';
    expect(alarm).toMatchObject({ kind: 'drift', direction: compares ? null : direction });
  });

  it('goes on after an alarm as one that has seen nothing', () => {
    const next = seededNormal(8);
    const detector = fresh();
    let count = 0;
    while (detector.update(next() + (count < 300 ? 0 : 5)).kind !== 'drift') count++;
    const values = Array.from({ length: 300 }, () => next() + 5);
    expect(outcomes(detector, values)).toEqual(outcomes(fresh(), values));
  });

  it('is as new after a reset', () => {
    const values = normal.map((value) => value / 2);
    const detector = quick();
    outcomes(detector, values);
    detector.reset();
    expect(detector.state()).toEqual(quick().state());
    expect(outcomes(detector, values)).toEqual(outcomes(quick(), values));
  });

  it('keeps a bounded memory', () => {
    const next = seededNormal(9);
    const detector = fresh();
    for (let i = 1; i <= 20_000; i++) {
      detector.update(next());
      if (i % 1999 === 0) {
        expect(numbersIn(detector.state().memory)).toBeLessThanOrEqual(memory(i));
      }
    }
  });

  it.each([Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 1.1e100, -2e100])(
    'refuses %d and stays as it was',
    (value) => {
      const detector = quick();
      outcomes(detector, [1, 2, 3]);
      const before = detector.state();
      expect(() => detector.update(value)).toThrow(
        new RangeError(
          `Cannot update ${name}: a value must be a number from -1e100 to 1e100, got ${value}`,
        ),
      );
      expect(detector.state()).toEqual(before);
    },
  );

  it('stays finite over values of any size', () => {
    const values = [1e100, -1e100, 1e100, 5e-324, -0, 1e-300, 2 ** 53, -1e100, 1e99];
    const detector = quick();
    for (let i = 0; i < 200; i++) {
      const outcome = detector.update(values[i % values.length]!);
      if (outcome.kind !== 'waiting') expect(Number.isFinite(outcome.statistic)).toBe(true);
      expect(() => restoreDetector(throughJson(detector.state()))).not.toThrow();
    }
  });

  it.each([...wrong, [{ window: 3 }, 'members must be of'] as const])(
    'refuses options %j',
    (given, message) => {
      const create = (): unknown => createDetector(name, given as never);
      expect(create).toThrow(RangeError);
      expect(create).toThrow(`Cannot create ${name}: ${message}`);
    },
  );

  it('refuses a state in which any number or word was damaged', () => {
    const detector = quick();
    outcomes(detector, normal.slice(0, 37));
    const state = detector.state();
    for (const path of leaves(state)) {
      for (const damage of [null, 'x', Number.NaN, [], undefined]) {
        const copy = structuredClone(state);
        place(copy, path, damage);
        // A missing option stands for its default.
        if (damage === undefined && path[0] === 'options') continue;
        expect(() => restoreDetector(copy), `${path.join('.')} ${damage}`).toThrow(RangeError);
      }
    }
  });

  it('shares nothing with what it was given or gave', () => {
    const given = structuredClone(small);
    const detector = createDetector(name, given);
    for (const list of Object.values(given)) if (Array.isArray(list)) list.fill(7);
    outcomes(detector, normal.slice(0, 30));
    const state = structuredClone(detector.state());
    for (const path of leaves(detector.state())) place(detector.state(), path, 7);
    const restored = restoreDetector(state);
    const expected = outcomes(detector, normal);
    expect(outcomes(restored, normal)).toEqual(expected);
    const untouched = quick();
    outcomes(untouched, normal.slice(0, 30));
    expect(outcomes(untouched, normal)).toEqual(expected);
  });
});

function leaves(value: unknown, path: readonly string[] = []): string[][] {
  if (typeof value !== 'object' || value === null) return [[...path]];
  return Object.entries(value).flatMap(([key, member]) => leaves(member, [...path, key]));
}

function place(root: object, path: readonly string[], value: unknown): void {
  const parent = path.slice(0, -1).reduce<object>((at, key) => Reflect.get(at, key), root);
  Reflect.set(parent, path.at(-1)!, value);
}

describe('createDetector and restoreDetector', () => {
  it('name each detector as it is listed', () => {
    for (const name of names) {
      const detector = createDetector(name, members[name].options);
      expect(detector.name).toBe(name);
      expect(restoreDetector(detector.state()).name).toBe(name);
    }
  });

  it('refuse an unknown name', () => {
    expect(() => createDetector('toString' as never)).toThrow(
      'Cannot create a detector: its name must be one of page_hinkley, adwin, kswin, cusum, ewma, confidence_sequence, got toString',
    );
  });

  it.each([[null], [3], ['x'], [{}], [{ detector: 'ewma' }], [{ detector: 'ewma', version: 2 }]])(
    'refuse the state %j',
    (state) => {
      expect(() => restoreDetector(state)).toThrow(/^Cannot restore/);
    },
  );
});
