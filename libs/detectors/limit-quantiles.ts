import { andersonDarlingCriticalValue } from '#libs/statistics/anderson-darling.ts';
import { cramerVonMisesQuantile } from '#libs/statistics/cramer-von-mises.ts';

/** Points of limit laws at a monitor's significance, which no sample size changes. */
export interface LimitQuantiles {
  readonly cramerVonMises: number;
  readonly andersonDarling: { readonly tied: number; readonly untied: number };
}

/** Computed once for a monitor, since each takes some fifteen integrals. */
export function limitQuantiles(alpha: number): LimitQuantiles {
  return {
    cramerVonMises: cramerVonMisesQuantile(alpha),
    andersonDarling: {
      tied: andersonDarlingCriticalValue({ alpha, ties: true }),
      untied: andersonDarlingCriticalValue({ alpha, ties: false }),
    },
  };
}
