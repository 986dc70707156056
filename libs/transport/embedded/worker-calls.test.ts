import { Worker } from 'node:worker_threads';
import { expect, test } from 'vitest';
import type { PlumblineError } from '#libs/errors/plumbline-error.ts';
import { WorkerCaller } from './worker-calls.ts';

interface Calls {
  work(request: number): Promise<number>;
}

/** Doubles numbers, refuses negative ones with a coded error, dies at 0. */
function start(lost: (error: PlumblineError) => void): WorkerCaller<Calls> {
  const source = `
    import { answerCalls } from '${new URL('./worker-calls.ts', import.meta.url).href}';
    import { PlumblineError } from '${import.meta.resolve('#libs/errors/plumbline-error.ts')}';
    answerCalls({
      work: async (n) => {
        if (n < 0) throw new PlumblineError('PLB_STORE_FULL', 'no ' + n, { path: 'p' });
        if (n === 0) process.exit(3);
        return 2 * n;
      },
    });`;
  return new WorkerCaller<Calls>(
    new Worker(new URL(`data:text/javascript,${encodeURIComponent(source)}`)),
    lost,
  );
}

test('replies and coded errors come back to their calls', async () => {
  const caller = start(() => {});
  const outcomes = await Promise.allSettled([1, -2, 3].map((n) => caller.call('work', n)));
  expect(outcomes[0]).toEqual({ status: 'fulfilled', value: 2 });
  expect(outcomes[1]).toMatchObject({
    reason: { code: 'PLB_STORE_FULL', message: 'no -2', detail: { path: 'p' } },
  });
  expect(outcomes[2]).toEqual({ status: 'fulfilled', value: 6 });
  await caller.terminate();
  await expect(caller.call('work', 1)).rejects.toMatchObject({ code: 'PLB_TRANSPORT_CLOSED' });
});

test('a worker that ends by itself rejects what waits, and is reported once', async () => {
  const lost: PlumblineError[] = [];
  const caller = start((error) => lost.push(error));
  const gone = { code: 'PLB_TRANSPORT_UNAVAILABLE' };
  await Promise.all([
    expect(caller.call('work', 0)).rejects.toMatchObject(gone),
    expect(caller.call('work', 1)).rejects.toMatchObject(gone),
  ]);
  await expect(caller.call('work', 1)).rejects.toMatchObject(gone);
  await caller.terminate();
  expect(lost).toMatchObject([gone]);
});
