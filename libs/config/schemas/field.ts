import { type Static, type TSchema, Type } from 'typebox';
import type { Derivation, FieldRole, FieldType } from '#libs/profiles/field.ts';
import { byField, jsonPathSchema } from './vocabulary.ts';

/** Records rather than lists, so that a missing or a foreign name does not compile. */
const FIELD_TYPES = {
  numeric: true,
  categorical: true,
  boolean: true,
  circular: true,
  timestamp: true,
  id: true,
} satisfies Record<FieldType, true>;

const FIELD_ROLES = {
  feature: true,
  prediction: true,
  score: true,
  label: true,
  group: true,
  id: true,
} satisfies Record<FieldRole, true>;

function derivation(result: string, example: string) {
  return Type.Optional(
    jsonPathSchema({ description: `JSON path; the field is ${result}.`, examples: [example] }),
  );
}

const DERIVATIONS = {
  hour_of_day: derivation('the hour of the day of a time, 0 to 24, circular', '$.date'),
  day_of_week: derivation('the day of the week of a time, circular', '$.date'),
  length: derivation('the number of characters of a text', '$.comment'),
  absolute: derivation('the absolute value of a number', '$.delay'),
  log: derivation('the natural logarithm of a number', '$.amount'),
} satisfies Record<Derivation, TSchema>;

function names<K extends string>(record: Readonly<Record<K, unknown>>): K[] {
  return Object.keys(record) as K[];
}

/** What may be said about one field; everything else is found out from the data. */
const FieldOverrideSchema = Type.Object(
  {
    type: Type.Optional(
      Type.Enum(names(FIELD_TYPES), {
        description: 'How values are read and which statistics apply.',
      }),
    ),
    role: Type.Optional(
      Type.Enum(names(FIELD_ROLES), { description: 'What the field is to the model.' }),
    ),
    path: Type.Optional(
      jsonPathSchema({
        description: 'JSON path of the value; the field’s name at the top level unless given.',
        examples: ['$.payment.amount'],
      }),
    ),
    period: Type.Optional(
      Type.Number({
        exclusiveMinimum: 0,
        description: 'Length of the circle of a circular field, in its unit.',
        examples: [24, 360],
      }),
    ),
    derive: Type.Optional(
      Type.Enum(names(DERIVATIONS), {
        description: 'Computed from the value before it is counted.',
      }),
    ),
    range: Type.Optional(
      Type.Object(
        {
          min: Type.Optional(Type.Number({ description: 'Smallest valid value.' })),
          max: Type.Optional(Type.Number({ description: 'Largest valid value.' })),
        },
        {
          additionalProperties: false,
          minProperties: 1,
          description:
            'Values beyond count as out of range; the baseline’s own range unless given.',
          examples: [{ min: 0, max: 1 }],
        },
      ),
    ),
    coerce: Type.Optional(
      Type.Boolean({
        description: 'Read numeric text as numbers instead of counting it as of a wrong type.',
        default: false,
      }),
    ),
  },
  {
    additionalProperties: false,
    'x-expects': 'a map with type, role, path, period, derive, range or coerce ({} for none)',
  },
);

export const fieldOverrides = (description: string) =>
  byField(FieldOverrideSchema, {
    description,
    examples: [{ amount: { type: 'numeric', range: { min: 0 } } }],
  });

/** Derived fields by name: one derivation and the path of the value it is computed from. */
export const DeriveSchema = byField(
  Type.Object(DERIVATIONS, {
    additionalProperties: false,
    minProperties: 1,
    maxProperties: 1,
    'x-expects': 'one derivation with a JSON path, such as { hour_of_day: $.date }',
  }),
  {
    description: 'Fields that are computed from another value; they are monitored like any other.',
    examples: [{ hour: { hour_of_day: '$.date' } }],
  },
);

export type FieldOverrideDocument = Static<typeof FieldOverrideSchema>;
export type DeriveDocument = Static<typeof DeriveSchema>;
