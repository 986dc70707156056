import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdtemp, rename, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { FetchedKafka } from './fetch-kafka.ts';
import { launchCluster } from './kafka-cluster.ts';

const DEADLINE_MS = 120_000;

/**
 * The classes of a started broker as an archive that the next start maps into memory (class data
 * sharing), which halves the time of a start; made by one broker once for each Java.
 *
 * @returns the flags to start with: none where no archive could be made, which only costs time
 */
export async function classArchiveFlags(
  kafka: FetchedKafka,
  bootstrap: string,
): Promise<readonly string[]> {
  const key = createHash('sha256').update(kafka.version).digest('hex').slice(0, 8);
  const archive = join(kafka.folder, `classes-${key}.jsa`);
  const flags = [`-XX:SharedArchiveFile=${archive}`];
  if (existsSync(archive)) return flags;
  // Written beside its place and renamed, as two processes may do this at once.
  const writing = `${archive}.${process.pid}`;
  const folder = await mkdtemp(join(tmpdir(), 'plumbline-kafka-'));
  try {
    const cluster = await launchCluster(kafka, {
      bootstrap,
      folder,
      flags: [`-XX:ArchiveClassesAtExit=${writing}`],
      deadlineMs: DEADLINE_MS,
    });
    await cluster.stop({ orderly: true });
    await rename(writing, archive);
    return flags;
  } catch {
    return [];
  } finally {
    await rm(writing, { force: true });
    await rm(folder, { recursive: true, force: true });
  }
}
