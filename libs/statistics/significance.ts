import type { Significance } from './result.ts';

/** The p-value with the natural logarithm `logP`; rounding above 0 is cut off. */
export function significanceFromLog(logP: number): Significance {
  // "+ 0" turns −0 into 0, which prints without a sign.
  const log = Math.min(0, logP) + 0;
  return { p_value: Math.exp(log), log10_p: log / Math.LN10 };
}

/** The weaker evidence of the two, that is the larger p-value. */
export function weakerSignificance(a: Significance, b: Significance): Significance {
  const { p_value, log10_p } = a.log10_p >= b.log10_p ? a : b;
  return { p_value, log10_p };
}
