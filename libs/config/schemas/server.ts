import { Type } from 'typebox';

/** Where the API and the pages listen. */
export const ServerSchema = Type.Object(
  {
    host: Type.Optional(
      Type.String({
        pattern: '^[A-Za-z0-9.:_-]+$',
        'x-expects': 'a host name or an IP address without a port',
        description: 'Address to listen on.',
        default: '127.0.0.1',
        examples: ['127.0.0.1', 'localhost', '::1'],
      }),
    ),
    port: Type.Optional(
      Type.Integer({
        minimum: 0,
        maximum: 65_535,
        description: 'Port to listen on; 0 takes any free one.',
        default: 8080,
        examples: [8080],
      }),
    ),
  },
  {
    additionalProperties: false,
    description: 'Where the API and the pages listen.',
    examples: [{ host: '127.0.0.1', port: 8080 }],
  },
);
