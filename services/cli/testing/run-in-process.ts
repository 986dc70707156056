import { vi } from 'vitest';
import { runProgram } from '../program.ts';

export interface Outcome {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** A command line that runs in this process, with what it has written so far. */
export interface RunningCommand {
  readonly outcome: Promise<Outcome>;
  out(): string;
  err(): string;
  /** As SIGTERM would. */
  interrupt(): void;
}

/** Runs a command line in this process; one at a time, since it takes what the process writes. */
export function launch(...args: readonly string[]): RunningCommand {
  const controller = new AbortController();
  const written = { out: '', err: '' };
  const spies = [
    vi.spyOn(process.stdout, 'write').mockImplementation((chunk) => {
      written.out += String(chunk);
      return true;
    }),
    vi.spyOn(process.stderr, 'write').mockImplementation((chunk) => {
      written.err += String(chunk);
      return true;
    }),
  ];
  const run = async () => {
    try {
      const code = await runProgram(args, {
        gently: () => controller.signal,
        ignoreRepeats: () => undefined,
      });
      return { code, ...written };
    } finally {
      for (const spy of spies) spy.mockRestore();
    }
  };
  return {
    outcome: run(),
    out: () => written.out,
    err: () => written.err,
    interrupt: () => controller.abort(),
  };
}
