import type { TopicSpec } from '../port.ts';

/** Blocks of many fields are several MB; records of users are what they are. */
const MAX_BATCH_BYTES = 32 * 1024 * 1024;
/** Large enough for any batch, small enough that compaction and retention soon have whole ones. */
const SEGMENT_BYTES = 128 * 1024 * 1024;
const HOUR_MS = 60 * 60 * 1000;
const DAY_MS = 24 * HOUR_MS;

/** Settings with which Plumbline creates a topic; an existing topic is used as it is. */
export function topicSettings({ cleanup, retentionMs }: TopicSpec): Record<string, string> {
  const common = {
    'max.message.bytes': `${MAX_BATCH_BYTES}`,
    'segment.bytes': `${SEGMENT_BYTES}`,
    'retention.ms': `${retentionMs ?? -1}`,
  };
  if (cleanup === 'delete') return { ...common, 'cleanup.policy': 'delete' };
  return {
    ...common,
    'cleanup.policy': retentionMs === undefined ? 'compact' : 'compact,delete',
    // A quiet topic gets rid of outdated records too.
    'segment.ms': `${DAY_MS}`,
    'max.compaction.lag.ms': `${DAY_MS}`,
    // Nobody has to learn from a tombstone that a key is gone; kept for a day, they would add up.
    'delete.retention.ms': `${HOUR_MS}`,
  };
}

/** The command that does by hand what this user may not do. */
export function createTopicCommand(spec: TopicSpec, brokers: readonly string[]): string {
  const settings = Object.entries(topicSettings(spec)).map(([name, value]) =>
    value.includes(',') ? `--config ${name}=[${value}]` : `--config ${name}=${value}`,
  );
  return [
    `kafka-topics --bootstrap-server ${brokers[0]} --create --topic ${spec.topic}`,
    `--partitions ${spec.partitions}`,
    ...settings,
  ].join(' ');
}
