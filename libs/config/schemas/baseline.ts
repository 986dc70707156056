import { type Static, Type } from 'typebox';
import { DeriveSchema, fieldOverrides } from './field.ts';
import {
  durationSchema,
  fileSchema,
  jsonPathSchema,
  textSchema,
  timeSchema,
} from './vocabulary.ts';

/** Reference data that live data is compared with. */
export const BaselineSchema = Type.Object(
  {
    file: fileSchema({
      description: 'Parquet, Arrow, CSV or NDJSON file of reference rows.',
      examples: ['train.parquet'],
    }),
    format: Type.Optional(
      Type.Enum(['parquet', 'arrow', 'csv', 'ndjson'], {
        description: 'Format of the file; told from its name and content unless given.',
      }),
    ),
    time: Type.Optional(
      jsonPathSchema({
        description:
          'JSON path (or column) of the event time. With it the baseline knows how much it varies by itself.',
        examples: ['$.ts'],
      }),
    ),
    pane: Type.Optional(
      durationSchema({
        description: 'Length of the slices whose variation is kept.',
        default: '1h',
      }),
    ),
    from: Type.Optional(
      timeSchema({
        description: 'Only rows at or after this time.',
        examples: ['2001-01-01T00:00:00Z'],
      }),
    ),
    to: Type.Optional(
      timeSchema({ description: 'Only rows before this time.', examples: ['2001-02-01'] }),
    ),
    privacy: Type.Optional(
      Type.Object(
        {
          min_count: Type.Integer({
            minimum: 2,
            maximum: 1_000_000,
            description: 'Fewest rows that a count of the baseline may be about.',
            examples: [10],
          }),
        },
        {
          additionalProperties: false,
          description:
            'Coarsens the baseline, so that nothing that is kept or shown of it is about few rows.',
          examples: [{ min_count: 10 }],
        },
      ),
    ),
    model_version: Type.Optional(
      textSchema({
        description: 'Version of the model that was built on these rows.',
        examples: ['v7'],
      }),
    ),
    version: Type.Optional(
      textSchema({
        description: 'Version of the baseline itself; made from its content unless given.',
        examples: ['2001-01'],
      }),
    ),
    expires_after: Type.Optional(
      durationSchema({
        description:
          'How long after its last event (or, without event times, after it was built) it is good; later evaluations carry a warning.',
        examples: ['90d'],
        'x-minimum': '1s',
      }),
    ),
    fields: Type.Optional(fieldOverrides('What cannot be found out from the data, by field.')),
    derive: Type.Optional(DeriveSchema),
  },
  {
    additionalProperties: false,
    description: 'Reference data that live data is compared with.',
    examples: [{ file: 'train.parquet', model_version: 'v7' }],
  },
);

export type BaselineDocument = Static<typeof BaselineSchema>;
