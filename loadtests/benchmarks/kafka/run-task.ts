import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { TaskInput, TaskName, TaskResult } from './tasks.ts';

const MAIN = fileURLToPath(new URL('main.ts', import.meta.url));

/** Runs a task in a fresh process, so that none inherits another one's heap or compiled code. */
export function runTask<N extends TaskName>(
  name: N,
  input: TaskInput<N>,
  options: { readonly env?: Readonly<Record<string, string>> } = {},
): Promise<TaskResult<N>> {
  const child = fork(MAIN, ['--task', name, '--input', JSON.stringify(input)], {
    execArgv: ['--expose-gc'],
    env: { ...process.env, ...options.env },
  });
  return new Promise((done, failed) => {
    let result: { readonly value: TaskResult<N> } | undefined;
    child.on('message', (message) => {
      result = message as { readonly value: TaskResult<N> };
    });
    child.on('error', failed);
    child.on('exit', (code, signal) => {
      if (result !== undefined) done(result.value);
      else failed(new Error(`Cannot run ${name}: it ended with ${code ?? signal}`));
    });
  });
}
