/**
 * Error of Stirling's formula, δ(x) = ln Γ(x+1) − ½ ln(2πx) − x ln x + x, for x > 0.
 *
 * Differences of large log-gammas cancel; written with δ and {@link poissonDeviance} nothing large
 * is left to cancel (Loader 2000, "Fast and accurate computation of binomial probabilities").
 */
export function stirlingError(x: number): number {
  // δ(x) = δ(x+1) + (x+½) ln(1+1/x) − 1 leads from small x to where the series is exact.
  let error = 0;
  let at = x;
  while (at < 16) {
    error += (at + 0.5) * Math.log1p(1 / at) - 1;
    at += 1;
  }
  const r = 1 / (at * at);
  const series = S0 - r * (S1 - r * (S2 - r * (S3 - r * (S4 - r * (S5 - r * S6)))));
  return error + series / at;
}

const S0 = 1 / 12;
const S1 = 1 / 360;
const S2 = 1 / 1260;
const S3 = 1 / 1680;
const S4 = 1 / 1188;
const S5 = 691 / 360360;
const S6 = 1 / 156;
