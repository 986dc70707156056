import { existsSync } from 'node:fs';
import { cp, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { JavaProcess } from './java-process.ts';

/** One broker of a started Kafka. */
export interface TestBroker {
  readonly node: number;
  /** Of the Java process; 0 while there is none. */
  readonly pid: number;
  readonly running: boolean;
  /** Ends it in an orderly way: leaders move first. */
  stop(): Promise<void>;
  /** Ends it at once (SIGKILL). */
  kill(): Promise<void>;
  /** Starts it again on the same ports and data; waits until it answers. */
  start(): Promise<void>;
  /** Lets it stand still (SIGSTOP): its connections stay open, and nothing answers. */
  freeze(): void;
  /** Lets a frozen broker go on. */
  thaw(): void;
  /** The end of its log. */
  tail(): string;
}

export interface KafkaBrokerOptions {
  readonly node: number;
  readonly folder: string;
  readonly java: string;
  readonly classpath: string;
  readonly heapMb: number;
  /** Content of its settings file. */
  readonly properties: string;
  readonly clusterId: string;
  /** What a formatted storage begins with: features and users of the cluster. */
  readonly bootstrap: string;
  readonly flags: readonly string[];
  /** Folder that goes when the parent dies. */
  readonly removes?: string;
  /** Waits until this broker answers. */
  readonly ready: (broker: KafkaBroker) => Promise<void>;
}

const LOGGING = join(import.meta.dirname, 'log4j2.properties');

export class KafkaBroker implements TestBroker {
  readonly node: number;
  readonly #options: KafkaBrokerOptions;
  #process: JavaProcess | undefined;
  #frozen = false;

  constructor(options: KafkaBrokerOptions) {
    this.node = options.node;
    this.#options = options;
  }

  get pid(): number {
    return this.running ? (this.#process?.pid ?? 0) : 0;
  }

  get running(): boolean {
    return this.#process?.running ?? false;
  }

  /** Whether it is expected to answer. */
  get answers(): boolean {
    return this.running && !this.#frozen;
  }

  /** Starts the process without waiting for an answer. */
  async launch(): Promise<void> {
    if (this.running) return;
    const { folder, heapMb, removes } = this.#options;
    await this.#format();
    const settings = join(folder, 'server.properties');
    await writeFile(settings, this.#options.properties, { mode: 0o600 });
    this.#process = new JavaProcess({
      command: [
        this.#options.java,
        `-Xms${Math.min(heapMb, 128)}m`,
        `-Xmx${heapMb}m`,
        ...this.#options.flags,
        `-Dlog4j2.configurationFile=${LOGGING}`,
        ...['-cp', this.#options.classpath, 'kafka.Kafka', settings],
      ],
      log: join(folder, 'broker.log'),
      ...(removes === undefined ? {} : { removes }),
    });
  }

  async start(): Promise<void> {
    await this.launch();
    await this.#options.ready(this);
  }

  async stop(patienceMs?: number): Promise<void> {
    this.thaw();
    await this.#process?.end('SIGTERM', patienceMs);
  }

  async kill(): Promise<void> {
    this.#frozen = false;
    await this.#process?.end('SIGKILL');
  }

  freeze(): void {
    this.#frozen = true;
    this.#process?.signal('SIGSTOP');
  }

  thaw(): void {
    this.#frozen = false;
    this.#process?.signal('SIGCONT');
  }

  tail(): string {
    return this.#process?.tail() ?? '';
  }

  /** Whether its log has this text. */
  said(text: string): boolean {
    return this.#process?.said(text) ?? false;
  }

  /** Writes what `kafka-storage format` writes, without a Java start of its own. */
  async #format(): Promise<void> {
    const data = join(this.#options.folder, 'data');
    const meta = join(data, 'meta.properties');
    if (existsSync(meta)) return;
    await mkdir(data, { recursive: true });
    await cp(this.#options.bootstrap, join(data, 'bootstrap.checkpoint'));
    await writeFile(
      meta,
      `version=1\ncluster.id=${this.#options.clusterId}\nnode.id=${this.node}\n`,
    );
  }
}
