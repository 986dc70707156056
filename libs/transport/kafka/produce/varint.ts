/** Bytes of a number from 0 to 2⁵³ as an unsigned variable-length integer. */
export function sizeOfUnsigned(value: number): number {
  let size = 1;
  for (let rest = value; rest >= 128; rest = Math.floor(rest / 128)) size += 1;
  return size;
}

/** Writes it; answers the place behind it. */
export function writeUnsigned(bytes: Buffer, at: number, value: number): number {
  let place = at;
  let rest = value;
  while (rest >= 128) {
    bytes[place++] = (rest % 128) | 128;
    rest = Math.floor(rest / 128);
  }
  bytes[place++] = rest;
  return place;
}

/** Kafka's signed integers, which go up from zero in both directions: 0, −1, 1, −2, … */
export function zigzag(value: number): number {
  return value < 0 ? -2 * value - 1 : 2 * value;
}
