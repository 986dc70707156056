import type { BinShare, StatisticFigure, Verdict } from '#libs/detectors/evaluation.ts';
import type { StreamState } from './types.ts';

/** What the API sends, as far as the page reads it: times are ISO 8601, unknown numbers `null`. */
export interface WireTimeSpan {
  readonly start: string;
  readonly end: string;
}

export interface WireMonitor {
  readonly name: string;
  readonly definition: {
    readonly baseline: string;
    readonly window_ms: number;
    readonly hop_ms: number;
    readonly owner: string | null;
    readonly runbook: string | null;
  };
  readonly stream: Omit<StreamState, 'watermark' | 'condition'> & {
    readonly watermark: string | null;
    readonly condition: Exclude<StreamState['condition'], 'unwatched'>;
    readonly stale: boolean;
  };
  readonly verdict: Verdict | null;
  readonly fields: readonly {
    readonly field: string | null;
    readonly segment: string | null;
    readonly verdict: Verdict;
    readonly reason: string;
    readonly window: WireTimeSpan;
  }[];
}

type OrNull<T> = { readonly [K in keyof T]: T[K] | null };
type WireNumbers = readonly (number | null)[];

export interface WireDetail {
  readonly bins: readonly OrNull<BinShare>[];
  readonly cumulative?: {
    readonly x: WireNumbers;
    readonly baseline: WireNumbers;
    readonly window: WireNumbers;
  };
  readonly gap?: {
    readonly x: number | null;
    readonly baseline: number | null;
    readonly window: number | null;
  };
  readonly unseen?: readonly { readonly value: string; readonly count: number }[];
  readonly quantiles?: {
    readonly levels: WireNumbers;
    readonly baseline: WireNumbers;
    readonly window: WireNumbers;
  };
}

export interface WireEvaluation {
  readonly namespace: string;
  readonly monitor: string;
  readonly field: string | null;
  readonly segment: string | null;
  readonly window: WireTimeSpan;
  readonly revision: number;
  readonly verdict: Verdict;
  readonly reason: string;
  readonly reason_code: string;
  readonly n: number;
  readonly m: number;
  readonly statistics: Readonly<Record<string, OrNull<StatisticFigure>>>;
  readonly warnings: readonly string[];
  readonly profile_id: string;
  readonly baseline: { readonly name: string; readonly version: string; readonly hash: string };
  readonly offsets: Readonly<Record<string, number>>;
  readonly excused: readonly string[];
  readonly config_revision: number;
  readonly complete: boolean;
  readonly sampling: { readonly share: number } | null;
  readonly published_at: string;
  readonly detail?: WireDetail;
}
