import { type Static, Type } from 'typebox';
import { MonitorSchema } from './monitor.ts';

const {
  fields,
  derive,
  thresholds,
  min_samples,
  significance,
  evidence,
  bins,
  zero_fill,
  missing_as_bin,
} = MonitorSchema.properties;

/** What two sets of rows are compared by: the keys of a monitor that are about values, not time. */
export const CheckSchema = Type.Object(
  {
    fields,
    derive,
    thresholds,
    min_samples,
    significance,
    evidence,
    bins,
    zero_fill,
    missing_as_bin,
  },
  {
    additionalProperties: false,
    title: 'Plumbline check',
    'x-expects': 'a map with fields, thresholds and other keys of a monitor',
    examples: [{ fields: { delay: { type: 'numeric' } } }],
  },
);

export type CheckDocument = Static<typeof CheckSchema>;
