import { type ChildProcessByStdio, spawn, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';

/** A record as Kafka's own consumer gives it, bytes in hexadecimal digits, `-` for null. */
export interface JavaRecord {
  readonly offset: number;
  readonly timestamp: number;
  readonly key: string;
  readonly value: string;
  readonly headers: string;
}

/** What Kafka's own consumer sees of a partition with `isolation.level=read_committed`. */
export interface JavaView {
  readonly start: number;
  readonly end: number;
  readonly records: readonly JavaRecord[];
  /** The offsets that are seen when reading begins at an offset. */
  readonly offsetsFrom: ReadonlyMap<number, readonly number[]>;
}

/** A record to send; bytes in hexadecimal digits, `-` for null; headers as `name=value,…`. */
export interface JavaOutgoing {
  readonly key?: string;
  readonly value: string;
  readonly headers?: string;
}

/** Why this Java cannot run `JavaClient`, if it cannot. */
export function missingCompiler(java: string): string | undefined {
  const { stdout } = spawnSync(java, ['--list-modules'], { encoding: 'utf8' });
  return stdout.includes('jdk.compiler')
    ? undefined
    : 'Java comes without its compiler (Debian: apt install default-jdk-headless)';
}

/** Kafka's own Java client, run from source (a JDK is needed), one command at a time. */
export class JavaClient {
  readonly #child: ChildProcessByStdio<Writable, Readable, Readable>;
  readonly #lines: AsyncIterator<string>;
  #said = '';

  constructor(kafka: { java: string; classpath: string; bootstrap: readonly string[] }) {
    const source = join(import.meta.dirname, 'java-client.java');
    const flags = ['-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1', '-Xmx192m', '-Dlog4j2.level=OFF'];
    this.#child = spawn(
      kafka.java,
      [...flags, '-cp', kafka.classpath, source, kafka.bootstrap.join(',')],
      { stdio: ['pipe', 'pipe', 'pipe'] },
    );
    this.#child.stderr.on('data', (text) => {
      this.#said += text;
    });
    // An end is told by the next answer that does not come.
    this.#child.stdin.on('error', () => undefined);
    this.#lines = createInterface({ input: this.#child.stdout })[Symbol.asyncIterator]();
  }

  create(topic: string, settings: Readonly<Record<string, string>> = {}): Promise<string[]> {
    const pairs = Object.entries(settings).map(([name, value]) => `${name}=${value}`);
    return this.#run(['create', topic, ...pairs]);
  }

  producer(
    name: string,
    { codec = 'none', transactional = false, lingerMs = 0 } = {},
  ): Promise<string[]> {
    return this.#run(['producer', name, codec, String(transactional), String(lingerMs)]);
  }

  transaction(step: 'begin' | 'commit' | 'abort', name: string): Promise<string[]> {
    return this.#run([step, name]);
  }

  send(name: string, topic: string, records: readonly JavaOutgoing[]): Promise<string[]> {
    const words = records.flatMap(({ key = '-', value, headers = '-' }) => [key, value, headers]);
    return this.#run(['send', name, topic, ...words]);
  }

  deleteBefore(topic: string, offset: number): Promise<string[]> {
    return this.#run(['delete', topic, String(offset)]);
  }

  async read(topic: string): Promise<JavaView> {
    const lines = await this.#run(['read', topic]);
    const [start = 0, end = 0] = lines[0]?.split(' ').slice(1).map(Number) ?? [];
    const records: JavaRecord[] = [];
    const offsetsFrom = new Map<number, readonly number[]>();
    for (const line of lines.slice(1)) {
      const [kind, first = '', ...rest] = line.split(' ');
      if (kind === 'from') offsetsFrom.set(Number.parseInt(first, 10), rest.map(Number));
      else {
        const [timestamp = '', key = '', value = '', headers = ''] = rest;
        const offset = Number(first);
        records.push({ offset, timestamp: Number(timestamp), key, value, headers });
      }
    }
    return { start, end, records, offsetsFrom };
  }

  close(): void {
    this.#child.kill('SIGKILL');
  }

  async #run(words: readonly string[]): Promise<string[]> {
    this.#child.stdin.write(`${words.join(' ')}\n`);
    const answer: string[] = [];
    for (;;) {
      const { value, done } = await this.#lines.next();
      if (done === true) throw new Error(`The Java client ended: ${this.#said}`);
      if (value === 'ok') return answer;
      answer.push(value);
    }
  }
}
