import { setTimeout as sleep } from 'node:timers/promises';
import { withAdmin } from './with-admin.ts';

const POLL_MS = 100;

/** Waits until every partition of every topic has all its replicas in sync. */
export async function awaitInSync(
  addresses: readonly string[],
  { deadlineMs }: { readonly deadlineMs: number },
): Promise<void> {
  const end = performance.now() + deadlineMs;
  for (;;) {
    const behind = await lagging(addresses).catch((error: Error) => [error.message]);
    if (behind.length === 0) return;
    if (performance.now() > end) {
      throw new Error(`not in sync within ${deadlineMs} ms: ${behind.join(', ')}`);
    }
    await sleep(POLL_MS);
  }
}

async function lagging(addresses: readonly string[]): Promise<string[]> {
  const { topics } = await withAdmin(addresses, (admin) => admin.fetchTopicMetadata());
  return topics.flatMap(({ name, partitions }) =>
    partitions
      .filter(({ isr, replicas, leader }) => leader < 0 || isr.length < replicas.length)
      .map(({ partitionId }) => `${name}-${partitionId}`),
  );
}
