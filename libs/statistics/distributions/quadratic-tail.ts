/**
 * The limit law of a quadratic statistic of the empirical distribution function, Σ_j Z_j²/γ_j with
 * independent standard normal Z_j and γ_j = scale·j·(j + shift).
 */
export interface QuadraticLaw {
  readonly scale: number;
  readonly shift: number;
  /**
   * dy/dx divided by y·√abs(D(y)), but for the factor 1/√abs(sin πx), at y = scale·x·(x + shift);
   * D(y) = Π_j (1 − y/γ_j).
   */
  readonly density: (x: number) => number;
  /** Below this z the chance of a smaller one is less than 1e-15. */
  readonly least: number;
}

/** Cramér–von Mises: γ_j = π²j², D(y) = sin(πx)/(πx). */
export const CRAMER_VON_MISES: QuadraticLaw = {
  scale: Math.PI ** 2,
  shift: 0,
  density: (x) => 2 * Math.sqrt(Math.PI / x),
  least: 0.0036,
};

/** Anderson–Darling: γ_j = j(j + 1), D(y) = sin(πx)/(πx(x + 1)). */
export const ANDERSON_DARLING: QuadraticLaw = {
  scale: 1,
  shift: 1,
  density: (x) => (2 * x + 1) * Math.sqrt(Math.PI / (x * (x + 1))),
  least: 0.032,
};

/** Points of the quadrature over the stretch between two γ. */
const POINTS = 48;
/** Steepness from which on the integrand has vanished long before the end of the first stretch. */
const STEEP = 64;
/** Step and number of steps of the trapezoidal rule there; e^(−6.5²) is below 1e-18. */
const STEP = 0.5;
const STEPS = 13;
const NEGLIGIBLE = 1e-13;

/**
 * ln P(Z ≥ z) by Smirnov's inversion,
 * P = (1/π) Σ_{k≥1} (−1)^{k−1} ∫_{γ_{2k−1}}^{γ_{2k}} e^(−yz/2)/(y√abs(D(y))) dy,
 * terms added until one is below 1e-13 of the sum. e^(−γ_1·z/2) is taken out, so nothing underflows.
 *
 * Both ends of a stretch are singular like an inverse root. With s = sin²θ for the place between
 * them the integrand is smooth and periodic in θ, and the midpoint rule in θ (Gauss–Chebyshev)
 * converges exponentially; 48 points give about 13 digits. Where e^(−yz/2) falls within a small part
 * of the first stretch, s = w²/c makes it e^(−w²), for which the trapezoidal rule is as good.
 *
 * Some 100 to 1,000 exponentials, 13 above the steepness. (Smirnov 1936; Anderson and Darling 1952.)
 */
export function logQuadraticTail(z: number, law: QuadraticLaw): number {
  if (!(z > law.least)) return 0;
  const { scale, shift } = law;
  const steepness = (scale * (2 + shift) * z) / 2;
  const sum = steepness >= STEEP ? steepIntegral(z, law) : alternatingSum(z, law);
  return Math.min(0, Math.log(sum / Math.PI) - (scale * (1 + shift) * z) / 2);
}

/** s = sin²θ at the midpoints, and √(s(1−s)/sin πs)·π/POINTS. */
const PLACES = Float64Array.from({ length: POINTS }, (_, i) => Math.sin(angle(i)) ** 2);
const WEIGHTS = Float64Array.from({ length: POINTS }, (_, i) => {
  const product = PLACES[i]! * Math.cos(angle(i)) ** 2;
  // From the nearer end: sin(πs) near s = 1 would lose its digits.
  const nearer = Math.min(PLACES[i]!, Math.cos(angle(i)) ** 2);
  return (Math.PI / POINTS) * Math.sqrt(product / Math.sin(Math.PI * nearer));
});

function angle(i: number): number {
  return ((2 * i + 1) * Math.PI) / (4 * POINTS);
}

function alternatingSum(z: number, { scale, shift, density }: QuadraticLaw): number {
  const rate = (scale * z) / 2;
  let sum = 0;
  for (let k = 1; ; k++) {
    let term = 0;
    for (let i = 0; i < POINTS; i++) {
      const place = PLACES[i]!;
      const x = 2 * k - 1 + place;
      // y − γ_1, in factors.
      const excess = (2 * k - 2 + place) * (x + 1 + shift);
      term += WEIGHTS[i]! * density(x) * Math.exp(-rate * excess);
    }
    sum += k % 2 === 1 ? term : -term;
    if (term <= NEGLIGIBLE * sum) return sum;
  }
}

function steepIntegral(z: number, { scale, shift, density }: QuadraticLaw): number {
  const rate = (scale * z) / 2;
  const steepness = rate * (2 + shift);
  let sum = 0;
  for (let step = 0; step <= STEPS; step++) {
    const w = step * STEP;
    const place = (w * w) / steepness;
    // 2w/√sin(πw²/c), whose limit at 0 is 2√(c/π).
    const slope =
      step === 0
        ? 2 * Math.sqrt(steepness / Math.PI)
        : (2 * w) / Math.sqrt(Math.sin(Math.PI * place));
    const value = slope * density(1 + place) * Math.exp(-w * w - rate * place * place);
    sum += step === 0 ? value / 2 : value;
  }
  return (sum * STEP) / steepness;
}
