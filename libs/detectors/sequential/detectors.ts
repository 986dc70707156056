import { ADWIN } from './adwin.ts';
import { CONFIDENCE_SEQUENCE } from './confidence-sequence.ts';
import { CUSUM } from './cusum.ts';
import { EWMA } from './ewma.ts';
import { KSWIN } from './kswin.ts';
import { PAGE_HINKLEY } from './page-hinkley.ts';
import {
  createFrom,
  type DetectorDefinition,
  type DetectorState,
  restoreFrom,
  type SequentialDetector,
} from './sequential-detector.ts';

/** All sequential detectors by name. */
export const SEQUENTIAL_DETECTORS = {
  page_hinkley: PAGE_HINKLEY,
  adwin: ADWIN,
  kswin: KSWIN,
  cusum: CUSUM,
  ewma: EWMA,
  confidence_sequence: CONFIDENCE_SEQUENCE,
} as const;

export type SequentialDetectorName = keyof typeof SEQUENTIAL_DETECTORS;

/** The options of a detector; what has a default may be left out. */
export type DetectorOptions<N extends SequentialDetectorName> =
  (typeof SEQUENTIAL_DETECTORS)[N] extends DetectorDefinition<infer O, infer _>
    ? Partial<O>
    : never;

/**
 * A detector by name, one that has seen nothing.
 *
 * @example createDetector('page_hinkley', { lambda: 10 }).update(0.3) // { kind: 'waiting', remaining: 29 }
 * @throws RangeError for an unknown name, and for options that are out of range, unknown, missing or
 *   contradictory
 */
export function createDetector<N extends SequentialDetectorName>(
  name: N,
  options?: DetectorOptions<N>,
): SequentialDetector {
  return createFrom(definitionOf(name, 'create'), options ?? {});
}

/**
 * The detector that a state was taken from: it goes on as if nothing had happened.
 *
 * @throws RangeError for what is no state, and for one that such a detector cannot have written
 */
export function restoreDetector(state: unknown): SequentialDetector {
  const { detector, version } = (state ?? {}) as Partial<DetectorState>;
  const definition = definitionOf(String(detector), 'restore');
  if (version !== 1) {
    throw new RangeError(`Cannot restore ${detector}: version must be 1, got ${version}`);
  }
  return restoreFrom(definition, state as DetectorState);
}

function definitionOf(name: string, verb: string): DetectorDefinition<object, object> {
  if (!Object.hasOwn(SEQUENTIAL_DETECTORS, name)) {
    const names = Object.keys(SEQUENTIAL_DETECTORS).join(', ');
    throw new RangeError(
      `Cannot ${verb} a detector: its name must be one of ${names}, got ${name}`,
    );
  }
  const definition = SEQUENTIAL_DETECTORS[name as SequentialDetectorName];
  // Options and memory are checked by the rules of this very definition before it sees them.
  return definition as unknown as DetectorDefinition<object, object>;
}
