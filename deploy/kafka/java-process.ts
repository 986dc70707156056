import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, readFileSync } from 'node:fs';
import type { Writable } from 'node:stream';

/**
 * Becomes the program, after it left a watchdog behind that kills the program (and removes a
 * folder) as soon as descriptor 3 is closed without a word: so nothing outlives a parent that was
 * killed. The watchdog ignores the signals that a terminal sends to everybody.
 */
const WATCHED = `
removes=$1; shift
( trap '' INT TERM HUP
  read -r word <&3 || { kill -9 $$; [ -z "$removes" ] || rm -rf "$removes"; } ) >/dev/null 2>&1 &
exec 3<&-
exec "$@"
`;

/** How many of the last lines of a log an error shows. */
const TAIL = 30;

export interface JavaProcessOptions {
  /** The program and its arguments. */
  readonly command: readonly string[];
  /** File that takes what it says; appended to. */
  readonly log: string;
  /** Folder to remove when the parent dies before it could tidy up. */
  readonly removes?: string;
}

/** A program that ends with its parent, however the parent ends. */
export class JavaProcess {
  readonly #child: ChildProcess;
  readonly #log: string;
  readonly #ended: Promise<unknown>;

  constructor({ command, log, removes = '' }: JavaProcessOptions) {
    const out = openSync(log, 'a');
    this.#log = log;
    this.#child = spawn('/bin/sh', ['-c', WATCHED, 'sh', removes, ...command], {
      stdio: ['ignore', out, out, 'pipe'],
    });
    closeSync(out);
    this.#ended = once(this.#child, 'exit').catch(() => undefined);
    const alive = this.#child.stdio[3] as Writable;
    // The watchdog reads nothing but the end; a broken pipe only says that it is gone.
    alive.on('error', () => undefined);
    this.#child.once('exit', () => alive.end('ended\n'));
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  get running(): boolean {
    return this.#child.exitCode === null && this.#child.signalCode === null && this.pid > 0;
  }

  signal(signal: NodeJS.Signals): void {
    if (this.running) this.#child.kill(signal);
  }

  /** Sends the signal and waits until the program has ended; after `patienceMs` it is killed. */
  async end(signal: NodeJS.Signals, patienceMs = 30_000): Promise<void> {
    if (!this.running) return;
    this.#child.kill(signal);
    const killer = setTimeout(() => this.#child.kill('SIGKILL'), patienceMs);
    await this.#ended;
    clearTimeout(killer);
  }

  /** The end of what it said. */
  tail(): string {
    return readFileSync(this.#log, 'utf8').trimEnd().split('\n').slice(-TAIL).join('\n');
  }

  /** Whether the log has this text. */
  said(text: string): boolean {
    return readFileSync(this.#log, 'utf8').includes(text);
  }
}
