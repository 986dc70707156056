import { type ChildProcess, fork } from 'node:child_process';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { Check } from '#services/api/options.ts';
import { remains } from './merge-metrics.ts';
import type { MetricSnapshot, ParentMessage, WorkerMessage } from './messages.ts';

const MAIN = fileURLToPath(new URL('../main.ts', import.meta.url));
const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 15_000;
/** After so long a life the next pause is the first one again. */
const STEADY_MS = 60_000;
/** A worker that has not ended by then is killed; what it has stored is complete at any instant. */
const STOP_GRACE_MS = 8000;
/** Of a worker that does not answer in this time a scrape shows what it said last. */
const ANSWER_MS = 1500;
const WELL = 'exit code 0';
/** How a command ends that is interrupted before it runs. */
const INTERRUPTED = 'exit code 130';
/** A worker that says nothing for so long is not well, though it has said that it was. */
const SILENCE_MS = 10_000;

/** How a life of a worker ended. */
export interface WorkerEnd {
  readonly worker: string;
  /** `exit code 2`, `signal SIGKILL` */
  readonly how: string;
  readonly next: 'is started again' | 'was asked to end';
}

/** At which level an end is logged: that what was asked to end does is no failure. */
export function levelOf({ how, next }: WorkerEnd): 'info' | 'error' {
  return next === 'was asked to end' && [WELL, INTERRUPTED].includes(how) ? 'info' : 'error';
}

export interface WorkerOptions {
  readonly name: string;
  /** Command line of the worker. */
  readonly args: readonly string[];
  /** Told when it has ended by itself, or not well when it was asked to. */
  readonly onEnd: (end: WorkerEnd) => void;
}

/** One worker process through all its lives. */
export class Worker {
  readonly #options: WorkerOptions;
  readonly #stopping = new AbortController();
  readonly #living: Promise<void>;
  readonly #asked = new Map<number, (metrics: readonly MetricSnapshot[]) => void>();
  #requests = 0;
  #child: ChildProcess | null = null;
  #told: { readonly checks: readonly Check[]; readonly at: number } | null = null;
  #trouble = 'It is starting.';
  /** What this life said last. */
  #metrics: readonly MetricSnapshot[] = [];
  /** What the lives before have counted. */
  #ended: readonly MetricSnapshot[] = [];

  constructor(options: WorkerOptions) {
    this.#options = options;
    this.#living = this.#live();
  }

  async #live(): Promise<void> {
    const { name, onEnd } = this.#options;
    const { signal } = this.#stopping;
    let wait = FIRST_PAUSE_MS;
    while (!signal.aborted) {
      const begun = performance.now();
      const how = await this.#run();
      this.#child = null;
      this.#told = null;
      this.#ended = await remains([this.#ended, this.#metrics]);
      this.#metrics = [];
      if (signal.aborted) {
        if (how !== WELL) onEnd({ worker: name, how, next: 'was asked to end' });
        return;
      }
      this.#trouble = `It ended (${how}) and is started again; its log says why.`;
      onEnd({ worker: name, how, next: 'is started again' });
      if (performance.now() - begun > STEADY_MS) wait = FIRST_PAUSE_MS;
      await pause(wait, undefined, { signal }).catch(() => undefined);
      wait = Math.min(wait * 2, LONGEST_PAUSE_MS);
    }
  }

  /** One life, from start to end; answers how it ended. */
  #run(): Promise<string> {
    const { name, args } = this.#options;
    const child = fork(MAIN, [...args, '--as-worker', name], {
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    });
    this.#child = child;
    child.on('message', (message: WorkerMessage) => {
      if (message.type === 'metrics') this.#asked.get(message.request)?.(message.metrics);
      else this.#told = { checks: message.checks, at: performance.now() };
    });
    return new Promise((resolve) => {
      child.once('error', (error) => resolve(error.message));
      child.once('exit', (code, signal) =>
        resolve(signal === null ? `exit code ${code}` : `signal ${signal}`),
      );
    });
  }

  checks(): readonly Check[] {
    const { name } = this.#options;
    const told = this.#told;
    if (told === null) return [{ name, ok: false, reason: this.#trouble }];
    const silence = performance.now() - told.at;
    if (silence > SILENCE_MS) {
      const reason = `Nothing was heard of it for ${Math.round(silence / 1000)} s.`;
      return [{ name, ok: false, reason }];
    }
    return told.checks.map((check) => ({ ...check, name: `${name}: ${check.name}` }));
  }

  async metrics(): Promise<readonly (readonly MetricSnapshot[])[]> {
    const child = this.#child;
    const answer = child === null ? null : await this.#ask(child);
    // A life that ended meanwhile is counted among the others.
    if (answer !== null && child === this.#child) this.#metrics = answer;
    return [this.#ended, this.#metrics];
  }

  async #ask(child: ChildProcess): Promise<readonly MetricSnapshot[] | null> {
    if (!child.connected) return null;
    const request = ++this.#requests;
    const { promise, resolve } = Promise.withResolvers<readonly MetricSnapshot[] | null>();
    const timer = setTimeout(() => resolve(null), ANSWER_MS);
    this.#asked.set(request, resolve);
    child.send({ type: 'metrics', request } satisfies ParentMessage, (error) => {
      if (error !== null) resolve(null);
    });
    try {
      return await promise;
    } finally {
      clearTimeout(timer);
      this.#asked.delete(request);
    }
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    const child = this.#child;
    if (child === null) return this.#living;
    child.kill('SIGTERM');
    // One that is frozen takes no other signal.
    const timer = setTimeout(() => child.kill('SIGKILL'), STOP_GRACE_MS);
    await this.#living;
    clearTimeout(timer);
  }
}
