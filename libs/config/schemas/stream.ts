import { type Static, Type } from 'typebox';
import { durationSchema, fileSchema, jsonPathSchema } from './vocabulary.ts';

const TOPIC = {
  pattern: '^[A-Za-z0-9._-]{1,249}$',
  'x-expects': 'a topic: 1 to 249 letters, digits, ".", "_" or "-"',
};

/** One or more topics with one schema: how an event is read. */
export const StreamSchema = Type.Object(
  {
    topics: Type.Array(Type.String(TOPIC), {
      minItems: 1,
      uniqueItems: true,
      description: 'Topics whose events have this one shape.',
      examples: [['fraud.scored']],
      'x-expects': 'a list of topics, such as [fraud.scored]',
    }),
    codec: Type.Optional(
      Type.Enum(['json', 'arrow'], {
        description:
          'How events are encoded: one JSON object a record, or record batches as an Arrow IPC stream, each row of which is an event.',
        default: 'json',
      }),
    ),
    time: Type.Union(
      [
        jsonPathSchema({ description: 'JSON path of the event time.' }),
        Type.Object(
          { path: jsonPathSchema({ description: 'JSON path of the event time.' }) },
          { additionalProperties: false },
        ),
      ],
      {
        description:
          'Where an event holds its time: ISO 8601 text, or a number of seconds to nanoseconds since 1970.',
        examples: ['$.ts', { path: '$.meta.time' }],
        'x-expects': 'a JSON path such as $.ts',
      },
    ),
    key: Type.Optional(
      jsonPathSchema({ description: 'JSON path of the key.', examples: ['$.customer'] }),
    ),
    id: Type.Optional(
      jsonPathSchema({ description: 'JSON path of the event’s own id.', examples: ['$.id'] }),
    ),
    model_version: Type.Optional(
      jsonPathSchema({
        description: 'JSON path of the version of the model that saw the event.',
        examples: ['$.model'],
      }),
    ),
    partitions: Type.Optional(
      Type.Integer({
        minimum: 1,
        maximum: 1024,
        description: 'Partitions of a topic that Plumbline creates itself.',
        default: 4,
      }),
    ),
    source: Type.Optional(
      Type.Object(
        {
          file: fileSchema({
            description: 'File whose lines are the events.',
            examples: ['events.ndjson'],
          }),
          format: Type.Optional(
            Type.Enum(['ndjson'], { description: 'One JSON object a line.', default: 'ndjson' }),
          ),
        },
        {
          additionalProperties: false,
          description: 'Embedded transport only: a file that is read into the topic.',
          examples: [{ file: 'events.ndjson' }],
        },
      ),
    ),
    dead_letter: Type.Optional(
      Type.String({
        ...TOPIC,
        description: 'Topic that receives a copy of every unusable event with its cause.',
        examples: ['fraud.scored.bad'],
      }),
    ),
    max_event_bytes: Type.Optional(
      Type.Integer({
        minimum: 1024,
        maximum: 64 * 1024 * 1024,
        description: 'Largest event that is decoded; a larger one is counted as bad.',
        default: 1024 * 1024,
      }),
    ),
    sampling: Type.Optional(
      Type.Object(
        {
          share: Type.Number({
            exclusiveMinimum: 0,
            maximum: 1,
            description:
              'Share of the keys whose events are counted; records without a key are drawn one by one.',
            examples: [0.1],
            'x-expects': 'a number above 0, up to 1',
          }),
        },
        {
          additionalProperties: false,
          description:
            'Counts a fixed sample of the events only, for more than can be counted. Every evaluation says so.',
          examples: [{ share: 0.1 }],
        },
      ),
    ),
    max_ahead: Type.Optional(
      durationSchema({
        description: 'An event further ahead of its log timestamp is counted apart as future.',
        default: '10m',
      }),
    ),
    idle_after: Type.Optional(
      durationSchema({
        description: 'A partition without events for this long is not waited for.',
        default: '30s',
      }),
    ),
    stalled_after: Type.Optional(
      durationSchema({
        description:
          'Silence after which the stream is stalled; three times its usual gap, at least 5 minutes, unless given.',
        examples: ['15m'],
      }),
    ),
    block_size: Type.Optional(
      Type.Integer({
        minimum: 256,
        maximum: 65_536,
        description: 'Offsets of one block, the unit of work and recovery; a power of two.',
        default: 8192,
        'x-power-of-two': true,
      }),
    ),
    publish_every: Type.Optional(
      durationSchema({
        description: 'How often an unfinished block is published, so that slow streams are fresh.',
        default: '5s',
        'x-minimum': '100ms',
      }),
    ),
  },
  {
    additionalProperties: false,
    description: 'One or more topics with one schema.',
    examples: [{ topics: ['fraud.scored'], time: '$.ts', model_version: '$.model' }],
  },
);

export type StreamDocument = Static<typeof StreamSchema>;
