import { type Static, type TProperties, Type } from 'typebox';
import { secretSchema, textSchema, urlSchema } from './vocabulary.ts';

function channel<const K extends string, P extends TProperties>(
  type: K,
  options: { readonly description: string; readonly example: object; readonly properties: P },
) {
  return Type.Object(
    { type: Type.Literal(type, { description: 'Kind of channel.' }), ...options.properties },
    {
      additionalProperties: false,
      description: options.description,
      examples: [{ type, ...options.example }],
    },
  );
}

const PagerDutySchema = channel('pagerduty', {
  description: 'PagerDuty, Events API v2.',
  example: { routing_key: { env: 'PD_KEY' } },
  properties: {
    routing_key: secretSchema({
      description: 'Reference to the integration’s routing key.',
      examples: [{ env: 'PD_KEY' }],
    }),
    url: Type.Optional(
      urlSchema({
        description: 'Another address of the Events API.',
        examples: ['https://events.eu.pagerduty.com'],
      }),
    ),
  },
});

const SlackSchema = channel('slack', {
  description: 'Slack, incoming webhook.',
  example: { webhook_url: { env: 'SLACK_WEBHOOK' } },
  properties: {
    webhook_url: secretSchema({
      description: 'Reference to the webhook’s address, which is a secret.',
      examples: [{ env: 'SLACK_WEBHOOK' }],
    }),
  },
});

const AlertmanagerSchema = channel('alertmanager', {
  description: 'Prometheus Alertmanager, API v2.',
  example: { url: 'http://alertmanager:9093' },
  properties: {
    url: urlSchema({
      description: 'Address of Alertmanager.',
      examples: ['http://alertmanager:9093'],
    }),
    username: Type.Optional(textSchema({ description: 'User for basic authentication.' })),
    password: Type.Optional(
      secretSchema({ description: 'Reference to the password for basic authentication.' }),
    ),
    bearer_token: Type.Optional(secretSchema({ description: 'Reference to a bearer token.' })),
    labels: Type.Optional(
      Type.Record(
        Type.String({ pattern: '^[a-zA-Z_][a-zA-Z0-9_]*$' }),
        Type.String({ 'x-expects': 'a text' }),
        {
          additionalProperties: false,
          description: 'Labels that every alert carries.',
          examples: [{ team: 'data-eng' }],
          'x-names': 'a label name: letters, digits and "_", not beginning with a digit',
        },
      ),
    ),
  },
});

const WebhookSchema = channel('webhook', {
  description: 'JSON to any address, signed where a key is given.',
  example: { url: 'https://hooks.example.org/plumbline', signing_key: { env: 'HOOK_KEY' } },
  properties: {
    url: Type.Union(
      [
        urlSchema({ description: 'The address itself.' }),
        secretSchema({ description: 'Reference to an address that is a secret.' }),
      ],
      {
        description: 'Where to post.',
        examples: ['https://hooks.example.org/plumbline', { env: 'HOOK_URL' }],
        'x-expects': 'an http or https address, or a reference { env: NAME } or { file: PATH }',
      },
    ),
    signing_key: Type.Optional(
      secretSchema({ description: 'Reference to the key of the HMAC-SHA256 signature.' }),
    ),
    headers: Type.Optional(
      Type.Record(
        Type.String({ pattern: "^[A-Za-z0-9!#$%&'*+.^_`|~-]+$" }),
        Type.Union(
          [
            Type.String({ pattern: '^[^\\r\\n]*$', 'x-expects': 'a text of one line' }),
            secretSchema({ description: 'Reference to the value.' }),
          ],
          { 'x-expects': 'a text of one line, or a reference { env: NAME } or { file: PATH }' },
        ),
        {
          additionalProperties: false,
          description: 'Further headers; those that carry a secret as a reference.',
          examples: [{ 'X-Team': 'data-eng', Authorization: { env: 'HOOK_AUTH' } }],
          'x-names': 'the name of an HTTP header',
        },
      ),
    ),
  },
});

const ADDRESS = {
  pattern: '^[^\\s@]+@[^\\s@]+$',
  'x-expects': 'an e-mail address',
};

export const EmailSchema = channel('email', {
  description: 'E-mail by SMTP.',
  example: {
    host: 'smtp.example.org',
    from: 'plumbline@example.org',
    to: ['oncall@example.org'],
  },
  properties: {
    host: Type.String({
      pattern: '^[A-Za-z0-9.:_-]+$',
      'x-expects': 'a host name without a port',
      description: 'SMTP server.',
    }),
    port: Type.Optional(
      Type.Integer({
        minimum: 1,
        maximum: 65_535,
        description: 'Port of the SMTP server.',
        default: 587,
      }),
    ),
    from: Type.String({ ...ADDRESS, description: 'Sender.' }),
    to: Type.Array(Type.String(ADDRESS), {
      minItems: 1,
      uniqueItems: true,
      description: 'Receivers.',
    }),
    username: Type.Optional(textSchema({ description: 'User of the SMTP server.' })),
    password: Type.Optional(secretSchema({ description: 'Reference to the password.' })),
  },
});

/** Where people are told. */
export const ChannelSchema = Type.Union(
  [PagerDutySchema, SlackSchema, AlertmanagerSchema, WebhookSchema, EmailSchema],
  {
    description: 'Where people are told.',
    examples: [{ type: 'pagerduty', routing_key: { env: 'PD_KEY' } }],
    'x-discriminator': 'type',
    'x-expects': 'a map with a type',
  },
);

export type ChannelDocument = Static<typeof ChannelSchema>;
