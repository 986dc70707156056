import { type Static, Type } from 'typebox';
import { BaselineSchema } from './baseline.ts';
import { ChannelSchema } from './channel.ts';
import { KafkaSchema } from './kafka.ts';
import { MonitorSchema } from './monitor.ts';
import { ServerSchema } from './server.ts';
import { StoreSchema } from './store.ts';
import { StreamSchema } from './stream.ts';
import { byName, fileSchema, nameSchema } from './vocabulary.ts';

/** The whole configuration file. */
export const DocumentSchema = Type.Object(
  {
    instance: Type.Optional(
      nameSchema({
        description: 'Prefix of Plumbline’s own topics, groups, keys and metrics.',
        default: 'plumbline',
      }),
    ),
    data: Type.Optional(
      fileSchema({
        description: 'Folder for what the embedded store and transport keep.',
        default: '.plumbline',
      }),
    ),
    server: Type.Optional(ServerSchema),
    transport: Type.Optional(
      Type.Enum(['embedded', 'kafka'], {
        description: 'Where events come from: kafka where a kafka block is given, else embedded.',
      }),
    ),
    kafka: Type.Optional(KafkaSchema),
    store: Type.Optional(StoreSchema),
    streams: Type.Optional(byName(StreamSchema, { description: 'Streams by name.' })),
    baselines: Type.Optional(byName(BaselineSchema, { description: 'Baselines by name.' })),
    monitors: Type.Optional(byName(MonitorSchema, { description: 'Monitors by name.' })),
    channels: Type.Optional(byName(ChannelSchema, { description: 'Channels by name.' })),
  },
  {
    additionalProperties: false,
    title: 'Plumbline configuration',
    'x-expects': 'a map with streams, baselines, monitors and channels',
  },
);

export type ConfigDocument = Static<typeof DocumentSchema>;

/** Schema of each kind of resource, under the key that holds it in the file. */
export const RESOURCE_SCHEMAS = {
  stream: StreamSchema,
  baseline: BaselineSchema,
  monitor: MonitorSchema,
  channel: ChannelSchema,
} as const;

export type ResourceKind = keyof typeof RESOURCE_SCHEMAS;

/** JSON Schema (2020-12) of the configuration file, for editors, documents and the API. */
export function documentJsonSchema(): Record<string, unknown> {
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    ...(JSON.parse(JSON.stringify(DocumentSchema)) as Record<string, unknown>),
  };
}
