import { describe, expect, it } from 'vitest';
import { createDetector, type SequentialDetectorName } from './detectors.ts';
import { kswinWith } from './kswin.ts';
import reference from './reference/alarms.json' with { type: 'json' };
import { PythonRandom } from './reference/python-random.ts';
import { createFrom, type SequentialDetector } from './sequential-detector.ts';

const streams: Readonly<Record<string, readonly number[]>> = reference.streams;

function alarmsOf(create: () => SequentialDetector, values: readonly number[]): number[] {
  const detector = create();
  return values.flatMap((value, i) => (detector.update(value).kind === 'drift' ? [i] : []));
}

/** KSWIN with Python's draws; the reference begins them anew after each alarm. */
function kswinOfPython(options: { readonly seed: number }): SequentialDetector {
  let random = new PythonRandom(options.seed);
  const detector = createFrom(
    kswinWith((_, { population, count }) => random.sample(population, count)),
    options,
  );
  return {
    ...detector,
    update: (value) => {
      const outcome = detector.update(value);
      if (outcome.kind === 'drift') random = new PythonRandom(options.seed);
      return outcome;
    },
  };
}

describe(`alarms of ${reference.reference}`, () => {
  it.each(reference.runs)('$detector $options', ({ detector, options, alarms }) => {
    const found = Object.fromEntries(
      Object.keys(alarms).map((stream) => {
        const create = (): SequentialDetector =>
          detector === 'kswin'
            ? kswinOfPython(options as { seed: number })
            : createDetector(detector as SequentialDetectorName, options);
        return [stream, alarmsOf(create, streams[stream]!)];
      }),
    );
    expect(found).toEqual(alarms);
  });

  it('are many, and none of a detector is without them', () => {
    for (const { detector, options, alarms } of reference.runs) {
      const count = Object.values(alarms).flat().length;
      expect(count, `${detector} ${JSON.stringify(options)}`).toBeGreaterThan(5);
    }
  });
});

describe('PythonRandom', () => {
  it.each(reference.draws)('samples as Python does, seed $seed', ({ seed, population, third }) => {
    const random = new PythonRandom(seed);
    random.sample(population, third.length);
    random.sample(population, third.length);
    expect(random.sample(population, third.length)).toEqual(third);
  });
});
