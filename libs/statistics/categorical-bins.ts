import type { BinCounts } from './result.ts';

/** What a categorical bin stands for. */
export type CategoricalBinKind = 'category' | 'other' | 'unseen' | 'rare';

/** Counts of a categorical field over the categories of the baseline. */
export interface CategoryCounts {
  readonly categories: readonly string[];
  /** Baseline count of each category. */
  readonly baseline: ArrayLike<number>;
  /** Window count of each category. */
  readonly window: ArrayLike<number>;
  /** Window events whose category the baseline does not have. */
  readonly unseen: number;
  /** Baseline events whose category is not among the named ones, where it does not name all. */
  readonly unnamed?: number;
  /** Categories of the baseline that the cap on categories folded into one. */
  readonly other?: { readonly baseline: number; readonly window: number };
}

/** Bins with what they stand for; `rare` lists the labels that were pooled into it. */
export interface CategoricalBins extends BinCounts {
  readonly baseline: readonly number[];
  readonly window: readonly number[];
  readonly labels: readonly string[];
  readonly kinds: readonly CategoricalBinKind[];
  readonly rare: readonly string[];
}

/** Least pooled expected count of a bin that is not pooled. */
const LEAST_EXPECTED = 5;

/**
 * Bins of a categorical field for psi, kl, chi_squared and g_test. Bins that are empty in both
 * samples are dropped; then every category whose pooled expected count (b+w)·min(n,m)/N is below 5,
 * and always `unseen`, goes into one bin `rare`, so that many rare categories do not add up to
 * drift.
 */
export function categoricalBins(counts: CategoryCounts): CategoricalBins {
  const entries = nonEmptyEntries(counts);
  const n = sum(entries.map((entry) => entry.b));
  const m = sum(entries.map((entry) => entry.w));
  const share = Math.min(n, m) / (n + m);
  const isRare = ({ b, w, kind }: Entry): boolean =>
    kind === 'unseen' || (b + w) * share < LEAST_EXPECTED;
  const kept = entries.filter((entry) => !isRare(entry));
  const pooled = entries.filter(isRare);
  if (pooled.length === 0) return assemble(kept, []);
  const rare: Entry = {
    label: 'rare',
    kind: 'rare',
    b: sum(pooled.map((entry) => entry.b)),
    w: sum(pooled.map((entry) => entry.w)),
  };
  return assemble(
    [...kept, rare],
    pooled.map((entry) => entry.label),
  );
}

/** One bin per category, `other` and `unseen`; bins that are empty in both samples are dropped. */
export function unpooledCategoricalBins(counts: CategoryCounts): CategoricalBins {
  return assemble(nonEmptyEntries(counts), []);
}

interface Entry {
  readonly label: string;
  readonly kind: CategoricalBinKind;
  readonly b: number;
  readonly w: number;
}

function nonEmptyEntries(counts: CategoryCounts): Entry[] {
  const { categories, baseline, window, unseen, unnamed = 0, other } = counts;
  const entries = categories.map(
    (label, index): Entry => ({ label, kind: 'category', b: baseline[index]!, w: window[index]! }),
  );
  if (other !== undefined) {
    entries.push({ label: 'other', kind: 'other', b: other.baseline, w: other.window });
  }
  entries.push({ label: 'unseen', kind: 'unseen', b: unnamed, w: unseen });
  return entries.filter(({ b, w }) => b + w > 0);
}

function assemble(entries: readonly Entry[], rare: readonly string[]): CategoricalBins {
  return {
    labels: entries.map((entry) => entry.label),
    kinds: entries.map((entry) => entry.kind),
    baseline: entries.map((entry) => entry.b),
    window: entries.map((entry) => entry.w),
    rare,
  };
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
