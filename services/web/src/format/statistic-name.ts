const NAMES: Readonly<Record<string, readonly [short: string, long: string]>> = {
  ks: ['KS', 'Kolmogorov–Smirnov distance'],
  kuiper: ['Kuiper', 'Kuiper distance'],
  psi: ['PSI', 'population stability index'],
  cramer_von_mises: ['CvM', 'Cramér–von Mises'],
  anderson_darling: ['AD', 'Anderson–Darling'],
  mann_whitney: ['AUC', 'Mann–Whitney: how likely a live value exceeds a reference value'],
  wasserstein: ['W₁', 'Wasserstein distance in the unit of the field'],
  jensen_shannon: ['JS', 'Jensen–Shannon distance'],
  kl: ['KL', 'Kullback–Leibler divergence'],
  hellinger: ['Hellinger', 'Hellinger distance'],
  total_variation: ['TVD', 'total variation distance'],
  chi_squared: ['χ²', 'chi-squared, homogeneity'],
  g_test: ['G', 'G-test'],
  mean_shift: ['Mean shift', 'shift of the mean in standard deviations of the baseline'],
  missing_rate: ['Missing', 'difference in the share of missing values'],
  unseen_rate: ['Unseen', 'share of categories that the baseline has not seen'],
  out_of_range_rate: ['Out of range', 'difference in the share of values beyond the range'],
  invalid_rate: ['Invalid', 'difference in the share of values of the wrong type'],
  volume: ['Volume', 'events against reference windows, as a ratio'],
};

/** Short name for labels; an unknown statistic keeps its own name. */
export function statisticShortName(name: string): string {
  return NAMES[name]?.[0] ?? name;
}

/** Full name for titles and tables. */
export function statisticLongName(name: string): string {
  return NAMES[name]?.[1] ?? name.replaceAll('_', ' ');
}
