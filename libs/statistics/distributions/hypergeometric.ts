import { logBinomial } from './log-binomial.ts';

/** Draws without replacement: `draws` of `total` items, of which `marked` are marked. */
export interface Urn {
  readonly total: number;
  readonly marked: number;
  readonly draws: number;
}

/** ln of the chance that k of the drawn items are marked; a product of three binomials. */
export function logHypergeometric(k: number, { total, marked, draws }: Urn): number {
  const p = draws / total;
  const q = (total - draws) / total;
  if (p === 0 || q === 0) return k === (q === 0 ? marked : 0) ? 0 : -Infinity;
  return (
    logBinomial(k, { n: marked, p, q }) +
    logBinomial(draws - k, { n: total - marked, p, q }) -
    logBinomial(draws, { n: total, p, q })
  );
}
