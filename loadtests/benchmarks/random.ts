/** Uniform numbers in [0, 1) from a seed (mulberry32): the same seed, the same numbers. */
export function createRandom(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** A standard normal number (Box–Muller). */
function drawNormal(random: () => number): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}

/** Shapes of numeric data that the benchmarks draw. */
export type Shape = 'integer' | 'normal' | 'log-normal';

export const SHAPES: readonly Shape[] = ['integer', 'normal', 'log-normal'];

/** One number of a shape; `integer` looks like flight delays: most near 0, a long right tail. */
export function drawShape(shape: Shape, random: () => number): number {
  switch (shape) {
    case 'integer':
      return random() < 0.7
        ? Math.round(8 * drawNormal(random) - 3)
        : Math.round(-30 * Math.log(1 - random()));
    case 'normal':
      return drawNormal(random);
    case 'log-normal':
      return Math.exp(drawNormal(random));
  }
}
