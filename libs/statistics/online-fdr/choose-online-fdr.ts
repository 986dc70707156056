import type { OnlineFdrName } from './procedures.ts';

/** Baseline values for each value of a window from which on the shared baseline hardly ties p-values. */
const LEAST_RATIO = 10;

/** What the p-values of a monitor's windows come from. */
export interface OnlineFdrUse {
  /** `auto` takes the strongest that may be used. */
  readonly wanted: 'auto' | OnlineFdrName;
  readonly windows: 'disjoint' | 'overlapping';
  readonly evidence: 'iid' | 'reference_windows' | 'reference_panes';
  /** Baseline values, and values of the largest window. */
  readonly n: number;
  readonly m: number;
}

export type OnlineFdrChoice =
  | { readonly kind: 'chosen'; readonly procedure: OnlineFdrName; readonly reason: string }
  | { readonly kind: 'refused'; readonly reason: string };

/**
 * Which procedure controls the false discovery rate over the windows of a monitor. LORD++ and
 * SAFFRON need independent p-values: windows that share no events, p-values that take events for
 * independent, and a baseline so large (n ≥ 10·m) that comparing all windows with it ties them
 * together little. Everything else is LOND's, with the harmonic sum.
 *
 * @throws RangeError unless n and m are above 0
 */
export function chooseOnlineFdr({
  wanted,
  windows,
  evidence,
  n,
  m,
}: OnlineFdrUse): OnlineFdrChoice {
  if (!(n > 0 && m > 0)) {
    throw new RangeError(`Cannot choose a procedure: n and m must be above 0, got ${n} and ${m}`);
  }
  const ties = [
    windows === 'disjoint' ? [] : ['its windows overlap'],
    evidence === 'iid' ? [] : [`its evidence is ${evidence}, not iid`],
    n >= LEAST_RATIO * m
      ? []
      : [`its baseline has ${n} values, fewer than ${LEAST_RATIO} times the ${m} of a window`],
  ].flat();
  const dependent = `The p-values of the monitor depend on each other: ${ties.join(', ')}.`;
  if (wanted === 'lond') {
    return { kind: 'chosen', procedure: 'lond', reason: 'lond needs no independence.' };
  }
  if (ties.length === 0) {
    const procedure = wanted === 'auto' ? 'lord_plus_plus' : wanted;
    const reason = 'Windows are disjoint, evidence is iid, and the baseline is large.';
    return { kind: 'chosen', procedure, reason };
  }
  return wanted === 'auto'
    ? { kind: 'chosen', procedure: 'lond', reason: dependent }
    : { kind: 'refused', reason: `${dependent} ${wanted} needs independent ones; use lond.` };
}
