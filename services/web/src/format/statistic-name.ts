const NAMES: Readonly<Record<string, readonly [short: string, long: string]>> = {
  ks: ['KS', 'Kolmogorov–Smirnov distance'],
  kuiper: ['Kuiper', 'Kuiper distance'],
  psi: ['PSI', 'population stability index'],
  cramer_von_mises: ['Cramér–von Mises', 'Cramér–von Mises T: squared distance over all values'],
  anderson_darling: [
    'Anderson–Darling',
    'Anderson–Darling A²: squared distance, the tails weighted most',
  ],
  mann_whitney: [
    'Mann–Whitney',
    'Mann–Whitney: how far from ½ the chance (AUC) is that a live value exceeds a baseline value',
  ],
  wasserstein: [
    'Wasserstein',
    'Wasserstein distance: how far values moved on average, in the unit of the field',
  ],
  jensen_shannon: ['Jensen–Shannon', 'Jensen–Shannon distance of the bins, 0 to 1'],
  kl: ['KL', 'Kullback–Leibler divergence of the window from the baseline'],
  hellinger: ['Hellinger', 'Hellinger distance'],
  total_variation: [
    'Total variation',
    'total variation distance: share of events that would have to change their bin',
  ],
  chi_squared: ['χ²', 'chi-squared, homogeneity'],
  g_test: ['G', 'G-test: likelihood ratio, homogeneity'],
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
