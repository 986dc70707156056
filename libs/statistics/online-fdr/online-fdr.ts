import { checkedRecord, type Rules } from '../checked-record.ts';

/** What was decided on one hypothesis. */
export interface OnlineDecision {
  /** Level at which it was tested, set before its p-value was known. */
  readonly level: number;
  /** True where the p-value is at most the level. */
  readonly discovery: boolean;
}

/** Everything that a sequence of tests knows, ready for JSON: who has it goes on identically. */
export interface OnlineFdrState {
  readonly procedure: string;
  readonly version: 1;
  readonly options: object;
  readonly memory: object;
}

/** Tests one hypothesis after the other, for ever, at a bounded false discovery rate. */
export interface OnlineFdr {
  readonly name: string;
  /** @throws RangeError unless the p-value is in [0, 1]; nothing has changed then */
  test(pValue: number): OnlineDecision;
  /** A copy of its state. */
  state(): OnlineFdrState;
}

/** What makes one procedure. O are its options with all defaults, M is its memory. */
export interface OnlineFdrDefinition<O extends object, M extends object> {
  readonly name: string;
  readonly options: Rules<O>;
  readonly memory: Rules<M>;
  start(): M;
  /** The level of the next test. */
  level(memory: Readonly<M>, options: Readonly<O>): number;
  /** Updates the memory in place. */
  note(
    memory: M,
    test: { readonly pValue: number; readonly discovery: boolean; readonly options: Readonly<O> },
  ): void;
}

/** @throws RangeError "Cannot create …" for options that are out of range or unknown */
export function createFrom<O extends object, M extends object>(
  definition: OnlineFdrDefinition<O, M>,
  given: object = {},
): OnlineFdr {
  const what = `create ${definition.name}`;
  const options = checkedRecord<O>(given, { what, rules: definition.options });
  return sequenceOf(definition, { options, memory: definition.start() });
}

/** @throws RangeError "Cannot restore …" for a state with members out of range */
export function restoreFrom<O extends object, M extends object>(
  definition: OnlineFdrDefinition<O, M>,
  { options: given, memory: kept }: OnlineFdrState,
): OnlineFdr {
  const what = `restore ${definition.name}`;
  const options = checkedRecord<O>(given, { what, rules: definition.options });
  const memory = { ...checkedRecord<M>(kept, { what, rules: definition.memory }) };
  return sequenceOf(definition, { options, memory });
}

function sequenceOf<O extends object, M extends object>(
  definition: OnlineFdrDefinition<O, M>,
  { options, memory }: { readonly options: Readonly<O>; readonly memory: M },
): OnlineFdr {
  const { name } = definition;
  return {
    name,
    test: (pValue) => {
      if (!(pValue >= 0 && pValue <= 1)) {
        throw new RangeError(`Cannot test with ${name}: p must be in [0, 1], got ${pValue}`);
      }
      const level = definition.level(memory, options);
      const discovery = pValue <= level;
      definition.note(memory, { pValue, discovery, options });
      return { level, discovery };
    },
    state: () => ({
      procedure: name,
      version: 1,
      options: structuredClone(options),
      memory: structuredClone(memory),
    }),
  };
}
