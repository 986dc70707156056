import { noncentralChiSquaredTail } from './noncentral-chi-squared.ts';
import { normalQuantile } from './normal-quantile.ts';

/**
 * The noncentrality λ with P(χ′²_df(λ) ≥ critical) = power; 0 where chance alone reaches it.
 * Newton's method inside a bracket, started at the normal approximation.
 */
export function noncentralityForPower({
  df,
  critical,
  power,
}: {
  df: number;
  critical: number;
  power: number;
}): number {
  if (!(df > 0) || !(critical >= 0) || !Number.isFinite(critical) || !(power > 0 && power < 1)) {
    throw new RangeError(
      `Cannot find a noncentrality: df must be > 0, critical finite and ≥ 0, power in (0, 1), got ${df}, ${critical} and ${power}`,
    );
  }
  const miss = (noncentrality: number) => {
    const { probability, slope } = noncentralChiSquaredTail(critical, { df, noncentrality });
    return { excess: probability - power, slope };
  };
  if (miss(0).excess >= 0) return 0;
  const z = normalQuantile(power);
  const excess = critical - df;
  // From df + λ − z·√(2(df + 2λ)) = critical, solved for λ.
  const t = 2 * z * z + excess;
  const shift = t * t - excess * excess + 2 * z * z * df;
  let at = Math.max(0.1, t + Math.sign(z) * Math.sqrt(Math.max(0, shift)));
  let lower = 0;
  let upper = Infinity;
  for (let step = 0; step < 100; step++) {
    const { excess: difference, slope } = miss(at);
    if (difference < 0) lower = at;
    else upper = at;
    let next = at - difference / slope;
    if (!(next > lower && next < upper))
      next = upper === Infinity ? 2 * at + 1 : (lower + upper) / 2;
    if (Math.abs(next - at) <= 1e-12 * at) return next;
    at = next;
  }
  return at;
}
