const LENGTH = 624;

/**
 * The part of Python's `random.Random` that KSWIN's reference uses, so that a test can give ours the
 * same draws: MT19937 (Matsumoto and Nishimura 1998) seeded by a key, and `sample` over a range.
 */
export class PythonRandom {
  readonly #state = new Uint32Array(LENGTH);
  #next = LENGTH;

  /** @param seed an integer from 0 to 2³² − 1 */
  constructor(seed: number) {
    const state = this.#state;
    state[0] = 19650218;
    for (let i = 1; i < LENGTH; i++) state[i] = Math.imul(mixed(state[i - 1]!), 1812433253) + i;
    let i = 1;
    const advance = (): void => {
      i += 1;
      if (i < LENGTH) return;
      state[0] = state[LENGTH - 1]!;
      i = 1;
    };
    for (let k = 0; k < LENGTH; k++) {
      state[i] = (state[i]! ^ Math.imul(mixed(state[i - 1]!), 1664525)) + seed;
      advance();
    }
    for (let k = 1; k < LENGTH; k++) {
      state[i] = (state[i]! ^ Math.imul(mixed(state[i - 1]!), 1566083941)) - i;
      advance();
    }
    state[0] = 0x8000_0000;
  }

  /** `sample(range(population), count)`, of populations small enough for Python to shuffle a list. */
  sample(population: number, count: number): number[] {
    const pool = Array.from({ length: population }, (_, position) => position);
    return Array.from({ length: count }, (_, drawn) => {
      const left = population - drawn;
      const place = this.#below(left);
      const position = pool[place]!;
      pool[place] = pool[left - 1]!;
      return position;
    });
  }

  #below(limit: number): number {
    const bits = 32 - Math.clz32(limit);
    for (;;) {
      const value = this.#word() >>> (32 - bits);
      if (value < limit) return value;
    }
  }

  #word(): number {
    if (this.#next === LENGTH) this.#twist();
    let word = this.#state[this.#next++]!;
    word ^= word >>> 11;
    word ^= (word << 7) & 0x9d2c_5680;
    word ^= (word << 15) & 0xefc6_0000;
    return (word ^ (word >>> 18)) >>> 0;
  }

  #twist(): void {
    const state = this.#state;
    for (let i = 0; i < LENGTH; i++) {
      const word = (state[i]! & 0x8000_0000) | (state[(i + 1) % LENGTH]! & 0x7fff_ffff);
      state[i] = state[(i + 397) % LENGTH]! ^ (word >>> 1) ^ (word & 1 ? 0x9908_b0df : 0);
    }
    this.#next = 0;
  }
}

function mixed(word: number): number {
  return word ^ (word >>> 30);
}
