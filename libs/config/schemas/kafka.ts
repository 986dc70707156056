import { type Static, Type } from 'typebox';
import { fileSchema, secretSchema, textSchema } from './vocabulary.ts';

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

const SaslSchema = Type.Object(
  {
    mechanism: Type.Enum(['plain', 'scram-sha-256', 'scram-sha-512'], {
      description: 'How the user is proved to the brokers.',
    }),
    username: textSchema({ description: 'User of the brokers.', examples: ['plumb'] }),
    password: secretSchema({
      description: 'Reference to the password.',
      examples: [{ env: 'KAFKA_PW' }],
    }),
  },
  { additionalProperties: false, description: 'Login at the brokers.' },
);

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
