/**
 * Root of a continuous function between two points at which its signs differ: Brent's choice
 * between secant and bisection, in the form of Anderson and Björck, to about 1e-14 relative.
 *
 * @throws RangeError when the signs at the two ends agree
 */
export function findRoot(
  f: (x: number) => number,
  { lower, upper }: { lower: number; upper: number },
): number {
  let a = lower;
  let b = upper;
  let fa = f(a);
  let fb = f(b);
  if (fa === 0) return a;
  if (fb === 0) return b;
  if (fa > 0 === fb > 0) {
    throw new RangeError(
      `Cannot find a root: signs at ${lower} and ${upper} must differ, got ${fa} and ${fb}`,
    );
  }
  let width = Math.abs(b - a);
  for (let step = 0; step < 200; step++) {
    const tolerance = 1e-14 * Math.max(Math.abs(a), Math.abs(b)) + Number.MIN_VALUE;
    if (Math.abs(b - a) <= tolerance) break;
    let x = b - (fb * (b - a)) / (fb - fa);
    // Where the interval has not halved in three steps, the secant is of no use here.
    const stuck = step % 3 === 2 && Math.abs(b - a) > 0.5 * width;
    if (step % 3 === 2) width = Math.abs(b - a);
    if (stuck || !(x > Math.min(a, b) && x < Math.max(a, b))) x = a + (b - a) / 2;
    if (x === a || x === b) break;
    const fx = f(x);
    if (fx === 0) return x;
    if (fx > 0 === fb > 0) {
      const shrink = 1 - fx / fb;
      fa *= shrink > 0 ? shrink : 0.5;
    } else {
      a = b;
      fa = fb;
    }
    b = x;
    fb = fx;
  }
  return b;
}
