import type { BinShare } from '#libs/detectors/evaluation.ts';

/** The bins whose share changed most, largest change first; equal changes keep their order. */
export function topMovers(bins: readonly BinShare[], count: number): readonly BinShare[] {
  const change = (bin: BinShare): number => Math.abs(bin.window - bin.baseline);
  return [...bins].sort((a, b) => change(b) - change(a)).slice(0, count);
}
