import { type Static, Type } from 'typebox';
import { durationSchema, fileSchema, secretSchema, textSchema, urlSchema } from './vocabulary.ts';

const TlsSchema = Type.Object(
  {
    ca_file: Type.Optional(
      fileSchema({ description: 'PEM file of the authorities to trust.', examples: ['ca.pem'] }),
    ),
    certificate_file: Type.Optional(
      fileSchema({ description: 'PEM file of the client certificate.', examples: ['client.pem'] }),
    ),
    key_file: Type.Optional(
      fileSchema({
        description: 'PEM file of the key of the client certificate.',
        examples: ['client-key.pem'],
      }),
    ),
    server_name: Type.Optional(
      textSchema({
        description: 'Name that the brokers’ certificates must carry.',
        examples: ['kafka.example.org'],
      }),
    ),
  },
  { additionalProperties: false, minProperties: 1 },
);

const MECHANISM = 'How the user is proved to the brokers.';

const PasswordLoginSchema = Type.Object(
  {
    mechanism: Type.Enum(['plain', 'scram-sha-256', 'scram-sha-512'], { description: MECHANISM }),
    username: textSchema({ description: 'User of the brokers.', examples: ['plumb'] }),
    password: secretSchema({
      description: 'Reference to the password.',
      examples: [{ env: 'KAFKA_PW' }],
    }),
  },
  { additionalProperties: false },
);

const TokenLoginSchema = Type.Object(
  {
    mechanism: Type.Literal('oauthbearer', { description: MECHANISM }),
    token: Type.Optional(
      secretSchema({
        description: 'Reference to the bearer token, read anew at each login.',
        examples: [{ file: '/run/secrets/kafka-token' }],
      }),
    ),
    token_endpoint: Type.Optional(
      Type.Object(
        {
          url: urlSchema({
            description: 'Address that gives out tokens (OAuth 2.0 client credentials).',
            examples: ['https://login.example.org/oauth2/token'],
          }),
          client_id: textSchema({ description: 'Id of this client.', examples: ['plumbline'] }),
          client_secret: secretSchema({
            description: 'Reference to the client’s secret.',
            examples: [{ env: 'KAFKA_CLIENT_SECRET' }],
          }),
          scope: Type.Optional(textSchema({ description: 'Scope that is asked for.' })),
        },
        { additionalProperties: false, description: 'Where tokens are fetched, instead of token.' },
      ),
    ),
  },
  { additionalProperties: false },
);

const SaslSchema = Type.Union([PasswordLoginSchema, TokenLoginSchema], {
  description: 'Login at the brokers.',
  examples: [{ mechanism: 'scram-sha-512', username: 'plumb', password: { env: 'KAFKA_PW' } }],
  'x-discriminator': 'mechanism',
  'x-expects': 'a map with a mechanism',
});

/** How the brokers are reached; its presence chooses the Kafka transport. */
export const KafkaSchema = Type.Object(
  {
    brokers: Type.Array(
      Type.String({
        pattern: '^[^\\s/:]+:[0-9]{1,5}$|^\\[[0-9a-fA-F:]+\\]:[0-9]{1,5}$',
        'x-expects': 'host:port, such as kafka:9092',
        examples: ['kafka:9092'],
      }),
      {
        minItems: 1,
        uniqueItems: true,
        description: 'Brokers to ask first; the others are found through them.',
        'x-expects': 'a list of host:port, such as [kafka:9092]',
      },
    ),
    client_id: Type.Optional(
      textSchema({
        description:
          'Name under which the brokers see this client; the instance’s name unless given.',
        examples: ['plumbline'],
      }),
    ),
    tls: Type.Optional(
      Type.Union([Type.Boolean(), TlsSchema], {
        description: 'Encrypt the connection; a map names certificates.',
        default: false,
        'x-expects':
          'true, false, or a map with ca_file, certificate_file, key_file or server_name',
      }),
    ),
    sasl: Type.Optional(SaslSchema),
    session_timeout: Type.Optional(
      durationSchema({
        description:
          'A process that the brokers do not hear of for this long loses its partitions to others.',
        default: '30s',
        'x-minimum': '6s',
      }),
    ),
    request_timeout: Type.Optional(
      durationSchema({
        description: 'How long an answer of a broker is waited for.',
        default: '30s',
        'x-minimum': '1s',
      }),
    ),
    blocks_partitions: Type.Optional(
      Type.Integer({
        minimum: 1,
        maximum: 1024,
        description:
          'Partitions of the blocks topic where Plumbline creates it: as many evaluators can share the profiles.',
        default: 8,
      }),
    ),
  },
  {
    additionalProperties: false,
    description: 'Kafka brokers. Giving this block chooses the kafka transport.',
    examples: [
      {
        brokers: ['kafka:9092'],
        tls: true,
        sasl: { mechanism: 'scram-sha-512', username: 'plumb', password: { env: 'KAFKA_PW' } },
      },
    ],
  },
);

export type KafkaDocument = Static<typeof KafkaSchema>;
