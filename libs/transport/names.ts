/** Name of the topic that holds the blocks of all profiles. */
export function blocksTopic(instance: string): string {
  return `${instance}.blocks`;
}

/**
 * Partition of the blocks topic that holds a profile: all its blocks share one, so that a single
 * evaluator sees them in order. A profile id is hexadecimal.
 */
export function blocksPartition(profileId: string, partitions: number): number {
  return Number.parseInt(profileId.slice(0, 8), 16) % partitions;
}

/** Consumer group of the profilers of one stream. */
export function profilerGroup(
  instance: string,
  stream: { readonly namespace: string; readonly name: string },
): string {
  return `${instance}.profiler.${stream.namespace}.${stream.name}`;
}

/** Consumer group of the evaluators. */
export function evaluatorGroup(instance: string): string {
  return `${instance}.evaluator`;
}

/** Header of the record that says that a partition's input is over. */
export const END_OF_INPUT_HEADER = 'plumbline-end-of-input';

/** Header of a block that tells the id of the topic that its events were read from. */
export const TOPIC_ID_HEADER = 'plumbline-topic-id';

/** Header in which a feeder notes how far it has come in its source. */
export const FEED_POSITION_HEADER = 'plumbline-feed-position';
