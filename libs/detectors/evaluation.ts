/** Outcome of one window and field. A verdict is memoryless: persistence belongs to the incident. */
export type Verdict = 'ok' | 'warning' | 'critical' | 'insufficient_data' | 'no_baseline';

/** How the p-values were made: from independence, or from how much the baseline itself varied. */
export type EvidenceKind = 'iid' | 'reference_windows' | 'reference_panes';

/** One statistic of an evaluation, as stored, as the API answers it and as the page reads it. */
export interface StatisticFigure {
  readonly statistic: number;
  /** Raw p-value; absent for statistics without one (`volume`) and where undefined. */
  readonly p_value?: number;
  readonly log10_p?: number;
  /** Benjamini–Hochberg over all units of the monitor's window; only on deciding statistics. */
  readonly p_adjusted?: number;
  /** Smallest statistic that the raw significance level would call more than noise. */
  readonly critical_value?: number;
  /** Smallest true change that would be found with probability 0.8. */
  readonly detectable?: number;
  readonly threshold?: { readonly warning?: number; readonly critical?: number };
  /** Largest amount by which the statistic may differ, since counts do not say all. */
  readonly error_bound?: number;
  readonly evidence?: EvidenceKind;
  readonly design_effect?: number;
  /** Among how many reference windows this one would rank where: above `above` of `of`. */
  readonly rank?: { readonly above: number; readonly of: number };
  /** Verdict of this statistic alone, where it decides. */
  readonly verdict?: 'ok' | 'warning' | 'critical';
  /** Value of the baseline and of the window for rates and volume, the means for `mean_shift`. */
  readonly baseline?: number;
  readonly window?: number;
  /** The value at which the KS gap is reached, in the field's unit. */
  readonly at?: number;
  /** Which segments carry the figure, the largest part first; only where it led to an alarm. */
  readonly attribution?: readonly AttributionPart[];
  /** What a detector says of the figures of the windows up to this one, where one watches them. */
  readonly sequential?: SequentialFigure;
  /** Further numbers of one statistic (Cramér's V, degrees of freedom, number of bins …). */
  readonly details?: Readonly<Record<string, number | string | boolean>>;
}

/** What one segment adds to a statistic of the whole; all parts add up to it. */
export interface AttributionPart {
  readonly segment: string;
  /** Because the segment's own values changed. */
  readonly within: number;
  /** Because its share of all values changed. */
  readonly mix: number;
  /** Its share of the baseline's and of the window's values, or events for a rate. */
  readonly baseline: number;
  readonly window: number;
}

/** Outcome of a detector over a series of figures; drift where `statistic` is above `limit`. */
export interface SequentialFigure {
  readonly detector: string;
  readonly kind: 'waiting' | 'steady' | 'drift';
  /** Figures since the detector began, this one included: with the series or after its last alarm. */
  readonly windows: number;
  /** Where the figures moved; absent while it waits, as are the two numbers. */
  readonly direction?: 'up' | 'down';
  readonly statistic?: number;
  readonly limit?: number;
}

/** One bin with the shares of baseline and window, for tables and plots. */
export interface BinShare {
  readonly label: string;
  readonly lower?: number;
  readonly upper?: number;
  readonly baseline: number;
  readonly window: number;
}

/** What the plots of one evaluation need, thinned to a bounded number of points. */
export interface DistributionDetail {
  readonly bins: readonly BinShare[];
  /** Numeric fields: cumulative shares at increasing values, the point of the KS gap included. */
  readonly cumulative?: {
    readonly x: readonly number[];
    readonly baseline: readonly number[];
    readonly window: readonly number[];
  };
  /** Where the KS gap is: value and the two cumulative shares. */
  readonly gap?: { readonly x: number; readonly baseline: number; readonly window: number };
  /** Categories not in the baseline, the most frequent first. */
  readonly unseen?: readonly { readonly value: string; readonly count: number }[];
  /** Five-number summaries where the field has an order. */
  readonly quantiles?: {
    readonly levels: readonly number[];
    readonly baseline: readonly number[];
    readonly window: readonly number[];
  };
}

/** The verdict on one field of one window, before it is published. */
export interface Assessment {
  /** `null` for the stream as a whole (volume). */
  readonly field: string | null;
  /** `null` for the whole stream; otherwise a segment: `country=DE`, or `other` for the rest. */
  readonly segment: string | null;
  readonly verdict: Verdict;
  /** Machine-readable cause, for example `ks_critical`, `below_min_samples`, `volume_low`. */
  readonly reason_code: string;
  /** The cause in words, for a person. */
  readonly reason: string;
  /** Usable baseline values and usable window values. */
  readonly n: number;
  readonly m: number;
  readonly statistics: Readonly<Record<string, StatisticFigure>>;
  readonly warnings: readonly string[];
  readonly detail?: DistributionDetail;
}

/** Half-open range of event time in milliseconds since 1970. */
export interface TimeRange {
  readonly start: number;
  readonly end: number;
}

/** What a published window was made of: equal positions give equal bits. */
export interface WindowProvenance {
  readonly profile_id: string;
  readonly baseline: { readonly name: string; readonly version: string; readonly hash: string };
  /** Next offset per `topic/partition`: all offsets below are in the counts. */
  readonly offsets: Readonly<Record<string, number>>;
  /** Partitions that were idle and not waited for. */
  readonly excused: readonly string[];
  /** Store revision of the configuration that gave the verdict. */
  readonly config_revision: number;
  /** False for the first or last window of the data, which may lack a part. */
  readonly complete?: boolean;
  /** Only this share of the keys was counted. */
  readonly sampling?: { readonly share: number };
  /** Which windows before it its verdict depends on: from when on, and a sum that grows with them. */
  readonly series?: { readonly from: number; readonly sum: number };
}

/** An assessment with its place in time: immutable, replaced only by a higher revision. */
export interface Evaluation extends Assessment {
  readonly namespace: string;
  readonly monitor: string;
  readonly window: TimeRange;
  readonly revision: number;
  /** When it was stored, milliseconds since 1970. */
  readonly published_at: number;
  readonly provenance: WindowProvenance;
}
