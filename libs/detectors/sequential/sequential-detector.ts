import { checkedRecord, LARGEST_VALUE, type Rules } from '#libs/statistics/checked-record.ts';

/** Whether values moved up or down; `null` where distributions are compared, which may do neither. */
export type Direction = 'up' | 'down' | null;

/** What a detector says of the stream after a value. */
export type SequentialOutcome =
  /** Nothing was tested; the next test comes with the `remaining`-th value from here at the earliest. */
  | { readonly kind: 'waiting'; readonly remaining: number }
  /**
   * Tested: drift exactly where `statistic` is above `limit`, so their ratio tells how near an alarm
   * is. Without drift the figures are those of the test that came nearest.
   */
  | {
      readonly kind: 'steady' | 'drift';
      readonly direction: Direction;
      readonly statistic: number;
      readonly limit: number;
    };

/** Everything that a detector knows, ready for JSON: who has it goes on identically. */
export interface DetectorState {
  readonly detector: string;
  readonly version: 1;
  readonly options: object;
  readonly memory: object;
}

/** Watches one series of numbers for a change; its memory is bounded however long the series. */
export interface SequentialDetector {
  readonly name: string;
  /**
   * Takes the next value. After an alarm the detector has forgotten what it saw, the value that
   * raised it included, unless its options say otherwise.
   * @throws RangeError unless the value is a number from −1e100 to 1e100; nothing has changed then
   */
  update(value: number): SequentialOutcome;
  /** A copy of its state. */
  state(): DetectorState;
  /** Forgets the series. */
  reset(): void;
}

/** What makes one kind of detector. O are its options with all defaults, M is its memory. */
export interface DetectorDefinition<O extends object, M extends object> {
  readonly name: string;
  readonly options: Rules<O>;
  readonly memory: Rules<M>;
  /** @throws RangeError when options contradict each other */
  prepare(options: Readonly<O>): DetectorCore<M>;
}

/** A detector without its memory, which is passed in: plain numbers and lists, ready for JSON. */
export interface DetectorCore<M extends object> {
  start(): M;
  /** Updates the memory in place. */
  step(memory: M, value: number): SequentialOutcome;
  /** What a memory must be, where one that was read back is not: completes "memory must …". */
  objection?(memory: M): string | null;
  /** True where the memory outlives an alarm. */
  readonly keepsMemory?: boolean;
}

/**
 * A detector that has seen nothing.
 *
 * @throws RangeError "Cannot create …" for options that are out of range, unknown or contradictory
 */
export function createFrom<O extends object, M extends object>(
  definition: DetectorDefinition<O, M>,
  given: object = {},
): SequentialDetector {
  const { name } = definition;
  const options = checkedRecord<O>(given, { what: `create ${name}`, rules: definition.options });
  const core = definition.prepare(options);
  return detectorOf(definition, { options, core, memory: core.start() });
}

/**
 * The detector that a state was taken from.
 *
 * @throws RangeError "Cannot restore …" for a state that no such detector can have written
 */
export function restoreFrom<O extends object, M extends object>(
  definition: DetectorDefinition<O, M>,
  { options: given, memory: kept }: DetectorState,
): SequentialDetector {
  const { name } = definition;
  const what = `restore ${name}`;
  const options = checkedRecord<O>(given, { what, rules: definition.options });
  const core = definition.prepare(options);
  const memory = { ...checkedRecord<M>(kept, { what, rules: definition.memory }) };
  const objection = core.objection?.(memory) ?? null;
  if (objection !== null) throw new RangeError(`Cannot ${what}: memory must ${objection}`);
  return detectorOf(definition, { options, core, memory });
}

function detectorOf<O extends object, M extends object>(
  { name }: DetectorDefinition<O, M>,
  parts: { readonly options: Readonly<O>; readonly core: DetectorCore<M>; readonly memory: M },
): SequentialDetector {
  const { options, core } = parts;
  let { memory } = parts;
  return {
    name,
    update: (value) => {
      if (!(Math.abs(value) <= LARGEST_VALUE)) {
        throw new RangeError(
          `Cannot update ${name}: a value must be a number from -1e100 to 1e100, got ${value}`,
        );
      }
      // −0 would not survive JSON.
      const outcome = core.step(memory, value + 0);
      if (outcome.kind === 'drift' && core.keepsMemory !== true) memory = core.start();
      return outcome;
    },
    state: () => ({
      detector: name,
      version: 1,
      options: structuredClone(options),
      memory: structuredClone(memory),
    }),
    reset: () => {
      memory = core.start();
    },
  };
}
