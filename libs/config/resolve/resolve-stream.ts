import { parseDuration } from '../duration.ts';
import type { StreamConfig } from '../resolved.ts';
import { type StreamDocument, StreamSchema } from '../schemas/stream.ts';
import { durationSetting, optional, setting } from './setting.ts';

export function resolveStream(
  key: { readonly namespace: string; readonly name: string },
  document: StreamDocument,
): StreamConfig {
  const { time, source, sampling, stalled_after: stalledAfter } = document;
  return {
    ...key,
    topics: document.topics,
    codec: setting(StreamSchema, { document, key: 'codec' }),
    timePath: typeof time === 'string' ? time : time.path,
    ...optional('keyPath', document.key),
    ...optional('idPath', document.id),
    ...optional('modelVersionPath', document.model_version),
    partitions: setting(StreamSchema, { document, key: 'partitions' }),
    ...optional('source', source && { file: source.file, format: source.format ?? 'ndjson' }),
    ...optional('deadLetterTopic', document.dead_letter),
    maxEventBytes: setting(StreamSchema, { document, key: 'max_event_bytes' }),
    ...optional('sampling', sampling?.share === 1 ? undefined : sampling),
    maxAheadMs: durationSetting(StreamSchema, { document, key: 'max_ahead' }),
    idleAfterMs: durationSetting(StreamSchema, { document, key: 'idle_after' }),
    ...optional(
      'stalledAfterMs',
      stalledAfter === undefined ? undefined : parseDuration(stalledAfter),
    ),
    blockSize: setting(StreamSchema, { document, key: 'block_size' }),
    publishEveryMs: durationSetting(StreamSchema, { document, key: 'publish_every' }),
  };
}
