import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { cp, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { toProperties } from './broker-settings.ts';
import type { FetchedKafka } from './fetch-kafka.ts';
import { USERS } from './users.ts';

const run = promisify(execFile);

/** SCRAM users cannot be named in a broker's settings: the cluster's metadata begins with them. */
const SCRAM = Object.values(USERS).flatMap(({ username, password }) =>
  ['SCRAM-SHA-256', 'SCRAM-SHA-512'].map(
    (mechanism) => `${mechanism}=[name=${username},password=${password}]`,
  ),
);

/**
 * The records with which the metadata of a new cluster begins: features of the version, and the
 * users. They are the same for every cluster, so Kafka's own formatter, which takes longer than the
 * rest of a start, writes them once.
 */
export async function bootstrapCheckpoint(kafka: FetchedKafka): Promise<string> {
  const key = createHash('sha256').update(SCRAM.join()).digest('hex').slice(0, 8);
  const kept = join(kafka.folder, `bootstrap-${key}.checkpoint`);
  if (existsSync(kept)) return kept;
  const folder = await mkdtemp(join(tmpdir(), 'plumbline-kafka-format-'));
  try {
    const settings = join(folder, 'server.properties');
    await writeFile(
      settings,
      toProperties({
        'process.roles': 'broker,controller',
        'node.id': '1',
        'controller.quorum.voters': '1@127.0.0.1:9093',
        'controller.listener.names': 'CONTROLLER',
        listeners: 'CONTROLLER://127.0.0.1:9093,PLAIN://127.0.0.1:9092',
        'listener.security.protocol.map': 'CONTROLLER:PLAINTEXT,PLAIN:PLAINTEXT',
        'inter.broker.listener.name': 'PLAIN',
        'log.dirs': join(folder, 'data'),
      }),
    );
    await run(kafka.java, [
      ...['-cp', kafka.classpath, 'kafka.tools.StorageTool', 'format', '--config', settings],
      ...['--cluster-id', 'AAAAAAAAAAAAAAAAAAAAAA'],
      ...SCRAM.flatMap((user) => ['--add-scram', user]),
    ]);
    // Two processes may do this at once: the file appears whole or not at all.
    const own = `${kept}.${process.pid}`;
    await cp(join(folder, 'data', 'bootstrap.checkpoint'), own);
    await rename(own, kept);
    return kept;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
