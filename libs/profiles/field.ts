/** How a field's values are read and which statistics apply to it. */
export type FieldType = 'numeric' | 'categorical' | 'boolean' | 'circular' | 'timestamp' | 'id';

export type FieldRole = 'feature' | 'prediction' | 'score' | 'label' | 'group' | 'id';

/** A named expression over one source value. */
export type Derivation = 'hour_of_day' | 'day_of_week' | 'length' | 'absolute' | 'log';

/** One monitored value of an event or of a baseline row. */
export interface FieldSpec {
  readonly name: string;
  /** JSON path of the source value: `$.a.b` or `$['a b'].c[0]`. */
  readonly path: string;
  readonly type: FieldType;
  readonly role: FieldRole;
  /** Applied to the source value before it is counted. */
  readonly derive?: Derivation;
  /** Length of the circle in the field's unit; required for `circular`. */
  readonly period?: number;
  /** Read numeric strings as numbers instead of counting them as of a wrong type. */
  readonly coerce?: boolean;
  /** Declared range, in the field's unit; values beyond count as out of range. */
  readonly range?: { readonly min?: number; readonly max?: number };
}
