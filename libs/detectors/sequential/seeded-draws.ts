/** The state of a random generator, updated in place by whoever draws. */
export interface RandomState {
  random: number;
}

/** Draws different positions below `population`. */
export type Draw = (
  state: RandomState,
  request: { readonly population: number; readonly count: number },
) => readonly number[];

/**
 * Draws positions without replacement, every set equally likely: Floyd's algorithm over mulberry32,
 * a generator of 32 bits that is enough for sampling, not for secrets.
 */
export const seededDraws: Draw = (state, { population, count }) => {
  const drawn = new Set<number>();
  for (let top = population - count; top < population; top++) {
    const position = Math.floor(nextRandom(state) * (top + 1));
    drawn.add(drawn.has(position) ? top : position);
  }
  return [...drawn];
};

function nextRandom(state: RandomState): number {
  state.random = (state.random + 0x6d2b79f5) >>> 0;
  let mixed = Math.imul(state.random ^ (state.random >>> 15), state.random | 1);
  mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
  return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
}
