/** The engine as a library: `import { Baseline, compare, evaluate, Profile } from 'plumbline'`. */
export { Baseline, type BaselineOptions } from '#libs/comparison/baseline.ts';
export { type CompareOptions, compare } from '#libs/comparison/compare.ts';
export type {
  ComparedBin,
  ComparedDetail,
  ComparedFigure,
  Comparison,
  FieldComparison,
  VolumeComparison,
} from '#libs/comparison/comparison.ts';
export type { DataSource, Rows } from '#libs/comparison/data-source.ts';
export { type EvaluateOptions, evaluate } from '#libs/comparison/evaluate.ts';
export { Profile } from '#libs/comparison/profile.ts';
export { PlumblineError } from '#libs/errors/plumbline-error.ts';
