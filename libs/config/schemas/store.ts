import { type Static, Type } from 'typebox';
import { fileSchema, nameSchema, secretSchema } from './vocabulary.ts';

/** PostgreSQL, which several processes can share. */
export const PostgresSchema = Type.Object(
  {
    url: secretSchema({
      description:
        'Reference to the address, postgres://user:password@host:5432/database, which holds a secret.',
      examples: [{ env: 'PLUMBLINE_DATABASE_URL' }],
    }),
    schema: Type.Optional(
      nameSchema({
        description: 'Schema that holds the tables; created unless it is there.',
        default: 'plumbline',
      }),
    ),
    pool_size: Type.Optional(
      Type.Integer({
        minimum: 2,
        maximum: 100,
        description: 'Most connections of one process.',
        default: 8,
      }),
    ),
    ca_file: Type.Optional(
      fileSchema({
        description: 'PEM file of the authorities to trust; the connection is encrypted then.',
        examples: ['postgres-ca.pem'],
      }),
    ),
  },
  { additionalProperties: false, description: 'PostgreSQL.' },
);

/** Where configuration, counts and evaluations are kept. */
export const StoreSchema = Type.Object(
  { postgres: PostgresSchema },
  {
    additionalProperties: false,
    description:
      'Where configuration, counts and evaluations are kept: SQLite in the data folder unless given.',
    examples: [{ postgres: { url: { env: 'PLUMBLINE_DATABASE_URL' } } }],
  },
);

export type StoreDocument = Static<typeof StoreSchema>;
