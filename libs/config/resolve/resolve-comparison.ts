import { toSchemaNode } from '../describe.ts';
import type { BinSpec, ComparisonConfig, FieldSelection } from '../resolved.ts';
import { type CheckDocument, CheckSchema } from '../schemas/check.ts';
import { resolveDerivedFields, resolveFieldOverrides } from './resolve-fields.ts';
import { resolveThresholds } from './resolve-thresholds.ts';
import { setting } from './setting.ts';

/** The part of a monitor that `plumbline check` and the library share with it. */
export function resolveComparison(document: CheckDocument): ComparisonConfig {
  const { zero_fill: zeroFill } = document;
  return {
    fields: resolveSelection(setting(CheckSchema, { document, key: 'fields' })),
    derive: resolveDerivedFields(document.derive),
    ...resolveThresholds(document.thresholds),
    minSamples: setting(CheckSchema, { document, key: 'min_samples' }),
    significance: setting(CheckSchema, { document, key: 'significance' }),
    evidence: setting(CheckSchema, { document, key: 'evidence' }),
    bins: resolveBins(setting(CheckSchema, { document, key: 'bins' })),
    zeroFill:
      zeroFill === undefined
        ? { kind: 'half_observation' }
        : { kind: 'epsilon', epsilon: zeroFill.epsilon },
    missingAsBin: setting(CheckSchema, { document, key: 'missing_as_bin' }),
  };
}

function resolveSelection(fields: NonNullable<CheckDocument['fields']>): FieldSelection {
  if (fields === 'auto') return { kind: 'auto' };
  return {
    kind: 'listed',
    fields: Array.isArray(fields)
      ? fields.map((name) => ({ name }))
      : resolveFieldOverrides(fields),
  };
}

function resolveBins(bins: NonNullable<CheckDocument['bins']>): ComparisonConfig['bins'] {
  if (typeof bins === 'number') return { default: { kind: 'count', count: bins }, fields: [] };
  const { '*': others = Number(toSchemaNode(CheckSchema.properties.bins).default), ...named } =
    bins;
  return {
    default: toBinSpec(others),
    fields: Object.entries(named).map(([field, spec]) => ({ field, bins: toBinSpec(spec) })),
  };
}

function toBinSpec(bins: number | number[]): BinSpec {
  return typeof bins === 'number' ? { kind: 'count', count: bins } : { kind: 'edges', edges: bins };
}
