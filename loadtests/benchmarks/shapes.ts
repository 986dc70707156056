import { createScoredWorkload, SCORED_SHAPES, type ScoredShape } from './scored-workload.ts';
import { comparePaths, type PathComparison } from './whole-path.ts';

export interface ShapeResult extends PathComparison {
  readonly shape: ScoredShape;
}

/** The whole way of scored events by how they are built: what is not watched is parsed for nothing. */
export function benchmarkShapes({
  events,
  pairs,
}: {
  readonly events: number;
  readonly pairs: number;
}): ShapeResult[] {
  return SCORED_SHAPES.map((shape) => ({
    shape,
    ...comparePaths(createScoredWorkload(shape, events), pairs).comparison,
  }));
}
