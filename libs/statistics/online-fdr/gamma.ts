/**
 * γⱼ of LORD++ and LOND, summing to 1: Javanmard and Montanari 2018, equation 31, with the constant
 * of the R package onlineFDR.
 */
export function logarithmicGamma(j: number): number {
  return (0.07720838 * Math.log(Math.max(j, 2))) / (j * Math.exp(Math.sqrt(Math.log(j))));
}

/** γⱼ of SAFFRON, proportional to j^−1.6 and summing to 1: Ramdas, Zrnic, Wainwright and Jordan 2018. */
export function powerGamma(j: number): number {
  return 0.4374901658 / j ** 1.6;
}
