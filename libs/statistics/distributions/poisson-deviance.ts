/**
 * Half the deviance of a Poisson count, x ln(x/μ) + μ − x, for x ≥ 0 and μ > 0, without the
 * cancellation of the plain formula where x is near μ (Loader 2000).
 */
export function poissonDeviance(x: number, mean: number): number {
  const difference = x - mean;
  if (Math.abs(difference) >= 0.1 * (x + mean)) {
    return x === 0 ? mean : x * Math.log(x / mean) - difference;
  }
  const v = difference / (x + mean);
  let sum = difference * v;
  let term = 2 * x * v;
  for (let k = 3; ; k += 2) {
    term *= v * v;
    const next = sum + term / k;
    if (next === sum) return sum;
    sum = next;
  }
}
