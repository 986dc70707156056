import { expect, onTestFinished, test } from 'vitest';
import { PlumblineError } from '#libs/errors/plumbline-error.ts';
import { createLifecycle, type LifecycleEvent } from '#libs/telemetry/lifecycle.ts';
import { until } from '#libs/transport/until.ts';
import { type Part, type Supervised, supervise } from './supervise.ts';

/** What happens to a part, in order, and how to make its latest life fail. */
interface Story {
  readonly steps: string[];
  readonly failures: LifecycleEvent[];
  fail: (error: Error) => void;
}

async function watch(
  begin: (story: Story, life: number) => Part | Promise<Part>,
): Promise<{ story: Story; supervised: Supervised }> {
  const story: Story = { steps: [], failures: [], fail: () => undefined };
  const lifecycle = createLifecycle();
  lifecycle.observe((event) => story.failures.push(event));
  let lives = 0;
  const supervised = await supervise({
    ...{ name: 'part', role: 'profiler', lifecycle },
    start: async (failed) => {
      story.fail = failed;
      story.steps.push('start');
      return begin(story, ++lives);
    },
  });
  onTestFinished(() => supervised.stop());
  return { story, supervised };
}

function closing({ steps }: Story): Part {
  return {
    async close() {
      steps.push('close');
    },
  };
}

const FULL = new PlumblineError('PLB_STORE_FULL', 'Cannot write: the disk is full');

test('a part that fails is closed, and then started again', async () => {
  const { story, supervised } = await watch(closing);
  expect(supervised.trouble()).toBeNull();
  story.fail(FULL);
  await until(() => supervised.trouble() !== null, { what: 'the failure is noticed' });
  expect(supervised.trouble()).toBe(FULL.message);
  await until(() => supervised.trouble() === null, { what: 'it runs again' });
  expect(story.steps).toEqual(['start', 'close', 'start']);
  expect(story.failures).toEqual([
    {
      ...{ type: 'failure', role: 'profiler', outcome: 'retries' },
      ...{ code: 'PLB_STORE_FULL', message: FULL.message },
    },
  ]);
  await supervised.stop();
  expect(story.steps).toEqual(['start', 'close', 'start', 'close']);
});

test('a part that cannot start is tried again, and the caller need not wait for it', async () => {
  const { story, supervised } = await watch((own, life) => {
    if (life < 3) throw new Error(`not in life ${life}`);
    return closing(own);
  });
  expect(supervised.trouble()).toBe('not in life 1');
  await until(() => supervised.trouble() === null, { what: 'it runs' });
  expect(story.steps).toEqual(['start', 'start', 'start']);
  expect(story.failures).toMatchObject([
    { code: 'PLB_INTERNAL', message: 'not in life 1' },
    { code: 'PLB_INTERNAL', message: 'not in life 2' },
  ]);
});

test('a part that cannot be closed is started again all the same', async () => {
  const { story, supervised } = await watch((own, life) =>
    life === 1 ? { close: () => Promise.reject(new Error('stuck')) } : closing(own),
  );
  story.fail(FULL);
  await until(() => story.steps.length === 2, { what: 'it is started again' });
  expect(story.failures).toMatchObject([{ code: 'PLB_STORE_FULL' }, { message: 'stuck' }]);
  await until(() => supervised.trouble() === null, { what: 'it runs' });
});

test('stopped while it waits for the next try, it starts no more', async () => {
  const { story, supervised } = await watch(() => {
    throw new Error('never');
  });
  await supervised.stop();
  await supervised.stop();
  expect(story.steps).toEqual(['start']);
});

test('a failure after the stop is nobody’s any more', async () => {
  const { story, supervised } = await watch(closing);
  await supervised.stop();
  story.fail(FULL);
  await supervised.stop();
  expect(story.steps).toEqual(['start', 'close']);
  expect(story.failures).toEqual([]);
});
