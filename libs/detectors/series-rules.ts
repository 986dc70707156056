import type { ProfileLayout } from '#libs/profiles/layout.ts';
import {
  applicableStatistics,
  type FieldStatistic,
  invalidRule,
  requireField,
  requireStatistic,
} from './rules.ts';
import { createDetector } from './sequential/detectors.ts';

/** Detectors that may watch the figures of windows: they tell up from down. */
export type SeriesDetector = 'page_hinkley' | 'cusum' | 'ewma' | 'adwin';

/** One detector over the figures of one statistic, as a user asks for it. */
export interface SequentialInput {
  /** `*` is every field to which the statistic applies; what a field says itself wins over it. */
  readonly field: string;
  readonly statistic: string;
  readonly detector: SeriesDetector;
  /** Options of the detector; what is left out has its default. */
  readonly options: Readonly<Record<string, number>>;
  /** Verdict where the figures have risen. */
  readonly verdict: 'warning' | 'critical';
}

/** The same for one field. */
export interface SeriesRule extends SequentialInput {
  readonly statistic: FieldStatistic;
}

/**
 * The detectors of each field, in the layout's order.
 *
 * @throws PLB_CONFIG_INVALID with the path of the rule, what is wrong and what would be right
 */
export function resolveSeriesRules(
  layout: ProfileLayout,
  input: readonly SequentialInput[] = [],
): readonly SeriesRule[] {
  const known = layout.fields.map(({ spec }) => spec.name);
  for (const { field, statistic, detector, options } of input) {
    const path = `sequential.${field}.${statistic}`;
    if (field !== '*') requireField(field, { known, path: `sequential.${field}` });
    requireStatistic(statistic, path);
    try {
      createDetector(detector, options);
    } catch (error) {
      if (error instanceof RangeError) throw invalidRule(path, `is wrong: ${error.message}`);
      throw error;
    }
  }
  return layout.fields.flatMap((field) => {
    const { name, type } = field.spec;
    const applicable = applicableStatistics(field);
    for (const { statistic } of input.filter((rule) => rule.field === name)) {
      if (applicable.some((other) => other === statistic)) continue;
      throw invalidRule(
        `sequential.${name}.${statistic}`,
        `must be a statistic that applies to a ${type} field, got '${statistic}'`,
        `Use one of: ${applicable.join(', ')}.`,
      );
    }
    return applicable.flatMap((statistic): SeriesRule[] => {
      const rules = input.filter((rule) => rule.statistic === statistic);
      const rule =
        rules.find((own) => own.field === name) ?? rules.find((all) => all.field === '*');
      return rule === undefined ? [] : [{ ...rule, field: name, statistic }];
    });
  });
}
