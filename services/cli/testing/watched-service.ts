import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type CliProcess, eventually, spawnCli } from './run-cli.ts';

/** What `/readyz` answers. */
export interface Readiness {
  readonly status: number;
  readonly checks: readonly { readonly name: string; readonly reason: string | null }[];
}

/** A `plumbline start` of which everything that an operator could see is kept. */
export class WatchedService {
  readonly process: CliProcess;
  /** All that it has shown outside its own output. */
  #shown = '';

  constructor(
    config: string,
    options: {
      readonly args?: readonly string[];
      readonly env?: Readonly<Record<string, string>>;
      readonly ownGroup?: boolean;
    } = {},
  ) {
    const { args = [], env = {}, ownGroup = false } = options;
    this.process = spawnCli(['start', '-c', config, ...args], {
      ownGroup,
      // So many starts in a row: compiling the same sources each time would take most of the time.
      env: { ...env, NODE_COMPILE_CACHE: join(tmpdir(), 'node-compile-cache') },
    });
  }

  /** Its standard output, once it matches. */
  said(pattern: RegExp): Promise<string> {
    return this.#matched('says', { pattern, text: () => this.process.out() });
  }

  /** Its log on standard error, once it matches. */
  logged(pattern: RegExp): Promise<string> {
    return this.#matched('logs', { pattern, text: () => this.process.err() });
  }

  async #matched(
    does: string,
    { pattern, text }: { readonly pattern: RegExp; readonly text: () => string },
  ): Promise<string> {
    let ended = false;
    void this.process.exit.then(() => {
      ended = true;
    });
    try {
      return await eventually(`it ${does} ${pattern}`, () => {
        const found = pattern.exec(text())?.[0];
        if (found === undefined && ended) throw new Error(`it ended before it ${does} ${pattern}`);
        return found;
      });
    } catch (error) {
      throw new Error(`${error instanceof Error ? error.message : error}\n${this.everything()}`);
    }
  }

  /** Where it listens, even while it waits. */
  async url(): Promise<string> {
    const line = await this.said(/(plumbline is at|see:) http:\S+/);
    return line.replace(/^.* /, '').replace('/readyz', '').replace('localhost', '127.0.0.1');
  }

  async readiness(): Promise<Readiness> {
    const response = await fetch(`${await this.url()}/readyz`);
    const text = await response.text();
    this.#shown += text;
    const { checks } = JSON.parse(text) as Readiness;
    return { status: response.status, checks };
  }

  /** Waits until it is ready. */
  async ready(): Promise<void> {
    await this.said(/plumbline is at/);
    await eventually('it is ready', async () => (await this.readiness()).status === 200);
  }

  /** Waits until it is not ready for this reason; answers the check that says so. */
  async unready(reason: RegExp): Promise<Readiness['checks'][number]> {
    let last = '';
    try {
      return await eventually(`it is not ready: ${reason}`, async () => {
        const { status, checks } = await this.readiness();
        last = `${status} ${JSON.stringify(checks)}`;
        return status === 503 ? checks.find((check) => reason.test(check.reason ?? '')) : undefined;
      });
    } catch (error) {
      throw new Error(`${error instanceof Error ? error.message : error}; it said ${last}`);
    }
  }

  async metrics(): Promise<string> {
    const text = await (await fetch(`${await this.url()}/metrics`)).text();
    this.#shown += text;
    return text;
  }

  async get(path: string): Promise<unknown> {
    return (await fetch(`${await this.url()}${path}`)).json();
  }

  /** All that could be seen of it so far. */
  everything(): string {
    return `${this.process.out()}\n${this.process.err()}\n${this.#shown}`;
  }

  /** Ends it as asked to; answers its exit code. */
  async stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<number | null> {
    this.process.kill(signal);
    return (await this.process.exit).code;
  }
}
