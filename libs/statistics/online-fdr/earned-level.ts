/** Discoveries that are remembered: older ones would add next to nothing to a level. */
export const MOST_DISCOVERIES = 1000;

/** Where past discoveries stand on the procedure's own clock. */
export interface Discoveries {
  /** Oldest first. */
  discoveries: number[];
  /** How many were forgotten. */
  forgotten: number;
}

/**
 * W₀γ(now) + (α − W₀)γ(now − τ₁) + α Σ_{j≥2} γ(now − τⱼ): what is left of the initial wealth and of
 * what each discovery earned. Forgotten discoveries are left out, which only lowers the level and,
 * γ being decreasing, still never lowers it for one discovery more: FDR stays controlled.
 */
export function earnedLevel(
  { discoveries, forgotten }: Readonly<Discoveries>,
  {
    alpha,
    wealth,
    now,
    gamma,
  }: {
    readonly alpha: number;
    /** W₀ as a share of alpha. */
    readonly wealth: number;
    readonly now: number;
    readonly gamma: (j: number) => number;
  },
): number {
  const initial = alpha * wealth;
  let level = initial * gamma(now);
  for (const [j, at] of discoveries.entries()) {
    const earned = j === 0 && forgotten === 0 ? alpha - initial : alpha;
    level += earned * gamma(now - at);
  }
  return level;
}

export function remember(memory: Discoveries, at: number): void {
  memory.discoveries.push(at);
  if (memory.discoveries.length <= MOST_DISCOVERIES) return;
  memory.discoveries.shift();
  memory.forgotten += 1;
}
