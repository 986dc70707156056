import { type ChildProcess, spawn } from 'node:child_process';
import { appendFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const MAIN = fileURLToPath(new URL('../../services/cli/main.ts', import.meta.url));

/** A line of a worker's log, as far as the harness looks at it. */
export interface LogEntry {
  readonly level: string;
  readonly msg: string;
  readonly code?: string;
  readonly [key: string]: unknown;
}

/** One `plumbline start` in a process of its own. */
export class WorkerProcess {
  readonly name: string;
  readonly #child: ChildProcess;
  readonly exited: Promise<string>;
  #state: 'running' | 'frozen' | 'ended' = 'running';
  /** Resolves once its services have started. */
  readonly ready: Promise<void>;

  constructor(options: {
    readonly name: string;
    readonly config: string;
    readonly roles: string;
    readonly env: Readonly<Record<string, string>>;
    /** File that receives all that the process writes. */
    readonly log: string;
    readonly onEntry: (worker: string, entry: LogEntry) => void;
  }) {
    const { name, config, roles, log, onEntry } = options;
    this.name = name;
    const args = [MAIN, 'start', '-c', config, '--role', roles, '--log-level', 'info'];
    this.#child = spawn(process.execPath, args, {
      stdio: ['ignore', 'pipe', 'pipe'],
      // Many starts in a row: compiling the same sources each time would take most of the time.
      env: { ...process.env, ...options.env, NODE_COMPILE_CACHE: join(dirname(log), 'compiled') },
    });
    this.exited = new Promise((resolve) => {
      this.#child.once('exit', (code, signal) => {
        this.#state = 'ended';
        resolve(signal ?? `exit code ${code}`);
      });
    });
    this.ready = new Promise((resolve) => {
      createInterface({ input: this.#child.stdout! }).on('line', (line) => {
        appendFileSync(log, `${name} ${line}\n`);
        if (line.startsWith('plumbline is at')) resolve();
      });
    });
    createInterface({ input: this.#child.stderr! }).on('line', (line) => {
      appendFileSync(log, `${name} ${line}\n`);
      onEntry(name, parseEntry(line));
    });
  }

  get running(): boolean {
    return this.#state === 'running';
  }

  get alive(): boolean {
    return this.#state !== 'ended';
  }

  /** SIGKILL: nothing of the process runs any more. */
  async kill(): Promise<void> {
    this.#child.kill('SIGKILL');
    await this.exited;
  }

  /** Asks it to stop, and waits until it has. */
  async leave(): Promise<string> {
    this.wake();
    this.#child.kill('SIGTERM');
    return this.exited;
  }

  freeze(): void {
    if (this.#state !== 'running') return;
    this.#child.kill('SIGSTOP');
    this.#state = 'frozen';
  }

  wake(): void {
    if (this.#state !== 'frozen') return;
    this.#child.kill('SIGCONT');
    this.#state = 'running';
  }
}

function parseEntry(line: string): LogEntry {
  try {
    const entry = JSON.parse(line) as Partial<LogEntry> | null;
    if (typeof entry?.msg === 'string') return { level: 'unknown', ...entry, msg: entry.msg };
  } catch {
    // Not an entry of the log: what Node.js itself has to say.
  }
  return { level: 'unknown', msg: line };
}
