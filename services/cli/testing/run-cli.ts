import { type ChildProcess, spawn } from 'node:child_process';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const MAIN = fileURLToPath(new URL('../main.ts', import.meta.url));

/** The real command line in a process of its own. */
export interface CliProcess {
  readonly pid: number;
  out(): string;
  err(): string;
  readonly exit: Promise<{ readonly code: number | null; readonly signal: string | null }>;
  kill(signal: NodeJS.Signals): void;
  /** Stops reading what it writes to standard output. */
  closeOutput(): void;
}

/** Waiting longer than this means that it will not come. */
const DEADLINE_MS = 25_000;

const running = new Set<ChildProcess>();

export function spawnCli(
  args: readonly string[],
  options: {
    readonly nodeArgs?: readonly string[];
    readonly entry?: string;
    /** Variables beyond those of this process. */
    readonly env?: Readonly<Record<string, string>>;
    /** Whether it has a process group of its own, as a command at a terminal has. */
    readonly ownGroup?: boolean;
  } = {},
): CliProcess {
  const { nodeArgs = [], entry = MAIN, env, ownGroup = false } = options;
  const child = spawn(process.execPath, [...nodeArgs, entry, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, NODE_OPTIONS: '', ...env },
    detached: ownGroup,
  });
  running.add(child);
  let out = '';
  let err = '';
  child.stdout.on('data', (chunk) => {
    out += String(chunk);
  });
  child.stderr.on('data', (chunk) => {
    err += String(chunk);
  });
  return {
    pid: child.pid!,
    out: () => out,
    err: () => err,
    exit: new Promise((resolve) =>
      child.once('close', (code, signal) => {
        running.delete(child);
        resolve({ code, signal });
      }),
    ),
    kill: (signal) => child.kill(signal),
    closeOutput: () => child.stdout.destroy(),
  };
}

/** Ends what a failed test has left running. */
export function endAll(): void {
  for (const child of running) child.kill('SIGKILL');
}

/** Waits for a condition; it says itself what it waited for when time is up. */
export async function eventually<T>(
  what: string,
  condition: () => T | undefined | Promise<T | undefined>,
): Promise<T> {
  const deadline = performance.now() + DEADLINE_MS;
  for (;;) {
    const value = await condition();
    if (value !== undefined && value !== false) return value;
    if (performance.now() > deadline) throw new Error(`not within ${DEADLINE_MS} ms: ${what}`);
    await pause(50);
  }
}

/** Address of a started service, from what it said. */
export function addressIn(text: string): string | undefined {
  return /plumbline is at (http:\S+)/.exec(text)?.[1];
}
