import type { Profile } from '#libs/profiles/counts.ts';
import type { CellLayout } from '#libs/profiles/layout.ts';
import { createProfile, mergeProfile, subtractProfile } from '#libs/profiles/profile.ts';
import type { TimeRange } from './evaluation.ts';

/** Part of a baseline; `profile` may be a getter, as it is read no more often than needed. */
export interface ReferencePane {
  /** Milliseconds since 1970, a multiple of the pane's length. */
  readonly start: number;
  /** Events of the profile; spares a reading of it where it is known. */
  readonly events?: number;
  readonly profile: Profile;
}

/** Slices of a baseline with event times. */
export interface ReferencePanes {
  readonly layout: CellLayout;
  /** Ascending; a pane that is absent held no events. */
  readonly panes: readonly ReferencePane[];
  readonly paneMs: number;
  /** First and last event time. */
  readonly timeRange: TimeRange;
}

/** Most reference windows that are compared; beyond that every k-th is taken. */
export const MOST_REFERENCE_WINDOWS = 500;

/** A window at an edge of the baseline counts when at most this share of it lies beyond. */
const EDGE_TOLERANCE = 0.05;

/**
 * Starts of the windows that lie within the baseline's time, at multiples of `stepMs` from 1970
 * UTC, as live windows do. `disjoint` leaves out those that overlap an earlier one.
 */
export function referenceStarts(
  { timeRange, paneMs }: Pick<ReferencePanes, 'timeRange' | 'paneMs'>,
  options: { readonly windowMs: number; readonly stepMs: number; readonly disjoint: boolean },
): number[] {
  const { windowMs, stepMs, disjoint } = options;
  if (windowMs % paneMs !== 0 || stepMs % paneMs !== 0) return [];
  const slack = windowMs * EDGE_TOLERANCE;
  const step = disjoint ? Math.ceil(windowMs / stepMs) * stepMs : stepMs;
  const starts: number[] = [];
  let start = Math.ceil((timeRange.start - slack) / stepMs) * stepMs;
  for (; start + windowMs <= timeRange.end + slack; start += step) starts.push(start + 0);
  return starts;
}

/** Evenly spread items, at most `most` of them. */
export function thin<T>(items: readonly T[], most: number): readonly T[] {
  if (items.length <= most) return items;
  return Array.from({ length: most }, (_, i) => items[Math.floor((i * items.length) / most)]!);
}

/**
 * The profiles of the windows that begin at `starts` (ascending), each valid only until the next
 * is taken: one profile slides over the panes.
 */
export function* referenceProfiles(
  { layout, panes }: Pick<ReferencePanes, 'layout' | 'panes'>,
  { starts, windowMs }: { readonly starts: readonly number[]; readonly windowMs: number },
): Generator<Profile> {
  let profile = createProfile(layout);
  let first = 0;
  let next = 0;
  for (const start of starts) {
    if (first < next && panes[next - 1]!.start < start) {
      profile = createProfile(layout);
      first = next;
    }
    while (first < next && panes[first]!.start < start) {
      subtractProfile(profile, panes[first++]!.profile);
    }
    while (next < panes.length && panes[next]!.start < start) first = ++next;
    while (next < panes.length && panes[next]!.start < start + windowMs) {
      mergeProfile(profile, panes[next++]!.profile);
    }
    yield profile;
  }
}

/** Events of the windows that begin at `starts`, from one pass over the panes' totals. */
export function referenceVolumes(
  panes: readonly { readonly start: number; readonly events: number }[],
  { starts, windowMs }: { readonly starts: readonly number[]; readonly windowMs: number },
): number[] {
  let first = 0;
  let next = 0;
  let events = 0;
  return starts.map((start) => {
    while (next < panes.length && panes[next]!.start < start + windowMs) {
      events += panes[next++]!.events;
    }
    while (first < next && panes[first]!.start < start) events -= panes[first++]!.events;
    return events;
  });
}
