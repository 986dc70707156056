import { median } from 'simple-statistics';

/** A window's events and those of the reference windows of the same length. */
export interface VolumeCounts {
  readonly events: number;
  readonly reference: readonly number[];
}

/** A ratio, or why there is none. */
export type VolumeResult =
  | {
      readonly kind: 'ratio';
      /** Events of the window over the median of the reference windows. */
      readonly statistic: number;
      readonly events: number;
      readonly median: number;
      readonly reference_windows: number;
    }
  | {
      readonly kind: 'undefined';
      readonly events: number;
      readonly reference_windows: number;
      /** What a ratio needs. */
      readonly needs: string;
    };

/**
 * Events of a window against the median of reference windows. It has no p-value. Without reference
 * windows, or where half of them are empty, there is no ratio.
 */
export function volume({ events, reference }: VolumeCounts): VolumeResult {
  const counts = { events, reference_windows: reference.length };
  if (reference.length === 0) {
    return { kind: 'undefined', ...counts, needs: 'at least one reference window' };
  }
  const middle = median([...reference]);
  if (!(middle > 0)) {
    return { kind: 'undefined', ...counts, needs: 'events in most reference windows' };
  }
  return { kind: 'ratio', statistic: events / middle, median: middle, ...counts };
}
