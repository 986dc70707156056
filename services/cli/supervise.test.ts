import { expect, onTestFinished, test } from 'vitest';
import { PlumblineError } from '#libs/errors/plumbline-error.ts';
import { createLifecycle, type LifecycleEvent } from '#libs/telemetry/lifecycle.ts';
import { until } from '#libs/transport/until.ts';
import { type Part, type PartReport, type Supervised, supervise } from './supervise.ts';

/** What happens to a part, in order, and how to make its latest life fail. */
interface Story {
  readonly steps: string[];
  readonly failures: LifecycleEvent[];
  readonly recoveries: LifecycleEvent[];
  fail: (error: Error) => void;
}

async function watch(
  begin: (story: Story, life: number, report: PartReport) => Part | Promise<Part>,
  remindMs?: number,
): Promise<{ story: Story; supervised: Supervised }> {
  const story: Story = { steps: [], failures: [], recoveries: [], fail: () => undefined };
  const lifecycle = createLifecycle();
  lifecycle.observe((event) => {
    (event.type === 'failure' ? story.failures : story.recoveries).push(event);
  });
  let lives = 0;
  const supervised = await supervise({
    ...{ name: 'part', role: 'profiler', lifecycle },
    ...(remindMs === undefined ? {} : { remindMs }),
    start: async (report) => {
      story.fail = report.failed;
      story.steps.push('start');
      return begin(story, ++lives, report);
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
  expect(story.recoveries).toMatchObject([{ type: 'recovered', part: 'part' }]);
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

const GONE = new PlumblineError('PLB_TRANSPORT_UNAVAILABLE', 'Cannot read: the broker is gone.', {
  fix: 'start it',
});

test('a part that waits says why, again while that lasts, and that it goes on', async () => {
  let tell: PartReport['trouble'] = () => undefined;
  const { story, supervised } = await watch((own, _life, { trouble }) => {
    tell = trouble;
    return closing(own);
  }, 50);
  tell(GONE);
  tell(GONE);
  expect(supervised.trouble()).toBe(`${GONE.message} Fix: start it`);
  expect(story.failures).toMatchObject([{ message: GONE.message, fix: 'start it' }]);
  await until(() => story.failures.length >= 3, { what: 'it is said again' });
  tell(null);
  expect(supervised.trouble()).toBeNull();
  expect(story.recoveries).toHaveLength(1);
  expect(story.steps).toEqual(['start']);
});

test('a part that waits from its first moment on is not well because it has started', async () => {
  const { supervised } = await watch((own, _life, { trouble }) => {
    trouble(GONE);
    return closing(own);
  });
  expect(supervised.trouble()).toContain(GONE.message);
});

const OTHER = new PlumblineError('PLB_SEVERAL_PROCESSES', 'Cannot start: another one has it');

test('who must be alone and is not at the start is not started again', async () => {
  const begun = watch(() => {
    throw OTHER;
  });
  await expect(begun).rejects.toBe(OTHER);
});

test('who must be alone and is no longer goes on trying', async () => {
  const { story, supervised } = await watch((own, life) => {
    if (life === 2) throw OTHER;
    return closing(own);
  });
  story.fail(FULL);
  await until(() => story.steps.filter((step) => step === 'start').length === 3, {
    what: 'it is started a third time',
  });
  await until(() => supervised.trouble() === null, { what: 'it runs' });
  expect(story.failures).toMatchObject([{ code: 'PLB_STORE_FULL' }, { code: OTHER.code }]);
});
