import type { WindowSpec } from './window-spec.ts';

/** Windows that a series goes back at least, where there are as many; at most twice as many less one. */
export const SERIES_WINDOWS = 256;

type Spacing = Pick<WindowSpec, 'windowMs' | 'hopMs'>;

/** From where on, and over how many events, a window's series was read. */
export interface SeriesMark {
  /** Start of the first window that the series may hold. */
  readonly from: number;
  /** Grows with every window of the series that is published, or published with other counts. */
  readonly sum: number;
}

/** What a mark needs to know of a window that was published. */
export interface MarkedWindow {
  readonly events: number;
  readonly complete?: boolean;
}

/**
 * Starts of the windows before this one, ascending, that share no event with it or each other.
 *
 * They begin at a multiple of 256 such windows: a beginning that slid along with each window would
 * give neighbours different pasts, and one could see a change that the other never did.
 */
export function windowsBefore(start: number, spacing: Spacing): number[] {
  const { first, step } = seriesOf(start, spacing);
  return Array.from({ length: (start - first) / step }, (_, i) => first + i * step);
}

/**
 * Marks the series of windows that are asked for by their starts, ascending: what a series holds
 * follows from the marked windows before it, so a mark that has grown tells that it has changed. A
 * window that is published again for its series' sake has the same weight as before.
 */
export class SeriesMarks {
  readonly #spacing: Spacing;
  readonly #published: (start: number) => MarkedWindow | undefined;
  /** By phase: the sum over a series up to a window, that one excluded. */
  readonly #sums = new Map<number, { first: number; next: number; sum: number }>();

  constructor(spacing: Spacing, published: (start: number) => MarkedWindow | undefined) {
    this.#spacing = spacing;
    this.#published = published;
  }

  before(start: number): SeriesMark {
    const { first, step } = seriesOf(start, this.#spacing);
    const phase = start % step;
    const last = this.#sums.get(phase);
    // Windows mostly follow each other: then only the one before is new.
    const known = last?.first === first && last.next <= start ? last : { next: first, sum: 0 };
    let { next, sum } = known;
    for (; next < start; next += step) sum += weightOf(this.#published(next));
    this.#sums.set(phase, { first, next, sum });
    return { from: first, sum };
  }
}

/** More events weigh more, whatever becomes of completeness; so does one more window without any. */
function weightOf(window: MarkedWindow | undefined): number {
  if (window === undefined) return 0;
  return 2 * window.events + 1 + Number(window.complete ?? true);
}

function seriesOf(
  start: number,
  { windowMs, hopMs }: Spacing,
): { readonly first: number; readonly step: number } {
  const step = Math.ceil(windowMs / hopMs) * hopMs;
  const block = SERIES_WINDOWS * step;
  const least = (Math.floor(start / block) - 1) * block;
  return { first: start - Math.floor((start - least) / step) * step, step };
}
