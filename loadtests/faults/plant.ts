import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { startKafka, type TestKafka } from '#deploy/kafka/start-kafka.ts';
import { startPostgres, type TestPostgres } from '#deploy/postgres/start-postgres.ts';
import { generateBaseline } from '#services/cli/exactness/generated-events.ts';
import { faultsConfig } from './faults-config.ts';
import { openTcpProxy, type TcpProxy } from './tcp-proxy.ts';
import { type LogEntry, WorkerProcess } from './worker-process.ts';

const DISK_MB = 2048;

interface PlantParts {
  readonly directory: string;
  readonly kafka: TestKafka;
  readonly proxies: readonly TcpProxy[];
  readonly postgres: TestPostgres;
  readonly databaseUrl: string;
  readonly disk: string | null;
  readonly onEntry: (worker: string, entry: LogEntry) => void;
}

/** Kafka behind proxies, PostgreSQL, and the worker processes between them. */
export class FaultPlant {
  readonly directory: string;
  readonly config: string;
  readonly kafka: TestKafka;
  readonly proxies: readonly TcpProxy[];
  readonly postgres: TestPostgres;
  readonly databaseUrl: string;
  /** Folder of the database's disk, where it has one of its own that can be filled. */
  readonly disk: string | null;
  readonly #onEntry: (worker: string, entry: LogEntry) => void;
  #workers: WorkerProcess[] = [];
  #started = 0;

  private constructor(parts: PlantParts) {
    this.directory = parts.directory;
    this.kafka = parts.kafka;
    this.proxies = parts.proxies;
    this.postgres = parts.postgres;
    this.databaseUrl = parts.databaseUrl;
    this.disk = parts.disk;
    this.#onEntry = parts.onEntry;
    this.config = join(parts.directory, 'plumbline.yaml');
  }

  static async start(options: {
    readonly directory: string;
    readonly brokers: 1 | 3;
    readonly heapMb: number;
    readonly sessionTimeoutMs: number;
    readonly onEntry: (worker: string, entry: LogEntry) => void;
  }): Promise<FaultPlant> {
    const { directory, brokers, heapMb, sessionTimeoutMs, onEntry } = options;
    // The database runs as a user of its own, who has to come to its folder.
    chmodSync(directory, 0o755);
    const proxies: TcpProxy[] = [];
    const disk = mountDisk(directory);
    let kafka: TestKafka | undefined;
    let postgres: TestPostgres | undefined;
    try {
      kafka = await startKafka({
        ...{ brokers, heapMb },
        async advertise(target) {
          const proxy = await openTcpProxy(target);
          proxies.push(proxy);
          return proxy.address;
        },
      });
      const settings = { max_wal_size: '96MB', min_wal_size: '32MB' };
      postgres = await onDisk(disk, () => startPostgres({ settings }));
      const databaseUrl = await postgres.createDatabase();
      return FaultPlant.#make({
        ...{ directory, kafka, proxies, postgres, databaseUrl, disk, onEntry, sessionTimeoutMs },
      });
    } catch (error) {
      await release({ kafka, proxies, postgres, disk });
      throw error;
    }
  }

  static #make(parts: PlantParts & { readonly sessionTimeoutMs: number }): FaultPlant {
    const { directory, kafka, sessionTimeoutMs } = parts;
    const plant = new FaultPlant(parts);
    writeFileSync(join(directory, 'baseline.ndjson'), generateBaseline({ rows: 6000, seed: 7 }));
    writeFileSync(
      plant.config,
      faultsConfig({ directory, brokers: kafka.bootstrap, sessionTimeoutMs }),
    );
    return plant;
  }

  get workers(): readonly WorkerProcess[] {
    return this.#workers.filter(({ alive }) => alive);
  }

  /** How many worker processes there have been. */
  get started(): number {
    return this.#started;
  }

  /** Starts one more worker process. */
  add(roles = 'profiler,evaluator'): WorkerProcess {
    const worker = new WorkerProcess({
      name: `worker-${++this.#started}`,
      ...{ config: this.config, roles, onEntry: this.#onEntry },
      env: { FAULTS_DATABASE_URL: this.databaseUrl },
      log: join(this.directory, 'workers.log'),
    });
    this.#workers.push(worker);
    return worker;
  }

  /** Writes until the database's disk is full; answers how to make room again. */
  fillDisk(): () => void {
    const file = join(this.disk ?? '', 'ballast');
    const { bavail, bsize } = statfsSync(this.disk ?? '');
    const chunk = Buffer.alloc(1024 * 1024, 1);
    try {
      const count = Math.ceil((bavail * bsize) / chunk.length) + 1;
      writeFileSync(file, '');
      for (let i = 0; i < count; i++) writeFileSync(file, chunk, { flag: 'a' });
    } catch {
      // Full, as it was meant to be.
    }
    return () => rmSync(file, { force: true });
  }

  async stop(): Promise<void> {
    await Promise.all(this.workers.map((worker) => worker.kill()));
    await release(this);
  }
}

async function release(parts: {
  readonly kafka: TestKafka | undefined;
  readonly proxies: readonly TcpProxy[];
  readonly postgres: TestPostgres | undefined;
  readonly disk: string | null;
}): Promise<void> {
  await Promise.all(parts.proxies.map((proxy) => proxy.close()));
  await parts.kafka?.stop();
  await parts.postgres?.stop();
  if (parts.disk !== null) await unmount(parts.disk);
}

/** A small disk of its own in memory, where this user may make one. */
function mountDisk(directory: string): string | null {
  const disk = join(directory, 'disk');
  mkdirSync(disk);
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${DISK_MB}m,mode=1777`, 'tmpfs', disk], {
      stdio: 'ignore',
    });
    return disk;
  } catch {
    return null;
  }
}

async function unmount(disk: string): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      execFileSync('umount', [disk], { stdio: 'pipe' });
      return;
    } catch (error) {
      // The database's last process may take a moment to let go of its folder.
      if (attempt === 20) throw error;
      await pause(250);
    }
  }
}

/** Temporary folders that the work makes lie on the disk. */
async function onDisk<T>(disk: string | null, work: () => Promise<T>): Promise<T> {
  if (disk === null) return work();
  const before = process.env.TMPDIR;
  process.env.TMPDIR = disk;
  try {
    return await work();
  } finally {
    if (before === undefined) delete process.env.TMPDIR;
    else process.env.TMPDIR = before;
  }
}
