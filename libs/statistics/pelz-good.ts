const PI2 = Math.PI ** 2;
const PI4 = PI2 ** 2;
const PI6 = PI2 * PI4;
const ROOT_2PI = Math.sqrt(2 * Math.PI);

/**
 * P(D_k ≥ d) of the one-sample Kolmogorov–Smirnov statistic for large k: 1 − Pelz and Good's (1976)
 * expansion with four terms, in the form of Simard and L'Ecuyer (2011). Meant for tails above 0.3;
 * smaller ones lose digits to the subtraction.
 */
export function pelzGoodUpperTail(d: number, k: number): number {
  const z = d * Math.sqrt(k);
  const z2 = z * z;
  const z4 = z2 * z2;
  const z6 = z4 * z2;
  // Below this the distribution function is under 1e-17 (and its powers of 1/z overflow).
  if (z < 0.17) return 1;
  let k0 = 0;
  let k1 = 0;
  let k2 = 0;
  let k3 = 0;
  let k2Whole = 0;
  let k3Whole = 0;
  const terms = Math.ceil((16 * z) / Math.PI) + 1;
  for (let i = terms; i >= 1; i--) {
    const odd2 = (i - 0.5) ** 2;
    const atHalf = Math.exp((-PI2 * odd2) / (2 * z2));
    k0 += atHalf;
    k1 += (PI2 * odd2 - z2) * atHalf;
    k2 +=
      (6 * z6 + 2 * z4 + PI2 * (2 * z4 - 5 * z2) * odd2 + PI4 * (1 - 2 * z2) * odd2 ** 2) * atHalf;
    k3 +=
      (PI6 * (5 - 30 * z2) * odd2 ** 3 +
        PI4 * (212 * z4 - 60 * z2) * odd2 ** 2 +
        PI2 * (135 * z4 - 96 * z6) * odd2 -
        (30 * z6 + 90 * z4 * z4)) *
      atHalf;
    const whole2 = i * i;
    const atWhole = Math.exp((-PI2 * whole2) / (2 * z2));
    k2Whole += PI2 * whole2 * atWhole;
    k3Whole += (3 * PI2 * whole2 * z2 - PI4 * whole2 ** 2) * atWhole;
  }
  const root = Math.sqrt(k);
  const below =
    k0 / z +
    k1 / (6 * z4 * root) +
    (k2 / (72 * z6 * z) - k2Whole / (36 * z2 * z)) / k +
    (k3 / (6480 * z6 * z4) + k3Whole / (108 * z6)) / (k * root);
  return Math.min(1, Math.max(0, 1 - ROOT_2PI * below));
}
