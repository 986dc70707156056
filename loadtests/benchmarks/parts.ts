import { type BlocksResult, benchmarkBlocks } from './blocks.ts';
import { benchmarkComparisons, type ComparisonResult } from './comparisons.ts';
import { type FieldMemoryResult, measureFieldMemory } from './field-memory.ts';
import { type FlatnessResult, measureFlatness } from './flatness.ts';
import { loadFlights } from './flights-workload.ts';
import { benchmarkKernel, type KernelResult } from './kernel.ts';
import { benchmarkShapes, type ShapeResult } from './shapes.ts';
import { benchmarkWholePath, type WholePathResult } from './whole-path.ts';

/** What each part of the benchmarks found. */
export interface Results {
  readonly kernel: readonly KernelResult[];
  readonly wholePath: WholePathResult;
  readonly shapes: readonly ShapeResult[];
  readonly comparisons: readonly ComparisonResult[];
  readonly fieldMemory: readonly FieldMemoryResult[];
  readonly flatness: FlatnessResult;
  readonly blocks: readonly BlocksResult[];
}

export type PartName = keyof Results;

/** The parts in the order in which they run; `quick` only shows that they work. */
export const PARTS: {
  readonly [name in PartName]: (quick: boolean) => Promise<Results[name]>;
} = {
  kernel: async (quick) =>
    benchmarkKernel(
      quick
        ? { rows: [100, 10_000], values: 20_000, repetitions: 2 }
        : { rows: [100, 2_048, 10_000, 1_000_000], values: 500_000, repetitions: 7 },
    ),
  wholePath: async (quick) =>
    quick
      ? benchmarkWholePath(await loadFlights(20_000), 2)
      : benchmarkWholePath(await loadFlights(200_000), 24),
  shapes: async (quick) =>
    benchmarkShapes(quick ? { events: 20_000, pairs: 1 } : { events: 100_000, pairs: 12 }),
  blocks: async (quick) =>
    quick
      ? benchmarkBlocks(await loadFlights(16_384), { blocks: 2, repetitions: 2 })
      : benchmarkBlocks(await loadFlights(131_072), { blocks: 16, repetitions: 9 }),
  comparisons: async (quick) =>
    benchmarkComparisons(
      quick
        ? { knots: 100, bins: 50, values: [1_000], batch: 20, repetitions: 2 }
        : { knots: 2_048, bins: 1_000, values: [10_000, 1_000_000], batch: 100, repetitions: 15 },
    ),
  fieldMemory: async (quick) => measureFieldMemory(quick ? 48 : 240),
  flatness: async (quick) =>
    measureFlatness(
      quick ? { events: 50_000, readEvery: 25_000 } : { events: 3_000_000, readEvery: 500_000 },
    ),
};
