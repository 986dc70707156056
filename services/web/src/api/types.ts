import type { TimeRange, Verdict } from '#libs/detectors/evaluation.ts';

/** The stream of a monitor; times are milliseconds since 1970. */
export interface StreamState {
  readonly name: string;
  /** `unwatched`: no evaluator reports, so that all here is what was last known. */
  readonly condition: 'waiting' | 'live' | 'stalled' | 'ended' | 'unwatched';
  readonly reason: string;
  readonly watermark: number | null;
  /** Events counted, and by what else happened to them. */
  readonly tallies: Readonly<Record<string, number>>;
  /** Records of the log that are in no counts yet, and the age in seconds of the last that is. */
  readonly lag: { readonly records: number; readonly seconds: number | null } | null;
  /** Only this share of the keys is counted; `null`: all. */
  readonly sampling: { readonly share: number } | null;
}

/** The newest verdict on one field. */
export interface FieldState {
  /** `null` is the stream as a whole (volume). */
  readonly field: string | null;
  readonly segment: string | null;
  readonly verdict: Verdict;
  readonly reason: string;
  readonly window: TimeRange;
}

export interface MonitorItem {
  readonly name: string;
  /** Length of a window and distance between two, in milliseconds. */
  readonly window: number;
  readonly hop: number;
  readonly baseline: string;
  readonly owner: string | null;
  readonly runbook: string | null;
  readonly stream: StreamState;
  readonly fields: readonly FieldState[];
  /** `null` before the first window. */
  readonly verdict: Verdict | null;
}
