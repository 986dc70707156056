import { type ChiSquaredResult, chiSquaredCriticalValue } from '#libs/statistics/chi-squared.ts';
import { detectablePsi } from '#libs/statistics/detectable.ts';
import { gTest } from '#libs/statistics/g-test.ts';
import { hellingerDistance } from '#libs/statistics/hellinger.ts';
import { jensenShannonDistance } from '#libs/statistics/jensen-shannon.ts';
import { klDivergence } from '#libs/statistics/kl.ts';
import { type PsiOptions, psi, psiCriticalValue } from '#libs/statistics/psi.ts';
import { toReferenceScale } from '#libs/statistics/reference-scale.ts';
import { totalVariationDistance } from '#libs/statistics/total-variation.ts';
import type { BinnedInput, FigureInput, Measured } from './measured.ts';
import type { MonitorRules } from './rules.ts';

/** The statistics that compare shares of bins. */
export type BinnedStatistic =
  | 'psi'
  | 'chi_squared'
  | 'g_test'
  | 'kl'
  | 'jensen_shannon'
  | 'hellinger'
  | 'total_variation';

const DISTANCES = {
  jensen_shannon: jensenShannonDistance,
  hellinger: hellingerDistance,
  total_variation: totalVariationDistance,
} as const;

/** One statistic of a field's bins; undefined where a side has no values. */
export function measureBinned(
  name: BinnedStatistic,
  { binned, rules }: FigureInput,
): Measured | undefined {
  if (binned === null) return undefined;
  switch (name) {
    case 'psi':
      return measurePsi(binned, rules);
    case 'chi_squared':
      return measureChiSquared(binned.homogeneity, rules);
    case 'g_test':
      return measureGTest(binned, rules);
    case 'kl':
      return measureKl(binned, rules);
    default:
      return {
        kind: 'measured',
        figure: { statistic: DISTANCES[name](binned.unpooled).statistic },
        ...sharedTest(binned),
      };
  }
}

/** What a distance without a null distribution of its own has from the test of homogeneity. */
function sharedTest({ homogeneity }: BinnedInput): Pick<Measured, 'significance' | 'n' | 'm'> {
  const { p_value, log10_p, n, m } = homogeneity;
  return { significance: { p_value, log10_p }, n, m };
}

function zeroFillOf({ zeroFill }: MonitorRules): PsiOptions {
  return zeroFill.kind === 'epsilon' ? { zeroFill } : {};
}

function measurePsi({ bins }: BinnedInput, rules: MonitorRules): Measured {
  const result = psi(bins, zeroFillOf(rules));
  const { n, m, statistic, p_value, log10_p } = result;
  const sizes = { n, m };
  return {
    kind: 'measured',
    figure: {
      statistic,
      details: { bins: result.bins, filled_bins: result.filled_bins },
    },
    significance: { p_value, log10_p },
    x: toReferenceScale('psi', { value: statistic, ...sizes }),
    ...sizes,
    ...(result.bins < 2
      ? {}
      : {
          critical: psiCriticalValue({ ...sizes, alpha: rules.significance, bins: result.bins }),
          detectable: (options) => detectablePsi(bins.baseline, options),
        }),
  };
}

function measureKl(binned: BinnedInput, rules: MonitorRules): Measured {
  const { statistic } = klDivergence(binned.bins, zeroFillOf(rules));
  return { kind: 'measured', figure: { statistic }, ...sharedTest(binned) };
}

function measureChiSquared(result: ChiSquaredResult, rules: MonitorRules): Measured {
  const { n, m, statistic, p_value, log10_p } = result;
  return {
    kind: 'measured',
    figure: {
      statistic,
      details: {
        cramers_v: result.cramers_v,
        degrees_of_freedom: result.degrees_of_freedom,
        bins: result.bins,
      },
    },
    significance: { p_value, log10_p },
    x: statistic,
    n,
    m,
    ...chiSquaredCritical(result.bins, rules),
  };
}

function measureGTest({ bins: table }: BinnedInput, rules: MonitorRules): Measured {
  const { n, m, statistic, p_value, log10_p, bins } = gTest(table);
  return {
    kind: 'measured',
    figure: { statistic },
    significance: { p_value, log10_p },
    n,
    m,
    ...chiSquaredCritical(bins, rules),
  };
}

function chiSquaredCritical(bins: number, { significance: alpha }: MonitorRules) {
  return bins < 2 ? {} : { critical: chiSquaredCriticalValue({ bins, alpha }) };
}
