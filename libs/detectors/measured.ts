import type { FieldCounts } from '#libs/profiles/counts.ts';
import type { ChiSquaredResult } from '#libs/statistics/chi-squared.ts';
import type { KsDistance } from '#libs/statistics/ks.ts';
import type { KsPValue } from '#libs/statistics/ks-p-value.ts';
import type { BinCounts, CellSums, Detectable, Significance } from '#libs/statistics/result.ts';
import type { LabelledBins } from './compared-counts.ts';
import type { StatisticFigure } from './evaluation.ts';
import type { FieldBaseline } from './field-baseline.ts';
import type { LimitQuantiles } from './limit-quantiles.ts';
import type { StatisticEvidence } from './reference-judgement.ts';
import type { FieldStatistic, MonitorRules } from './rules.ts';

/** What the statistics of one field and window are computed from. */
export interface FigureInput {
  readonly field: FieldBaseline;
  readonly window: FieldCounts;
  readonly events: number;
  /** `null` where a side has no values. */
  readonly binned: BinnedInput | null;
  /** `null` where a side has no values, and for what is no number. */
  readonly ordered: OrderedInput | null;
  readonly evidence: ReadonlyMap<FieldStatistic, StatisticEvidence>;
  readonly rules: MonitorRules;
  /** Critical values of ks by sizes; fields of one window mostly share them. */
  readonly ksCriticalValues: Map<string, number>;
  readonly quantiles: LimitQuantiles;
}

/** What several statistics of bins share. */
export interface BinnedInput {
  /** Bins of psi, kl, chi_squared and g_test, rare categories pooled. */
  readonly bins: LabelledBins;
  /** Bins of the distances, every category by itself. */
  readonly unpooled: BinCounts;
  /** The test of homogeneity on the pooled bins, whose p-value the distances have too. */
  readonly homogeneity: ChiSquaredResult;
}

/** What several statistics of ordered values share. */
export interface OrderedInput {
  readonly distance: KsDistance;
  /** What linear statistics need beside the cells; `null` on a circle. */
  readonly linear: LinearInput | null;
}

/** The p-value that ks and wasserstein share, and the sums that wasserstein and mean_shift share. */
export interface LinearInput {
  readonly ks: KsPValue;
  /** `null` where a double could not hold a term of the baseline's sums or of the window's. */
  readonly sums: CellSums | null;
}

/** What one statistic says by itself, on the scales that the rest needs. */
export interface Measured {
  readonly kind: 'measured';
  readonly figure: StatisticFigure;
  readonly significance: Significance;
  /** Value on the reference scale; only of statistics that have one. */
  readonly x?: number;
  readonly n: number;
  readonly m: number;
  /** Critical value under independence; undefined where there is none. */
  readonly critical?: number;
  readonly detectable?: (options: DetectableInput) => Detectable;
}

/** A statistic that the values of a field do not allow. */
export interface NotDefined {
  readonly kind: 'not_defined';
  readonly needs: string;
}

/** What {@link Measured.detectable} is computed from. */
export interface DetectableInput {
  readonly n: number;
  readonly m: number;
  readonly alpha: number;
  readonly critical: number;
  readonly threshold: number;
  readonly referenceCritical: number;
}
