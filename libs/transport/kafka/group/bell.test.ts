import { expect, test } from 'vitest';
import { Bell } from './bell.ts';

/** Whether it is done, once all that can go on now has gone on. */
async function isDone(work: Promise<void>): Promise<boolean> {
  let done = false;
  void work.then(() => {
    done = true;
  });
  await new Promise((resolve) => setImmediate(resolve));
  return done;
}

test('a ring wakes the one that waits, or the next one, once', async () => {
  const bell = new Bell();
  const first = bell.wait();
  expect(await isDone(first)).toBe(false);
  bell.ring();
  expect(await isDone(first)).toBe(true);
  expect(await isDone(bell.wait(60_000))).toBe(false);
  bell.ring();
  bell.ring();
  bell.ring();
  expect(await isDone(bell.wait())).toBe(true);
  expect(await isDone(bell.wait())).toBe(false);
});

test('what is cleared wakes nobody, and waiting may end by itself', async () => {
  const bell = new Bell();
  bell.ring();
  bell.clear();
  expect(await isDone(bell.wait())).toBe(false);
  await new Bell().wait(1);
});
