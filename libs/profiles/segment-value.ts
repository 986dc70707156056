import type { FieldSpec } from './field.ts';
import { compileCategoryReader, compileNumericReader } from './value.ts';

/** A longer text does not name a segment: names are shown, stored and asked for. */
const LONGEST_VALUE = 128;

/** Name of the segment of all events that belong to no other; no other name lacks a `=`. */
export const OTHER_SEGMENT = 'other';

/**
 * Reads the value by which an event is put into a segment, as text: a category, `true` or `false`,
 * a finite number. `undefined` where it is missing, of a wrong type or too long to be a name.
 *
 * @throws RangeError for a field of which only presence is counted.
 */
export function compileSegmentValue(spec: FieldSpec): (source: unknown) => string | undefined {
  switch (spec.type) {
    case 'numeric':
    case 'circular': {
      const read = compileNumericReader(spec);
      return (source) => {
        const value = read(source);
        return Number.isFinite(value) ? String(value) : undefined;
      };
    }
    case 'categorical':
    case 'boolean': {
      const read = compileCategoryReader(spec);
      return (source) => {
        const value = read(source);
        return typeof value === 'string' && value.length <= LONGEST_VALUE ? value : undefined;
      };
    }
    case 'timestamp':
    case 'id':
      throw new RangeError(
        `Cannot make segments by ${spec.name}: it must have few values, got type ${spec.type}`,
      );
  }
}

/**
 * What people call a segment: `country=DE, device=mobile`. A value that could be misread, or that a
 * database could not hold, stands in quotes as in JSON, so that no two segments share a name.
 */
export function segmentName(
  by: readonly Pick<FieldSpec, 'name'>[],
  values: readonly string[],
): string {
  return by.map(({ name }, i) => `${name}=${quoted(values[i]!)}`).join(', ');
}

function quoted(value: string): string {
  const isPlain =
    value.isWellFormed() && /^[^\s"=,\p{Cc}](?:[^"=,\p{Cc}]*[^\s"=,\p{Cc}])?$/u.test(value);
  return isPlain ? value : JSON.stringify(value);
}
