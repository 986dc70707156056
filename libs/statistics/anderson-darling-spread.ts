/** From so many terms on the sums are taken from their expansions. */
const MANY = 200;
const EULER_GAMMA = 0.5772156649015329;

/**
 * σ_N, the standard deviation of the two-sample A² under the null hypothesis without ties (Scholz
 * and Stephens 1987, equation 4); undefined for fewer than four values in all. Constant cost for
 * large samples.
 */
export function andersonDarlingSpread({
  n,
  m,
}: {
  readonly n: number;
  readonly m: number;
}): number | undefined {
  const total = n + m;
  if (total < 4) return undefined;
  const [h, squares] = harmonicSums(total - 1);
  // Σ_{i<j} 1/((N−i)j), since Σ H_i/(N−i) = H_N² − Σ 1/i².
  const g = squares - (2 * h) / total;
  const inverse = 1 / n + 1 / m;
  const a = 4 * g - 6 + (10 - 6 * g) * inverse;
  const b = 4 * (2 * g - 4) + 8 * h + (2 * g - 14 * h - 4) * inverse + 4 * g - 6;
  const c = 4 * (6 * h + 2 * g - 2) + 2 * (4 * h - 4 * g + 6) + (2 * h - 6) * inverse + 4 * h;
  const d = 4 * (2 * h + 6) - 8 * h;
  const variance =
    (((a * total + b) * total + c) * total + d) / ((total - 1) * (total - 2) * (total - 3));
  return Math.sqrt(variance);
}

/** Σ 1/i and Σ 1/i² for i up to `last`. */
function harmonicSums(last: number): [first: number, second: number] {
  if (last >= MANY) {
    const r = 1 / last;
    const s = r * r;
    return [
      Math.log(last) + EULER_GAMMA + r / 2 - s * (1 / 12 - s / 120),
      Math.PI ** 2 / 6 - r + s / 2 - s * r * (1 / 6 - s / 30),
    ];
  }
  let first = 0;
  let second = 0;
  for (let i = last; i > 0; i--) {
    first += 1 / i;
    second += 1 / (i * i);
  }
  return [first, second];
}
