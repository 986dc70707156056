import type { DistributionDetail, StatisticFigure, Verdict } from '#libs/detectors/evaluation.ts';
import type { FieldType } from '#libs/profiles/field.ts';

/** One bin, as psi and chi_squared see it. */
export interface ComparedBin {
  readonly label: string;
  /** Bounds of a bin of numbers; absent where it is open. */
  readonly lower?: number;
  readonly upper?: number;
  /** Shares of the usable values of either side. */
  readonly baseline: number;
  readonly current: number;
  readonly baseline_count: number;
  readonly current_count: number;
}

/** A statistic with its evidence; a rate has the rates of both sides as well. */
export interface ComparedFigure extends Omit<StatisticFigure, 'window'> {
  readonly current?: number;
}

/** What plots need, thinned to a bounded number of points. */
export interface ComparedDetail {
  /** The largest bins, rare categories not pooled. */
  readonly shares: readonly {
    readonly label: string;
    readonly baseline: number;
    readonly current: number;
  }[];
  readonly cumulative?: {
    readonly x: readonly number[];
    readonly baseline: readonly number[];
    readonly current: readonly number[];
  };
  readonly gap?: { readonly x: number; readonly baseline: number; readonly current: number };
  readonly quantiles?: {
    readonly levels: readonly number[];
    readonly baseline: readonly number[];
    readonly current: readonly number[];
  };
  /** Categories that the baseline lacks, the most frequent first. */
  readonly unseen?: DistributionDetail['unseen'];
}

/** The outcome for one field. */
export interface FieldComparison {
  readonly type: FieldType;
  /** Usable values of the baseline and of the current rows. */
  readonly n: number;
  readonly m: number;
  /** Shares of missing values. */
  readonly missing: { readonly baseline: number; readonly current: number };
  readonly verdict: Verdict;
  /** Machine-readable cause: `ks_critical`, `within_limits`, `column_missing` … */
  readonly reason_code: string;
  /** The cause in words. */
  readonly reason: string;
  /** Usable values that either side would need, where there are too few. */
  readonly needs?: number;
  readonly bins: readonly ComparedBin[];
  /** By name; those that decide have a `verdict` and a `threshold`. */
  readonly statistics: Readonly<Record<string, ComparedFigure>>;
  readonly warnings: readonly string[];
  readonly detail?: ComparedDetail;
}

/** The rows of the current stretch of time against the usual number. */
export interface VolumeComparison {
  readonly verdict: Verdict;
  readonly reason_code: string;
  readonly reason: string;
  readonly statistics: Readonly<Record<string, ComparedFigure>>;
}

/** The outcome of comparing two sets of rows; every number in it is finite. */
export interface Comparison {
  readonly fields: Readonly<Record<string, FieldComparison>>;
  /** The worst of the fields and of the volume: critical, warning, insufficient_data, ok. */
  readonly verdict: Verdict;
  readonly baseline: { readonly rows: number; readonly hash: string };
  readonly current: { readonly rows: number };
  /** Only where an event time was named. */
  readonly volume?: VolumeComparison;
  /** What concerns no field that was compared, in words. */
  readonly notes: readonly string[];
}
