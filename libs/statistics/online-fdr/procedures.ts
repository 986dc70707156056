import { LOND } from './lond.ts';
import { LORD_PLUS_PLUS } from './lord-plus-plus.ts';
import {
  createFrom,
  type OnlineFdr,
  type OnlineFdrDefinition,
  type OnlineFdrState,
  restoreFrom,
} from './online-fdr.ts';
import { SAFFRON } from './saffron.ts';

/** All procedures by name. */
export const ONLINE_FDR_PROCEDURES = {
  lord_plus_plus: LORD_PLUS_PLUS,
  saffron: SAFFRON,
  lond: LOND,
} as const;

export type OnlineFdrName = keyof typeof ONLINE_FDR_PROCEDURES;

/** The options of a procedure; each has a default. */
export type OnlineFdrOptions<N extends OnlineFdrName> =
  (typeof ONLINE_FDR_PROCEDURES)[N] extends OnlineFdrDefinition<infer O, infer _>
    ? Partial<O>
    : never;

/**
 * A sequence of tests that has seen nothing. Which procedure may be used where: `chooseOnlineFdr`.
 *
 * @example createOnlineFdr('lond', { alpha: 0.05 }).test(1e-4) // { level: 0.00267…, discovery: true }
 * @throws RangeError for an unknown name and for options that are out of range or unknown
 */
export function createOnlineFdr<N extends OnlineFdrName>(
  name: N,
  options?: OnlineFdrOptions<N>,
): OnlineFdr {
  return createFrom(definitionOf(name, 'create'), options ?? {});
}

/**
 * The sequence that a state was taken from: it goes on as if nothing had happened.
 *
 * @throws RangeError for what is no state
 */
export function restoreOnlineFdr(state: unknown): OnlineFdr {
  const { procedure, version } = (state ?? {}) as Partial<OnlineFdrState>;
  const definition = definitionOf(String(procedure), 'restore');
  if (version !== 1) {
    throw new RangeError(`Cannot restore ${procedure}: version must be 1, got ${version}`);
  }
  return restoreFrom(definition, state as OnlineFdrState);
}

function definitionOf(name: string, verb: string): OnlineFdrDefinition<object, object> {
  if (!Object.hasOwn(ONLINE_FDR_PROCEDURES, name)) {
    const names = Object.keys(ONLINE_FDR_PROCEDURES).join(', ');
    throw new RangeError(
      `Cannot ${verb} a procedure: its name must be one of ${names}, got ${name}`,
    );
  }
  const definition = ONLINE_FDR_PROCEDURES[name as OnlineFdrName];
  // Options and memory are checked by the rules of this very definition before it sees them.
  return definition as unknown as OnlineFdrDefinition<object, object>;
}
