import { expect, test } from 'vitest';
import { levelOf, type WorkerEnd } from './worker.ts';

test.each<[how: string, next: WorkerEnd['next'], level: string]>([
  ['exit code 130', 'was asked to end', 'info'],
  ['exit code 0', 'was asked to end', 'info'],
  ['signal SIGKILL', 'was asked to end', 'error'],
  ['exit code 2', 'was asked to end', 'error'],
  ['exit code 130', 'is started again', 'error'],
  ['exit code 0', 'is started again', 'error'],
])('%s of a worker that %s is logged as %s', (how, next, level) => {
  expect(levelOf({ worker: 'worker 1', how, next })).toBe(level);
});
