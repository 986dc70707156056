import type { PaneTally } from './pane-tally.ts';
import { CONFIRMATIONS } from './partition-clock.ts';
import { latestWindowStart, type WindowSpec } from './window-spec.ts';

/** Windows within which the events lie that confirm each other. */
const CONFIRMING_WINDOWS = 3;
/** Longest run of windows without events that is taken for a silence. */
export const MOST_EMPTY_WINDOWS = 1000;

/** A time during which the stream was there: silences in between are findings. */
export interface Stretch {
  /** First and last pane, by their starts. */
  readonly first: number;
  readonly last: number;
  /** First and last window, by their starts. */
  readonly from: number;
  readonly to: number;
}

/**
 * Tells the times at which a stream was there from stray event times. A pane counts if a few events
 * lie around it, and panes far apart belong to different stretches: so neither a single wrong clock,
 * nor many that agree on 1970, fill years with empty windows. Depends on the counts only; more
 * events make more and longer stretches, never fewer windows between them.
 */
export function findStretches(
  tally: PaneTally,
  spec: WindowSpec & { readonly paneMs: number },
): { readonly stretches: readonly Stretch[]; readonly strays: readonly number[] } {
  const { windowMs, hopMs, paneMs } = spec;
  const reach = CONFIRMING_WINDOWS * windowMs;
  const extents: { first: number; last: number }[] = [];
  const strays: number[] = [];
  for (const pane of tally.starts) {
    const latest = extents.at(-1);
    if (tally.between(pane - reach + paneMs, pane + reach) < CONFIRMATIONS) strays.push(pane);
    else if (latest !== undefined && pane - latest.last <= MOST_EMPTY_WINDOWS * hopMs) {
      latest.last = pane;
    } else extents.push({ first: pane, last: pane });
  }
  const stretches = extents.map(({ first, last }) => {
    const from = latestWindowStart(first, spec);
    // A window that reaches beyond the data is not begun.
    const dataEnd = Math.ceil((last + paneMs) / hopMs) * hopMs;
    return { first, last, from, to: Math.max(from, dataEnd - windowMs) };
  });
  return { stretches, strays };
}
