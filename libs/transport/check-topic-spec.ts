import { PlumblineError } from '#libs/errors/plumbline-error.ts';
import type { TopicSpec } from './port.ts';

/** Kafka's rule, so that a log may move there with its names. */
const NAME = /^(?!\.{1,2}$)[a-zA-Z0-9._-]{1,249}$/;
const MAX_PARTITIONS = 10_000;

/** @throws PLB_CONFIG_INVALID when a topic cannot be created like this */
export function checkTopicSpec({ topic, partitions, retentionMs }: TopicSpec): void {
  const refuse = (path: string, what: string) =>
    new PlumblineError('PLB_CONFIG_INVALID', `Cannot create topic "${topic}": ${what}.`, { path });
  if (!NAME.test(topic)) {
    throw refuse(
      'topic',
      `topic must be 1 to 249 letters, digits, ".", "_" or "-", got "${topic}"`,
    );
  }
  if (!Number.isInteger(partitions) || partitions < 1 || partitions > MAX_PARTITIONS) {
    throw refuse('partitions', `partitions must be from 1 to ${MAX_PARTITIONS}, got ${partitions}`);
  }
  if (retentionMs !== undefined && !(Number.isSafeInteger(retentionMs) && retentionMs > 0)) {
    throw refuse(
      'retentionMs',
      `retentionMs must be whole milliseconds above 0, got ${retentionMs}`,
    );
  }
}
