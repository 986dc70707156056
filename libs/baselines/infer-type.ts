import type { FieldType } from '#libs/profiles/field.ts';
import type { Observation } from './column-observer.ts';
import type { BaselineWarning } from './warning.ts';

export interface InferredType {
  readonly type: FieldType;
  readonly warnings: readonly Omit<BaselineWarning, 'field'>[];
}

/** Above this share of distinct values a text identifies rows instead of describing them. */
const IDENTIFIER_SHARE = 0.5;
/** Fewer values cannot tell an identifier from a category. */
const IDENTIFIER_MINIMUM = 10;
/** Integers with at most so many distinct values may well be codes. */
const FEW_DISTINCT = 10;

/**
 * The type that a path's sampled values suggest. `undefined` where there is nothing to monitor:
 * no value at all, or arrays.
 */
export function inferType(seen: Observation, textual: boolean): InferredType | undefined {
  const kinds = [
    { kind: 'number', count: seen.numbers },
    { kind: 'text', count: seen.texts },
    { kind: 'boolean', count: seen.booleans },
    { kind: 'time', count: seen.times },
    { kind: 'other', count: seen.others },
  ].sort((a, b) => b.count - a.count);
  const [main] = kinds;
  if (main === undefined || main.count === 0 || main.kind === 'other') return undefined;
  const warnings: Omit<BaselineWarning, 'field'>[] = [];
  const type = typeOf(main.kind, seen, { textual, warnings });
  if (main.count < seen.present) {
    const minor = kinds.slice(1).filter(({ count }) => count > 0);
    warnings.push({
      code: 'mixed_types',
      message: `taken as ${type}, but ${minor.map(({ kind, count }) => `${count} values are ${kind === 'other' ? 'arrays or objects' : `${kind}s`}`).join(' and ')} of ${seen.present}; they count as of a wrong type`,
    });
  }
  if (seen.distinct === 1 && type !== 'id') {
    warnings.push({ code: 'constant', message: `all ${seen.present} sampled values are equal` });
  }
  return { type, warnings };
}

interface TypeContext {
  readonly textual: boolean;
  readonly warnings: Omit<BaselineWarning, 'field'>[];
}

function typeOf(kind: string, seen: Observation, context: TypeContext): FieldType {
  const { textual, warnings } = context;
  if (kind === 'time') return 'timestamp';
  if (kind === 'boolean') return 'boolean';
  if (kind === 'number') return numeric(seen, context);
  if (textual && seen.booleanTexts) return 'boolean';
  if (textual && seen.numericTexts && !seen.leadingZeros) return numeric(seen, context);
  if (textual && seen.numericTexts) {
    warnings.push({
      code: 'leading_zeros',
      message:
        'numbers with leading zeros are taken as text; if they are numbers, set type: numeric',
    });
  } else if (seen.timeTexts) return 'timestamp';
  else if (seen.numericTexts) {
    warnings.push({
      code: 'numeric_text',
      message:
        'all texts are numbers in quotes; to monitor them as numbers, set type: numeric and coerce: true',
    });
  }
  if (seen.texts >= IDENTIFIER_MINIMUM && seen.distinct > IDENTIFIER_SHARE * seen.texts) {
    warnings.push({
      code: 'identifier',
      message: `${seen.distinct} of ${seen.texts} sampled texts are distinct: taken as an id, of which only rates are monitored; if they are categories, set type: categorical`,
    });
    return 'id';
  }
  return 'categorical';
}

function numeric(seen: Observation, { warnings }: TypeContext): FieldType {
  if (seen.integers && seen.distinct > 1 && seen.distinct <= FEW_DISTINCT) {
    warnings.push({
      code: 'few_distinct',
      message: `only ${seen.distinct} distinct integers; if they are codes, set type: categorical`,
    });
  }
  return 'numeric';
}
