import { awaitInSync } from './await-in-sync.ts';
import { withAdmin } from './with-admin.ts';

/** Compaction that does not wait for the amount and the age that a test does not have. */
const SETTINGS = {
  'cleanup.policy': 'compact',
  'min.cleanable.dirty.ratio': '0.01',
  'segment.ms': '200',
  'delete.retention.ms': '0',
  'retention.ms': '-1',
};

/** Creates a topic that is compacted soon, and rids itself of tombstones at once. */
export async function createEagerlyCompacted(
  brokers: readonly string[],
  topic: string,
  partitions = 1,
): Promise<void> {
  const configEntries = Object.entries(SETTINGS).map(([name, value]) => ({ name, value }));
  await withAdmin(brokers, (admin) =>
    admin.createTopics({
      waitForLeaders: false,
      topics: [{ topic, numPartitions: partitions, configEntries }],
    }),
  );
  await awaitInSync(brokers, { deadlineMs: 30_000 });
}
